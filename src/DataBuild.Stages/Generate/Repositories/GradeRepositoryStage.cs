using System.Globalization;
using DataBuild.Stages.Sandboxing;

namespace DataBuild.Stages.Generate.Repositories;

/// <summary>Figures of <see cref="GradeRepositoryStage"/>.</summary>
/// <param name="Repository">Name of the repository.</param>
/// <param name="Version">Version of it.</param>
/// <param name="BaseCommit">The commit before the change.</param>
/// <param name="Patch">The change.</param>
/// <param name="TestPatch">The change of the tests.</param>
/// <param name="Category">What the change does to the tests: <c>fail2pass</c>, <c>fail2fail</c>, <c>pass2pass</c>, <c>pass2fail</c>, <c>error</c>; null where they never ran.</param>
/// <param name="Before">Exit code of the tests before the change.</param>
/// <param name="After">Exit code after it.</param>
/// <param name="BeforeIsError">True where the tests before the change could not be imported or compiled: such a change may have passed for the wrong reason.</param>
/// <param name="Rounds">Rounds that the environment took; 0 where the pool had it.</param>
/// <param name="Setup">Script that makes the environment.</param>
/// <param name="Evaluation">Commands that run the tests.</param>
/// <param name="Reason">Why there is no category.</param>
[Figures]
public readonly partial record struct GradeRepositoryFigures(
    string? Repository, string? Version, string? BaseCommit, string? Patch, string? TestPatch, string? Category, int? Before, int? After, bool BeforeIsError, int Rounds, string? Setup, string? Evaluation, string? Reason);

/// <summary>
/// Builds the environment of a repository at a commit and grades a change by its tests (SWE-Factory, Guo et al. 2025, arXiv 2506.10954): a language model picks files to read, writes the
/// script that makes the environment and the commands that run the tests, and reads the log, until the tests run; then exit codes before and after the change decide. Everything runs in the sandbox.
/// </summary>
[Stage("GradeRepository", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "grade")]
public sealed partial record GradeRepositoryStage : ChatStage<GradeRepositoryFigures>
{
    /// <summary>Reason of changes whose tests were not brought to run.</summary>
    public const string NoEnvironment = "no_environment";

    private Dictionary<string, RepositoryInstance> _instances = [];
    private Dictionary<string, string> _prompts = [];
    private Dictionary<string, string> _bundles = [];
    private EnvironmentPool? _pool;
    private RepositoryToolchain? _toolchain;
    private GradeStore<RepositoryRun>? _runs;

    /// <summary>The changes, by id: JSON lines with <c>id</c>, <c>repo</c>, <c>base_commit</c>, <c>patch</c>, <c>test_patch</c>, <c>version</c>; may be the crawl input itself.</summary>
    [Option(Required = true)]
    public InputFile Instances { get; init; } = InputFile.FromName("");

    /// <summary>The repositories, as <c>git bundle create</c> writes them: <c>owner__name.bundle</c> for <c>owner/name</c>.</summary>
    [Option(Required = true)]
    public IReadOnlyList<InputFile> Repositories { get; init; } = [];

    /// <summary>Prompts, in a file of sections <c>## Context</c>, <c>## Environment</c>, <c>## Evaluation</c>, <c>## Analysis</c>.</summary>
    [Option(Required = true)]
    public InputFile PromptFile { get; init; } = InputFile.FromName("");

    /// <summary>Environments that have worked, as <c>GradeReport</c> writes them: that of the same version is tried first, that of a lower one is shown as an example.</summary>
    public InputFile? Pool { get; init; }

    /// <summary>Rounds of writing and running, at most.</summary>
    [Option(Min = 1, Max = 100)]
    public int MaxRounds { get; init; } = 10;

    /// <summary>Which of several marks of an exit code in a log counts.</summary>
    public MarkerRule Marker { get; init; } = MarkerRule.Last;

    /// <summary>Characters of a log, from its end, that the model sees.</summary>
    [Option(Min = 100, Unit = "characters")]
    public int LogCharacters { get; init; } = 8000;

    /// <summary>Characters of a file that the model sees.</summary>
    [Option(Min = 100, Unit = "characters")]
    public int FileCharacters { get; init; } = 8000;

    /// <summary>Categories that are kept.</summary>
    [Threshold]
    public IReadOnlyList<string> Keep { get; init; } = ["fail2pass"];

    /// <summary>Whether changes are dropped whose tests could not be imported or compiled before.</summary>
    [Threshold]
    public bool DropErrors { get; init; }

