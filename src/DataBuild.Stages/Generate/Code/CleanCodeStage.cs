using System.Text.Json;
using DataBuild.Stages.Sandboxing;

namespace DataBuild.Stages.Generate.Code;

/// <summary>Figures of <see cref="CleanCodeStage"/>.</summary>
/// <param name="Text">The program after the last step that was accepted.</param>
/// <param name="Language">Language of the program.</param>
/// <param name="Rename">What became of the step: <c>accepted</c>, or why not; null where it was not taken.</param>
/// <param name="Modularize">The same of the second step.</param>
/// <param name="Plan">The same of the third.</param>
/// <param name="Functions">Functions that were added.</param>
/// <param name="Tests">Tests that the program passes.</param>
/// <param name="Reason">Why the document is dropped; null where it is not.</param>
[Figures]
public readonly partial record struct CleanCodeFigures([property: Column("text")] string Text, string? Language, string? Rename, string? Modularize, string? Plan, int Functions, int Tests, string? Reason);

/// <summary>
/// Cleans programs in three steps, names, functions, plans, and accepts a step only if the program's own tests still pass; else the program stays as it was (LLM-Assisted Code
/// Cleaning, Jain et al. 2023, arXiv 2311.14904). Programs run in a sandbox. In C#, the model proposes edits and Roslyn makes them; in Python, it writes the program anew, and the tokens must
/// show that it did no more than was asked.
/// </summary>
[Stage("CleanCode", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "code")]
public sealed partial record CleanCodeStage : ChatStage<CleanCodeFigures>
{
    private const string Accepted = "accepted";

    private Dictionary<string, CodeTests> _tests = [];
    private Dictionary<string, string> _prompts = [];
    private ProgramGrader? _grader;

    /// <summary>Tests of the programs, by id: JSON lines with <c>id</c>, <c>language</c> and <c>tests</c>, which may be the crawl input itself.</summary>
    [Option(Required = true)]
    public InputFile Tests { get; init; } = InputFile.FromName("");

    /// <summary>Prompts, in a file of sections <c>## CSharp Rename</c>, <c>## Python Plan</c> and so on.</summary>
    [Option(Required = true)]
    public InputFile PromptFile { get; init; } = InputFile.FromName("");

    /// <summary>Whether the step of names is taken.</summary>
    public bool Rename { get; init; } = true;

    /// <summary>Whether the step of functions is taken.</summary>
    public bool Modularize { get; init; } = true;

    /// <summary>Whether the step of plans is taken.</summary>
    public bool Plan { get; init; } = true;

    /// <summary>Whether programs may run without a sandbox, where the machine has none.</summary>
    [WithoutEffectOnOutput]
    public SandboxMode Sandbox { get; init; } = SandboxMode.Required;

    /// <summary>Processor time of one run.</summary>
    [Option(Min = 1, Max = 3600, Unit = "seconds")]
    public int RunSeconds { get; init; } = 10;

    /// <summary>Memory of one process.</summary>
    [Option(Min = 32, Max = 1048576, Unit = "MiB")]
    public int RunMemory { get; init; } = 512;

    /// <summary>Name or path of the Python interpreter.</summary>
    [WithoutEffectOnOutput]
    public string Python { get; init; } = "python3";

    /// <summary>Folder, relative to the project, that keeps the results of programs: none runs twice.</summary>
    [WithoutEffectOnOutput]
    public string Grades { get; init; } = "obj/grades";

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => ["text", "id"];

