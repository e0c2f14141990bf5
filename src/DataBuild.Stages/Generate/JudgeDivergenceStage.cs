using System.Text.RegularExpressions;
using DataBuild.Stages.Score.Paired;

namespace DataBuild.Stages.Generate;

/// <summary>Figures of <see cref="JudgeDivergenceStage"/>.</summary>
/// <param name="Labels">For each token: 1 where the ways from it differ in meaning, 0 where they are alike or both models write the same, -1 where the judge gave no usable answer.</param>
/// <param name="Neutral">Differing tokens that change nothing.</param>
/// <param name="Divergent">Differing tokens that change the meaning.</param>
/// <param name="Undecided">Differing tokens without a usable answer, and those beyond MaxBranches.</param>
/// <param name="Share">Share of all tokens that are divergent, the large model's part of the text; none for a text without tokens.</param>
[Figures]
public readonly partial record struct JudgeDivergenceFigures(ReadOnlyMemory<int> Labels, int Neutral, int Divergent, int Undecided, double? Share);

/// <summary>
/// Asks a judge whether the two ways that <c>DivergenceBranches</c> found from a token differ in meaning, reasoning or conclusion: the third and fourth step of R2R's data
/// (Fu et al. 2025, arXiv 2505.21600), which gives the labels that a router of tokens is trained on.
/// </summary>
[Stage("JudgeDivergence", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "judge")]
public sealed partial record JudgeDivergenceStage : ChatStage<JudgeDivergenceFigures>
{
    private const int Undecided = -1;

    private const string DefaultPrompt =
        "You compare two ways in which a text may go on. Both follow the same context; they part at the token between << and >>, which are marks and not part of the text. Say 1 if the second way means "
        + "something else than the first: another fact, another step or method of reasoning, another conclusion, or something added or contradicted. Say 0 if they differ in wording alone and lead to the same. "
        + "Answer with 'Output: 0' or 'Output: 1' and one sentence of reason.";

    private string _prompt = "";

    /// <summary>Name of the stage <c>DivergenceBranches</c>.</summary>
    public string Branches { get; init; } = "branches";

    /// <summary>What the judge is to do; without it and without PromptFile a prompt of the published shape.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>The same from a file.</summary>
    public InputFile? PromptFile { get; init; }

    /// <summary>Text before the sentence that the judge is shown at most; of a longer one the end.</summary>
    [Option(Min = 0, Unit = "UTF-16 units")]
    public int MaxContextLength { get; init; } = 100_000;

    /// <summary>Largest share of divergent tokens that is kept.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxShare { get; init; } = 1;

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => ["text", Branches + ".labels", Branches + ".text", Branches + ".branches"];

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".labels", ".neutral", ".divergent", ".undecided"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        base.Initialize(context);
        _prompt = Prompt.Length == 0 && PromptFile is null ? DefaultPrompt : PromptOf(Prompt, PromptFile);
    }

    /// <inheritdoc />
    public override Verdict Decide(in JudgeDivergenceFigures figures) => Verdict.DropIf(figures.Share > MaxShare, "divergent");

    /// <summary>What a judge says: the number after the word "output", else the first number; null where it is neither 0 nor 1.</summary>
    internal static int? Parse(string answer) =>
        (OutputNumber().Match(answer) is { Success: true } output ? output.Groups[1].Value : AnyNumber().Match(answer).Value) switch
        {
            "0" => 0,
            "1" => 1,
            _ => null,
        };

    /// <inheritdoc />
    protected override async Task<JudgeDivergenceFigures> MeasureAsync(Document document, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(document);
        int[] labels = ((ListColumn<int>)document.Batch[Branches + ".labels"])[document.Row].ToArray();
        string text = document.GetString(Branches + ".text") ?? "";
        DivergenceBranch[] branches = DivergenceJson.Read(document.GetString(Branches + ".branches")!);
        ChatAnswer[] answers = await Task.WhenAll(branches.Select(b => AskAsync(_prompt, Question(text, b), a => Parse(a) is not null, cancellation))).ConfigureAwait(false);

        // A token that differs and has no branch stays undecided.
        int[] judged = [.. labels.Select(l => l == 1 ? Undecided : 0)];
        for (int i = 0; i < branches.Length; i++)
        {
            judged[branches[i].At] = answers[i].IsValid ? Parse(answers[i].Text)!.Value : Undecided;
        }

        int divergent = judged.Count(l => l == 1);
        int undecided = judged.Count(l => l == Undecided);
        return new JudgeDivergenceFigures(judged, labels.Sum() - divergent - undecided, divergent, undecided, labels.Length == 0 ? null : Math.Round((double)divergent / labels.Length, 4));
    }

    [GeneratedRegex(@"\boutput\b[^0-9]*?([0-9]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OutputNumber();

    [GeneratedRegex("[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex AnyNumber();

    private string Question(string text, DivergenceBranch branch)
    {
        int from = Math.Max(0, branch.Start - MaxContextLength);
        from += from > 0 && char.IsLowSurrogate(text[from]) ? 1 : 0;
        return $"Context:\n{text[from..branch.Start].Trim()}\n\nFirst:\n{branch.Small}\n\nSecond:\n{branch.Large}";
    }
}
