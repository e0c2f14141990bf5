using System.Text;

namespace DataBuild.Engine.Tests;

[Figures]
public readonly partial record struct WordFigures(int Words, float MeanLength);

/// <summary>Keeps documents of at least so many words.</summary>
[Stage("Words", ColumnPrefix = "words")]
public sealed partial record WordsStage : DocumentStage<WordFigures>
{
    /// <summary>Words at least.</summary>
    [Threshold]
    [Option(Min = 0, Unit = "words")]
    public int MinWords { get; init; } = 3;

    public override WordFigures Measure(Document document)
    {
        TestStages.Measured("Words", document.Id);
        string[] words = [.. document.Text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(w => w.Length >= TestStages.ShortestWord)];
        return new WordFigures(words.Length, words.Length == 0 ? 0 : (float)words.Average(w => w.Length));
    }

    public override Verdict Decide(in WordFigures figures) => Verdict.DropIf(figures.Words < MinWords, "too_few_words");
}

[Figures]
public readonly partial record struct LexiconFigures(int Hits);

/// <summary>Keeps documents with at least so many words of a list.</summary>
[Stage("Lexicon", ColumnPrefix = "lexicon")]
public sealed partial record LexiconStage : DocumentStage<LexiconFigures>
{
    private readonly HashSet<string> _words = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The list, a word a line.</summary>
    public InputFile? List { get; init; }

    /// <summary>Hits at least.</summary>
    [Threshold]
    [Option(Min = 0, Unit = "words")]
    public int MinHits { get; init; }

    public override void Initialize(StageContext context) => _words.UnionWith(File.ReadAllLines(List!.Path!));

    public override LexiconFigures Measure(Document document)
    {
        TestStages.Measured("Lexicon", document.Id);
        return new LexiconFigures(document.Text.ToString().Split(' ').Count(_words.Contains));
    }

    public override Verdict Decide(in LexiconFigures figures) => Verdict.DropIf(figures.Hits < MinHits, "too_few_hits");
}