    /// <inheritdoc />
    public override bool ReuseByText => false;

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".language", ".rename", ".modularize", ".plan", ".functions", ".tests"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        base.Initialize(context);
        _tests = CodeTests.Read(Tests.PathOrName);
        _prompts = PromptSections.Read(PromptOf("", PromptFile));
        _grader = new ProgramGrader(
            Sandboxing.Sandbox.Open(Name, Sandbox, context),
            new GradeStore<ProgramGrade>(Path.GetFullPath(Path.Combine(context.ProjectDirectory, Grades))),
            new SandboxLimits(RunSeconds, (long)RunMemory << 20),
            Python,
            context.Cancellation);
    }

    /// <inheritdoc />
    public override Verdict Decide(in CleanCodeFigures figures) => figures.Reason is { } reason ? Verdict.Drop(reason) : Verdict.Keep;

    /// <summary>The edit that an answer makes of a program, by the rules of the step.</summary>
    internal static CodeEdit Apply(CodeStep step, CodeLanguage language, string program, string answer)
    {
        if (language == CodeLanguage.Python)
        {
            return PythonProgram.Check(step, program, PythonProgram.Of(answer));
        }

        try
        {
            if (!JsonAnswer.TryRead(answer, out JsonElement root))
            {
                return CodeEdit.Rejected("no_answer");
            }

            if (step != CodeStep.Modularize)
            {
                Dictionary<string, string> texts = root.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal);
                return step == CodeStep.Rename ? CSharpEdits.Rename(program, texts) : CSharpEdits.Comment(program, texts);
            }

            // From the end, so that lines before keep their numbers.
            CodeEdit edit = CodeEdit.Rejected("no_new_function");
            foreach (JsonElement part in root.EnumerateArray().OrderByDescending(p => p.GetProperty("from").GetInt32()))
            {
                edit = CSharpEdits.Extract(edit.Program ?? program, part.GetProperty("from").GetInt32(), part.GetProperty("to").GetInt32(), part.GetProperty("name").GetString()!);
                if (edit.Program is null)
                {
                    break;
                }
            }

            return edit;
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            return CodeEdit.Rejected("no_answer");
        }
    }

    /// <inheritdoc />
    protected override async Task<CleanCodeFigures> MeasureAsync(Document document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        string program = document.Text.ToString().ReplaceLineEndings("\n");
        if (!_tests.TryGetValue(document.Id, out CodeTests? tests))
        {
            return new CleanCodeFigures(program, null, null, null, null, 0, 0, "no_tests");
        }

        string language = tests.Language == CodeLanguage.Python ? "python" : "csharp";
        await Task.Yield(); // programs run beside each other
        ProgramGrade grade = Grade(program, tests);
        if (grade.Reason is { } failed)
        {
            return new CleanCodeFigures(program, language, null, null, null, 0, grade.Passed, "original_" + failed);
        }

        Dictionary<CodeStep, string> verdicts = [];
        int functions = 0;
        foreach (CodeStep step in Enum.GetValues<CodeStep>().Where(s => s switch { CodeStep.Rename => Rename, CodeStep.Modularize => Modularize, _ => Plan }))
        {
            string before = program;
            ChatAnswer answer = await AskAsync(PromptFor(step, tests.Language), Shown(before, tests.Language), text => Judge(step, before, text, tests).Reason is null, cancellation).ConfigureAwait(false);
            CodeEdit edit = answer.IsComplete ? Judge(step, before, answer.Text, tests) : CodeEdit.Rejected(CutAnswer);
            verdicts[step] = edit.Reason ?? Accepted;
            program = edit.Program ?? before;
            functions += edit.Program is null || step != CodeStep.Modularize ? 0 : CountFunctions(program, tests.Language) - CountFunctions(before, tests.Language);
        }

        return new CleanCodeFigures(
            program, language, verdicts.GetValueOrDefault(CodeStep.Rename), verdicts.GetValueOrDefault(CodeStep.Modularize), verdicts.GetValueOrDefault(CodeStep.Plan), functions, grade.Passed, null);
    }

    // Lines are numbered where the model is to name them.
    private static string Shown(string program, CodeLanguage language) =>
        language == CodeLanguage.Python ? program : string.Join('\n', program.Split('\n').Select((line, i) => $"{i + 1}: {line}"));

    private static int CountFunctions(string program, CodeLanguage language) => language == CodeLanguage.Python
        ? PythonProgram.Functions(program)
        : CSharpProgram.Parse(program).GetRoot().DescendantNodes().Count(n => n is Microsoft.CodeAnalysis.CSharp.Syntax.MethodDeclarationSyntax or Microsoft.CodeAnalysis.CSharp.Syntax.LocalFunctionStatementSyntax);

    private string PromptFor(CodeStep step, CodeLanguage language) =>
        _prompts.GetValueOrDefault($"{language} {step}") ?? throw new StageException("DB4008", $"the prompts of the stage '{Name}' have no section '## {language} {step}'", PromptFile.Path);

    private CodeEdit Judge(CodeStep step, string program, string answer, CodeTests tests)
    {
        CodeEdit edit = Apply(step, tests.Language, program, answer);
        return edit.Program is null || Grade(edit.Program, tests).Reason is not { } failed ? edit : CodeEdit.Rejected(failed);
    }

    private ProgramGrade Grade(string program, CodeTests tests) => (_grader ?? throw new InvalidOperationException("Initialize was not called")).Grade(program, tests);
}
