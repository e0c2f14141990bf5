using DataBuild.Text;

namespace DataBuild.Stages.Language;

/// <summary>Figures of <see cref="ParagraphLanguage"/>.</summary>
/// <param name="Code">Language of most letters of the document.</param>
/// <param name="Agreement">Share of letters in paragraphs of that language.</param>
/// <param name="RemovedParagraphs">Paragraphs removed.</param>
/// <param name="RemovedCharacters">Share of characters removed.</param>
/// <param name="KeptCharacters">UTF-16 units left, white space at both ends not counted.</param>
/// <param name="Text">The paragraphs kept.</param>
[Figures]
public readonly partial record struct ParagraphLanguageFigures(
    string? Code,
    double Agreement,
    int RemovedParagraphs,
    double RemovedCharacters,
    int KeptCharacters,
    [property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>Tells the language of every line, and removes lines in other languages than those asked for. Lines too short to tell stay.</summary>
[Stage("ParagraphLanguage", Version = 2, Phase = StagePhase.Clean, ColumnPrefix = "paragraphLanguage")]
public sealed partial record ParagraphLanguage : DocumentStage<ParagraphLanguageFigures>
{
    /// <summary>Languages to keep, by ISO 639-1 code; none given: the language of most of the document's letters.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>A line is removed when it is in another language with at least this score.</summary>
    [Option(Min = 0, Max = 1, Unit = "probability")]
    public double MinScore { get; init; } = 0.8;

    /// <summary>Lines with fewer letters stay.</summary>
    [Option(Min = 1, Unit = "letters")]
    public int MinLetters { get; init; } = 20;

    /// <summary>Drops documents of which a larger share of characters was removed.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxRemovedCharacters { get; init; } = 1;

    /// <inheritdoc />
    /// <exception cref="StageException">A language asked for is not known.</exception>
    public override void Initialize(StageContext context) => LanguageList.Check(Keep, "ParagraphLanguage.Keep");

    /// <inheritdoc />
    public override ParagraphLanguageFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        LanguageDetector detector = document.Analyze<LanguageDetector>();
        LineIndex lines = document.Analyze<LineIndex>();
        DetectedLanguage[] languages = new DetectedLanguage[lines.Types.Length];
        Dictionary<string, long> letters = new(StringComparer.Ordinal);
        long all = 0;
        for (int type = 0; type < languages.Length; type++)
        {
            InternedSpan entry = lines.Types[type];
            DetectedLanguage language = languages[type] = detector.Detect(document.Text.Slice(entry.Start, entry.Length));
            if (language.Code is not null)
            {
                long count = (long)language.Letters * entry.Count;
                letters[language.Code] = letters.GetValueOrDefault(language.Code) + count;
                all += count;
            }
        }

        string? main = letters.OrderByDescending(l => l.Value).ThenBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Key).FirstOrDefault();
        IReadOnlyList<string> keep = Keep.Count > 0 || main is null ? Keep : [main];
        TextBuilder text = document.RentTextBuilder();
        int removed = 0;
        for (int i = 0; i < lines.Count; i++)
        {
            DetectedLanguage language = languages[lines.Ids[i]];
            if (language.Code is not null && language.Letters >= MinLetters && language.Score >= MinScore && !LanguageList.Contains(keep, language.Code))
            {
                removed++;
                continue;
            }

            if (i > removed)
            {
                _ = text.Append('\n');
            }

            _ = text.Append(lines[i]);
        }

        int length = document.Text.Length;
        return new ParagraphLanguageFigures(
            main, all == 0 ? 0 : (double)letters[main!] / all, removed, removed == 0 ? 0 : (double)(length - text.Length) / length, CharacterTable.Trim(text.Span).Length, text.Memory);
    }

    /// <inheritdoc />
    public override Verdict Decide(in ParagraphLanguageFigures figures) => figures switch
    {
        _ when figures.RemovedCharacters > MaxRemovedCharacters => Verdict.Drop("other_languages"),
        _ => Verdict.DropIf(figures is { RemovedParagraphs: > 0, KeptCharacters: 0 }, "nothing_left"),
    };
}