    /// <summary>Whether programs may run without a sandbox, where the machine has none.</summary>
    [WithoutEffectOnOutput]
    public SandboxMode Sandbox { get; init; } = SandboxMode.Required;

    /// <summary>Processor time of one process; the clock ends a run after twelve times as long, and not before two minutes.</summary>
    [Option(Min = 1, Max = 86400, Unit = "seconds")]
    public int RunSeconds { get; init; } = 300;

    /// <summary>Memory of one process.</summary>
    [Option(Min = 32, Max = 1048576, Unit = "MiB")]
    public int RunMemory { get; init; } = 4096;

    /// <summary>Whether the script that makes the environment may use the network; tests never may.</summary>
    public bool SetupNetwork { get; init; }

    /// <summary>Name or path of the Python interpreter.</summary>
    [WithoutEffectOnOutput]
    public string Python { get; init; } = "python3";

    /// <summary>Folders that programs may read: caches of packages.</summary>
    [WithoutEffectOnOutput]
    public IReadOnlyList<string> Readable { get; init; } = [];

    /// <summary>Environment variables of programs, each <c>NAME=value</c>.</summary>
    [WithoutEffectOnOutput]
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Folder, relative to the project, that keeps the results of runs: none runs twice.</summary>
    [WithoutEffectOnOutput]
    public string Grades { get; init; } = "obj/grades";

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => ["text", "id"];

