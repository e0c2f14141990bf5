using System.Text.Json;
using DataBuild.Stages.Filter;
using DataBuild.Stages.Language;
using DataBuild.Stages.Refine;
using DataBuild.Tests;

namespace DataBuild.Stages.Tests.Filter;

/// <summary>Texts of real pages through all stages: no exception, figures that are numbers, verdicts that repeat.</summary>
public class PagesTests
{
    [SkippableTheory]
    [InlineData("wcxb", 4)]
    [InlineData("fulltext", 1)]
    public void Texts_of_pages_go_through_all_stages(string set, int every)
    {
        using JsonDocument pages = JsonDocument.Parse(File.ReadAllText(TestPaths.Shared($"data/pages/{set}.json")));
        int number = 0;
        int kept = 0;
        int all = 0;
        Document? shared = null;
        foreach (JsonProperty page in pages.RootElement.EnumerateObject())
        {
            if (number++ % every != 0 || !page.Value.TryGetProperty("text", out JsonElement value) || value.ValueKind != JsonValueKind.String)
            {
                continue;
            }

            Document document = Document.Create(value.GetString()!, page.Name);
            shared ??= Document.Create("");
            shared.MoveTo(document.Batch, 0);
            all++;
            kept += Run(shared) ? 1 : 0;
        }

        // Main texts of chosen pages: some are short, most are good.
        Assert.InRange(kept, all / 4, all);
    }

    private static bool Run(Document document)
    {
        bool kept = true;
        foreach (FilterDialect dialect in Enum.GetValues<FilterDialect>())
        {
            bool isDefault = dialect == FilterDialect.Datatrove;
            kept &= Keeps(new GopherQuality { Dialect = dialect, MinStopWords = 0, MinMeanWordLength = 1 }, document) || !isDefault;
            kept &= Keeps(new GopherRepetition { Dialect = dialect }, document) || !isDefault;
            _ = Keeps(new C4Quality { Dialect = dialect }, document);
        }

        _ = Keeps(new C4Paragraph(), document);
        _ = Keeps(new FineWebQuality(), document);
        _ = Keeps(new RefinedWebLines(), document);
        _ = Keeps(new LanguageIdentification(), document);
        _ = Keeps(new ParagraphLanguage(), document);
        _ = Keeps(new Pii(), document);
        _ = Keeps(new Pii { Replacement = PiiReplacement.Pseudonym }, document);
        _ = Keeps(new RepeatedLines(), document);
        _ = Keeps(new RemoveUrls(), document);
        _ = Keeps(new CollapseLineFeeds(), document);
        _ = Keeps(new CulturaXLines(), document);
        _ = Keeps(new UnicodeRepair(), document);
        CulturaXFigures metrics = new CulturaXMetrics().Measure(document);
        Assert.InRange(metrics.CharacterRepetition, 0, 1);
        Assert.InRange(metrics.WordRepetition, 0, 1);
        return kept;
    }

    // Measures twice, through columns and back: the same figures and the same verdict.
    private static bool Keeps<T>(DocumentStage<T> stage, Document document) where T : struct, IFigures<T>
    {
        ColumnBuilder[] builders = [.. T.Columns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
        stage.MeasureInto(document, builders);
        stage.MeasureInto(document, builders);
        Column[] columns = [.. builders.Select(b => b.Build())];
        foreach (Column column in columns)
        {
            Assert.Equal(column.Format(0), column.Format(1));
            Assert.True(column is not ValueColumn<double> numbers || double.IsFinite(numbers[0]));
        }

        T figures = T.Read(columns, 0);
        Verdict verdict = stage.Decide(in figures);

        // A build decides from the figures alone: the text a stage wrote is not read again.
        StringColumnBuilder none = new();
        none.Append((string?)null);
        none.Append((string?)null);
        Column[] withoutText = [.. columns.Zip(T.Columns, (column, schema) => schema.Name == "text" ? none.Build() : column)];
        T stored = T.Read(withoutText, 0);
        Assert.Equal(verdict.Reason, stage.Decide(in stored).Reason);
        return verdict.IsKeep;
    }
}
