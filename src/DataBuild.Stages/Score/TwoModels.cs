using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using DataBuild.Formats;
using DataBuild.Stages.Score.Selection;

namespace DataBuild.Stages.Score;

/// <summary>A cheap scorer for every text and a costly one for those whose cheap score lies within a band.</summary>
internal sealed class TwoModels(OnnxTextScorer cheap, OnnxTextScorer costly)
{
    private const long AuditSeed = 0x4175646974;

    /// <summary>Scores texts.</summary>
    /// <param name="texts">Texts.</param>
    /// <param name="low">Cheap scores from this on are asked about.</param>
    /// <param name="high">Cheap scores below this are asked about.</param>
    /// <param name="audit">Share of the other texts, chosen by their own digests, that are asked about as well.</param>
    public (TextScore[] Cheap, TextScore?[] Costly) Score(IReadOnlyList<ReadOnlyMemory<char>> texts, double low, double high, double audit = 0)
    {
        TextScore[] first = new TextScore[texts.Count];
        cheap.Score(texts, first);
        int[] asked = [.. Enumerable.Range(0, first.Length).Where(i => (first[i].Score >= low && first[i].Score < high) || (audit > 0 && !double.IsNaN(first[i].Score) && Place(texts[i].Span) < audit))];
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

    /// <summary>What a cascade of two models did with all documents, as a person reads it.</summary>
    /// <param name="rows">Whether the costly model decided, what it said (null where it was not asked), and what was decided.</param>
    /// <param name="decided">What the costly model does where it decides: asked, computed again.</param>
    public static string Describe(IEnumerable<(bool Asked, bool? CostlyKeeps, bool Keep)> rows, string decided)
    {
        long all = 0;
        long asked = 0;
        long audited = 0;
        long agreed = 0;
        foreach ((bool wasAsked, bool? costly, bool keep) in rows)
        {
            all++;
            asked += wasAsked ? 1 : 0;
            audited += !wasAsked && costly is not null ? 1 : 0;
            agreed += !wasAsked && costly == keep ? 1 : 0;
        }

        double share = all == 0 ? 0 : (double)asked / all;
        string agreement = audited == 0
            ? asked == all ? "agreement 100 %" : "agreement unknown: no other document was audited (option Audit)"
            : string.Create(CultureInfo.InvariantCulture, $"agreement {100 * (share + ((1 - share) * agreed / audited)):0.0} % (of the others {audited:N0} were audited, {agreed:N0} decided alike)");
        return string.Create(CultureInfo.InvariantCulture, $"of {all:N0} documents {asked:N0} ({100 * share:0.0} %) {decided}; {agreement}");
    }

    // In [0, 1), by the text alone.
    private static double Place(ReadOnlySpan<char> text) => (XxHash64.HashToUInt64(MemoryMarshal.AsBytes(text), AuditSeed) >> 11) * (1.0 / (1UL << 53));

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