    /// <inheritdoc />
    public override bool ReuseByText => false;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".repository", ".version", ".baseCommit", ".patch", ".testPatch", ".category", ".before", ".after", ".beforeIsError", ".rounds", ".setup", ".evaluation"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        base.Initialize(context);
        _instances = RepositoryInstance.Read(Instances.PathOrName);
        _prompts = PromptSections.Read(PromptOf("", PromptFile));
        _bundles = Repositories.DistinctBy(r => Path.GetFileNameWithoutExtension(r.PathOrName), StringComparer.Ordinal).ToDictionary(r => Path.GetFileNameWithoutExtension(r.PathOrName), r => r.PathOrName, StringComparer.Ordinal);
        _pool = Pool is null ? new EnvironmentPool() : EnvironmentPool.Read(Pool.PathOrName);
        _toolchain = new RepositoryToolchain(
            Name,
            Sandboxing.Sandbox.Open(Name, Sandbox, context),
            new SandboxLimits(RunSeconds, (long)RunMemory << 20, FileBytes: 1L << 30, Processes: 1024),
            SetupNetwork,
            Python,
            [.. Readable.Select(r => Path.GetFullPath(Path.Combine(context.ProjectDirectory, r)))],
            Variables);
        _runs = new GradeStore<RepositoryRun>(Path.GetFullPath(Path.Combine(context.ProjectDirectory, Grades)));
    }

    /// <inheritdoc />
    public override Verdict Decide(in GradeRepositoryFigures figures) =>
        figures.Reason is { } reason ? Verdict.Drop(reason)
        : !Keep.Contains(figures.Category!, StringComparer.OrdinalIgnoreCase) ? Verdict.Drop(figures.Category!)
        : Verdict.DropIf(DropErrors && figures.BeforeIsError, "error_before");

    /// <inheritdoc />
    protected override async Task<GradeRepositoryFigures> MeasureAsync(Document document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        string id = document.Id;
        string text = document.Text.ToString();
        await Task.Yield(); // repositories are built beside each other
        if (!_instances.TryGetValue(id, out RepositoryInstance? instance))
        {
            return default(GradeRepositoryFigures) with { Reason = "no_instance" };
        }

        GradeRepositoryFigures figures = default(GradeRepositoryFigures) with
        {
            Repository = instance.Repository,
            Version = instance.Version,
            BaseCommit = instance.BaseCommit,
            Patch = instance.Patch,
            TestPatch = instance.TestPatch,
        };
        if (!_bundles.TryGetValue(instance.Repository.Replace("/", "__", StringComparison.Ordinal), out string? bundle))
        {
            return figures with { Reason = "no_repository" };
        }

        using RepositoryWorkspace workspace = new(_toolchain ?? throw new InvalidOperationException("Initialize was not called"), instance, bundle, cancellation);
        PooledEnvironment? pooled = _pool!.Find(instance.Repository, instance.Version);
        if (pooled is not null && pooled.Version == instance.Version && RunAfter(workspace, instance, pooled.Setup, pooled.Evaluation) is { Fault: null, After: 0 } known)
        {
            return Graded(figures, workspace, instance, pooled.Setup, pooled.Evaluation, known);
        }

        return workspace.List() is { } files
            ? await BuildAsync(figures, workspace, instance, new RepositoryQuestion(instance, text, files, pooled), cancellation).ConfigureAwait(false)
            : figures with { Reason = "no_commit" };
    }

    private async Task<GradeRepositoryFigures> BuildAsync(
        GradeRepositoryFigures figures, RepositoryWorkspace workspace, RepositoryInstance instance, RepositoryQuestion question, CancellationToken cancellation)
    {
        string? setup = null;
        string? evaluation = null;
        for (int round = 1; round <= MaxRounds; round++)
        {
            figures = figures with { Rounds = round };
            if (question.NeedsFiles)
            {
                question.Show(await AnswerAsync("Context", question.Context, a => RepositoryQuestion.Files(a) is not null, cancellation).ConfigureAwait(false), f => workspace.Show(f, FileCharacters));
            }

            setup = setup is null || question.ChangesEnvironment ? RepositoryQuestion.Script(await AnswerAsync("Environment", question.Environment(setup), IsScript, cancellation).ConfigureAwait(false)) : setup;
            evaluation = evaluation is null || question.ChangesEvaluation
                ? RepositoryQuestion.Script(await AnswerAsync("Evaluation", question.Evaluation(setup, evaluation), IsScript, cancellation).ConfigureAwait(false))
                : evaluation;
            if (setup is null || evaluation is null)
            {
                return figures with { Reason = InvalidAnswer };
            }

            RepositoryRun run = RunAfter(workspace, instance, setup, evaluation);
            if (run.Fault == "patch_does_not_apply")
            {
                return figures with { Reason = run.Fault };
            }

            string? answer = await AnswerAsync("Analysis", RepositoryQuestion.Analysis(setup, evaluation, run), a => AnalysisAnswer.TryRead(a) is not null, cancellation).ConfigureAwait(false);
            if (answer is null)
            {
                return figures with { Reason = InvalidAnswer };
            }

            // Without an exit code there is nothing to grade, whatever the model thinks of the log.
            AnalysisAnswer analysis = AnalysisAnswer.TryRead(answer)!;
            if (analysis.IsFinished && run.After is not null)
            {
                return Graded(figures, workspace, instance, setup, evaluation, run);
            }

            question.Advise(analysis, run);
        }

        return figures with { Setup = setup, Evaluation = evaluation, Reason = NoEnvironment };
    }

    private GradeRepositoryFigures Graded(GradeRepositoryFigures figures, RepositoryWorkspace workspace, RepositoryInstance instance, string setup, string evaluation, RepositoryRun after)
    {
        RepositoryRun both = _runs!.GetOrRun(Key("both", instance, setup, evaluation), () =>
        {
            // A build that was killed between the two runs has the first in its store and no environment: it is made again.
            RepositoryRun made = workspace.IsMade ? after : workspace.RunAfter(setup, evaluation, Marker, LogCharacters);
            ExitCodeLog before = workspace.RunBefore(Marker, LogCharacters);
            return made with { Before = before.ExitCode, BeforeIsError = before.IsError && before.ExitCode != 0, Log = before.Tail };
        });
        return figures with
        {
            Category = ExitCodeGrade.NameOf(ExitCodeGrade.Of(both.Before, both.After)),
            Before = both.Before,
            After = both.After,
            BeforeIsError = both.BeforeIsError,
            Setup = setup,
            Evaluation = evaluation,
        };
    }

    private RepositoryRun RunAfter(RepositoryWorkspace workspace, RepositoryInstance instance, string setup, string evaluation) =>
        _runs!.GetOrRun(Key("after", instance, setup, evaluation), () => workspace.RunAfter(setup, evaluation, Marker, LogCharacters));

    private string Key(string what, RepositoryInstance instance, string setup, string evaluation) => GradeKey.Of(
        "repository 1", what, instance.Repository, instance.BaseCommit, instance.Patch, instance.TestPatch, setup, evaluation, Marker.ToString(), LogCharacters.ToString(CultureInfo.InvariantCulture), _toolchain!.Key);

    private async Task<string?> AnswerAsync(string section, string question, Func<string, bool> isValid, CancellationToken cancellation)
    {
        string prompt = _prompts.GetValueOrDefault(section) ?? throw new StageException("DB4008", $"the prompts of the stage '{Name}' have no section '## {section}'", PromptFile.Path);
        ChatAnswer answer = await AskAsync(prompt, question, isValid, cancellation).ConfigureAwait(false);
        return answer.IsValid ? answer.Text : null;
    }

    private static bool IsScript(string answer) => RepositoryQuestion.Script(answer) is not null;
}
