using System.Globalization;
using DataBuild.Formats;
using DataBuild.Stages.Score.Selection;

namespace DataBuild.Stages.Score;

/// <summary>A cheap scorer for every text and a costly one for those whose cheap score lies within a band.</summary>
internal sealed class TwoModels(OnnxTextScorer cheap, OnnxTextScorer costly)
{
    /// <summary>Scores texts.</summary>
    /// <param name="texts">Texts.</param>
    /// <param name="low">Cheap scores from this on are asked about.</param>
    /// <param name="high">Cheap scores below this are asked about.</param>
    public (TextScore[] Cheap, TextScore?[] Costly) Score(IReadOnlyList<ReadOnlyMemory<char>> texts, double low, double high)
    {
        TextScore[] first = new TextScore[texts.Count];
        cheap.Score(texts, first);
        int[] asked = [.. Enumerable.Range(0, first.Length).Where(i => first[i].Score >= low && first[i].Score < high)];
        TextScore[] second = new TextScore[asked.Length];
        if (asked.Length > 0)
        {
            costly.Score([.. asked.Select(i => texts[i])], second);
        }

        TextScore?[] all = new TextScore?[texts.Count];
        for (int i = 0; i < asked.Length; i++)
        {
            all[asked[i]] = second[i];
        }

        return (first, all);
    }

    /// <summary>Scores of both models for the texts of a sample: a file of any crawl format that holds text.</summary>
    /// <exception cref="StageException">DB4075: the file cannot be read, or holds no text.</exception>
    public List<(double Cheap, double Costly)> ScoreSample(InputFile sample)
    {
        List<ReadOnlyMemory<char>> texts = [];
        try
        {
            using CrawlReader reader = CrawlReader.Open(sample.PathOrName);
            while (reader.TryRead(out RawDocument? document))
            {
                using (document)
                {
                    if (document.Text is { Length: > 0 } text)
                    {
                        texts.Add(text.AsMemory());
                    }
                }
            }
        }
        catch (CrawlFormatException error)
        {
            throw new StageException("DB4075", $"the sample '{sample.Value}' cannot be read: {error.Message}", sample.Path, error);
        }

        (TextScore[] first, TextScore?[] second) = Score(texts, double.NegativeInfinity, double.PositiveInfinity);
        List<(double, double)> scores = [.. first.Zip(second).Where(s => s.Second is not null).Select(s => (s.First.Score, s.Second!.Value.Score)).Where(s => !double.IsNaN(s.Item1) && !double.IsNaN(s.Item2))];
        return scores.Count > 0 ? scores : throw new StageException("DB4075", $"the sample '{sample.Value}' holds no text that both models score", sample.Path);
    }

    /// <summary>The band of a cascade as a person reads it.</summary>
    public static string Describe(CascadeBand band) => string.Create(
        CultureInfo.InvariantCulture,
        $"band [{band.Low:0.####}, {band.High:0.####}), on the sample: recall {band.Recall:0.000}, precision {band.Precision:0.000}, large model asked for {100 * band.Escalated:0.0} %, agreement {100 * band.Agreement:0.0} %");
}