[Figures]
public readonly partial record struct UpperFigures([property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>Writes the text in upper case.</summary>
[Stage("Upper", ColumnPrefix = "upper")]
public sealed partial record UpperStage : DocumentStage<UpperFigures>
{
    public override UpperFigures Measure(Document document)
    {
        TestStages.Measured("Upper", document.Id);
        return new UpperFigures(document.RentTextBuilder().Append(document.Text.ToString().ToUpperInvariant()).Memory);
    }
}

/// <summary>Throws on documents that hold a word.</summary>
[Stage("Fragile", ColumnPrefix = "fragile")]
public sealed partial record FragileStage : DocumentStage
{
    public override Verdict Run(Document document) =>
        document.Text.Contains("poison", StringComparison.Ordinal) ? throw new FormatException("poison found")
        : document.Text.Contains("spoiled", StringComparison.Ordinal) ? throw new InvalidDataException("spoiled text") : Verdict.Keep;
}

[Figures]
public readonly partial record struct ScoreFigures(float Value);

/// <summary>A model that counts its calls.</summary>
[Stage("Model", Phase = StagePhase.Score, ColumnPrefix = "score")]
public sealed partial record ModelStage : BatchStage<ScoreFigures>
{
    /// <summary>Score at least.</summary>
    [Threshold]
    public double MinScore { get; init; }

    public override IReadOnlyList<string> PublishedColumns => [".value"];

    public override void Measure(IReadOnlyList<Document> documents, Span<ScoreFigures> figures)
    {
        for (int i = 0; i < documents.Count; i++)
        {
            TestStages.Measured("Model", documents[i].Id);
            if (documents[i].Text.Contains("explode", StringComparison.Ordinal))
            {
                throw new FormatException("the model exploded");
            }

            figures[i] = new ScoreFigures(documents[i].Text.Length / 100f);
        }
    }

    public override Verdict Decide(in ScoreFigures figures) => Verdict.DropIf(figures.Value < MinScore, "low_score");
}

/// <summary>A costly stage, whose figures are kept by text, that counts its calls.</summary>
[Stage("Costly", Phase = StagePhase.Tokenize, ColumnPrefix = "costly")]
public sealed partial record CostlyStage : DocumentStage<CostlyFigures>
{
    private bool _initialized;

    public override MeasureScope Scope => MeasureScope.Kept;

    public override bool ReuseByText => true;

    public override IReadOnlyList<string> PublishedColumns => [".letters"];

    public override void Initialize(StageContext context)
    {
        _initialized = true;
        TestStages.Measured("Costly.Initialize", "");
    }

    public override CostlyFigures Measure(Document document)
    {
        if (!_initialized)
        {
            throw new InvalidOperationException("not initialized");
        }

        TestStages.Measured("Costly", document.Id);
        return new CostlyFigures(document.Text.ToArray().Select(c => (int)c).ToArray());
    }
}

[Figures]
public readonly partial record struct CostlyFigures(ReadOnlyMemory<int> Letters);

[Figures]
public readonly partial record struct TextKey(string? Key);

[Figures]
public readonly partial record struct FirstOutcome(bool Duplicate);

/// <summary>Keeps the document of the smallest id among those of equal text.</summary>
[Stage("Unique", Phase = StagePhase.Deduplicate, ColumnPrefix = "unique")]
public sealed partial record UniqueStage : CorpusStage<TextKey, FirstOutcome>
{
    public override IReadOnlyList<string> MergeColumns => ["id"];

    public override TextKey Measure(Document document)
    {
        TestStages.Measured("Unique", document.Id);
        return new TextKey(document.Text.ToString());
    }

    public override void Merge(Corpus corpus, OutcomeWriter<FirstOutcome> outcomes, StageContext context)
    {
        TestStages.Measured("Unique.Merge", "");
        Dictionary<string, string> smallest = new(StringComparer.Ordinal);
        foreach (CorpusBatch batch in corpus.Read(".key", "id"))
        {
            for (int row = 0; row < batch.Count; row++)
            {
                if (batch.Alive.Span[row])
                {
                    string key = ((StringColumn)batch.Documents[".key"]).GetString(row)!;
                    string id = ((StringColumn)batch.Documents["id"]).GetString(row)!;
                    smallest[key] = smallest.TryGetValue(key, out string? other) && string.CompareOrdinal(other, id) < 0 ? other : id;
                }
            }
        }

        foreach (CorpusBatch batch in corpus.Read(".key", "id"))
        {
            for (int row = 0; row < batch.Count; row++)
            {
                outcomes.Append(batch.Alive.Span[row]
                    ? new FirstOutcome(smallest[((StringColumn)batch.Documents[".key"]).GetString(row)!] != ((StringColumn)batch.Documents["id"]).GetString(row))
                    : default);
            }
        }
    }

    public override Verdict Decide(in FirstOutcome outcome) => Verdict.DropIf(outcome.Duplicate, "duplicate");
}

/// <summary>Counts what the test stages measured.</summary>
internal static class TestStages
{
    /// <summary>Tests that count calls do not run side by side.</summary>
    public const string Collection = "counted calls";

    private static readonly Dictionary<string, List<string>> Calls = new(StringComparer.Ordinal);

    /// <summary>The code of the Words stage, as far as tests edit it: shorter words do not count.</summary>
    public static int ShortestWord { get; set; }

    public static void Measured(string stage, string id)
    {
        lock (Calls)
        {
            if (!Calls.TryGetValue(stage, out List<string>? ids))
            {
                Calls[stage] = ids = [];
            }

            ids.Add(id);
        }
    }

    /// <summary>The documents that a stage measured since the last time, sorted; the calls of other stages stay counted.</summary>
    public static string[] TakeIds(string stage)
    {
        lock (Calls)
        {
            return Calls.Remove(stage, out List<string>? ids) ? [.. ids.Order(StringComparer.Ordinal)] : [];
        }
    }

    /// <summary>The calls since the last time, <c>stage count</c> in order of names.</summary>
    public static string Take()
    {
        lock (Calls)
        {
            StringBuilder text = new();
            foreach ((string stage, List<string> ids) in Calls.OrderBy(c => c.Key, StringComparer.Ordinal))
            {
                text.Append(text.Length > 0 ? ", " : "").Append(stage).Append(' ').Append(ids.Count);
            }

            Calls.Clear();
            return text.ToString();
        }
    }
}
