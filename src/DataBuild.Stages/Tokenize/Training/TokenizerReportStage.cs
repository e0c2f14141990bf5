using System.Text;

namespace DataBuild.Stages.Tokenize.Training;

/// <summary>
/// Compares tokenizers over the documents kept so far, or a share of them: bytes a token, tokens a word, continued words, tokens that span words, by group, and the tokens
/// of listed terms.
/// Publishes <c>report.md</c> and <c>report.json</c>. Drops nothing.
/// </summary>
[Stage("TokenizerReport", Version = 3, Phase = StagePhase.Tokenize, ColumnPrefix = "tokenizerReport")]
public sealed partial record TokenizerReportStage : CorpusStage<NoFigures, NoFigures>, IFileMakingStage
{
    /// <summary>Tokenizers to compare: built-in encodings, files, and <c>@name</c> for what stages trained.</summary>
    [Option(Names = "o200k_base|cl100k_base", Required = true)]
    public IReadOnlyList<InputFile> Tokenizers { get; init; } = [];

    /// <summary>Column that is encoded: the text, or a column of bytes (<c>binary.content</c>) with tokenizers that were trained on bytes.</summary>
    public string Column { get; init; } = "text";

    /// <summary>Column that groups the documents, such as <c>language.code</c>; empty for none.</summary>
    public string GroupColumn { get; init; } = "";

    /// <summary>Terms whose tokens are counted.</summary>
    public IReadOnlyList<string> Terms { get; init; } = [];

    /// <summary>File of such terms, one a line.</summary>
    public InputFile? TermsFile { get; init; }

    /// <summary>Share of the documents that is looked at, chosen by their ids.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double SampleRate { get; init; } = 1;

    /// <summary>Seed of the sample.</summary>
    [Option(Min = 0)]
    public long Seed { get; init; }

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.Kept;

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => [Column];

    /// <inheritdoc />
    public override IReadOnlyList<string> MergeColumns => GroupColumn.Length == 0 ? ["id", Column] : ["id", Column, GroupColumn];

    /// <inheritdoc />
    [NotAnOption]
    public IReadOnlyList<string> MadeFiles => ["report.md", "report.json"];

    /// <inheritdoc />
    public override NoFigures Measure(Document document) => default;

    /// <inheritdoc />
    public override void Merge(Corpus corpus, OutcomeWriter<NoFigures> outcomes, StageContext context)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(outcomes);
        ArgumentNullException.ThrowIfNull(context);
        TokenizerReport report = new([.. Tokenizers.Select(StageTokenizer.Load)], [.. Tokenizers.Select(t => t.Value)]);
        foreach (CorpusBatch batch in corpus.Read(MergeColumns))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (batch.Documents.Find(Column) is not StringColumn texts)
            {
                continue;
            }

            StringColumn ids = (StringColumn)batch.Documents["id"];
            Column? groups = GroupColumn.Length == 0 ? null : batch.Documents.Find(GroupColumn);
            for (int row = 0; row < batch.Count; row++)
            {
                if (batch.Alive.Span[row] && SeededOrder.Fraction((ulong)Seed, SeededOrder.Key((ulong)Seed, ids[row]), 0) < SampleRate)
                {
                    Add(report, texts, row, groups?.Format(row) ?? "");
                }
            }
        }

        foreach (string term in Terms.Concat(TermsFile is null ? [] : File.ReadLines(TermsFile.PathOrName).Where(l => l.Length > 0)))
        {
            report.AddTerm(term);
        }

        File.WriteAllText(Path.Combine(context.FilesDirectory, "report.md"), report.ToMarkdown(), new UTF8Encoding(false));
        File.WriteAllBytes(Path.Combine(context.FilesDirectory, "report.json"), report.ToJson());
        CorpusRows.KeepAll(corpus, outcomes);
    }

    /// <inheritdoc />
    public override Verdict Decide(in NoFigures outcome) => Verdict.Keep;

    private void Add(TokenizerReport report, StringColumn texts, int row, string group)
    {
        if (texts.Type != ColumnType.Binary)
        {
            report.Add(texts[row], group);
            return;
        }

        try
        {
            report.AddBytes(texts[row], group);
        }
        catch (NotSupportedException error)
        {
            throw new StageException("DB4203", $"the column '{Column}' holds bytes, and {error.Message}", null, error);
        }
    }
}
