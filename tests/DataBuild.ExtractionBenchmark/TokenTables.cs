using System.Runtime.InteropServices;
using DataBuild.Stages.Extract.Blocks;
using DataBuild.Stages.Extract.Html;

namespace DataBuild.ExtractionBenchmark;

/// <summary>The words of one page with the share of main content they stood on, 0 to 1.</summary>
internal sealed class PageTokens : ITokenObserver
{
    private readonly List<(int Element, uint Hash)> _classes = [];
    private readonly List<(int Block, uint Hash)> _words = [];
    private readonly List<(int Block, uint Hash)> _headings = [];
    private readonly List<(int Element, uint Hash)> _parts = [];

    public Dictionary<uint, float> Classes { get; } = [];

    public Dictionary<uint, float> Words { get; } = [];

    /// <summary>What the regression over words reads of the page.</summary>
    public PageWords Regression { get; private set; } = null!;

    void ITokenObserver.ClassToken(int element, uint hash) => _classes.Add((element, hash));

    void ITokenObserver.NamePart(int element, uint hash) => _parts.Add((element, hash));

    void ITokenObserver.Word(int block, uint hash) => _words.Add((block, hash));

    void ITokenObserver.HeadingWord(int block, uint hash) => _headings.Add((block, hash));

    /// <summary>Turns what was observed into shares, given labels of the page's blocks; blocks of no weight do not count.</summary>
    public void Finish(HtmlTree tree, BlockSegmenter segments, float[] labels, float[] weights)
    {
        Regression = new PageWords(tree, segments, [.. _classes, .. _parts], _words, _headings, labels, weights);
        Dictionary<uint, (float Positive, float Total)> sums = [];
        foreach ((int element, uint hash) in _classes)
        {
            ref ElementInfo e = ref segments[element];
            float positive = 0;
            float total = 0;
            for (int i = e.FirstBlock; i < e.EndBlock && i < labels.Length; i++)
            {
                positive += weights[i] * labels[i];
                total += weights[i];
            }

            Add(sums, hash, positive, total);
        }

        Share(sums, Classes);
        sums.Clear();
        foreach ((int block, uint hash) in _words)
        {
            if (block < labels.Length && weights[block] > 0)
            {
                Add(sums, hash, labels[block], 1);
            }
        }

        foreach ((int block, uint hash) in _headings)
        {
            (float positive, float total) = Section(segments, block, labels, weights);
            if (total > 0)
            {
                Add(sums, hash, positive / total, 1);
            }
        }

        Share(sums, Words);
        _headings.Clear();
        _classes.Clear();
        _parts.Clear();
        _words.Clear();
    }

    // The blocks below a heading up to the next one.
    private static (float Positive, float Total) Section(BlockSegmenter segments, int heading, float[] labels, float[] weights)
    {
        float positive = 0;
        float total = 0;
        for (int i = heading; i < labels.Length && (i == heading || (segments.Blocks[i].Context & BlockContext.Heading) == 0); i++)
        {
            positive += weights[i] * labels[i];
            total += weights[i];
        }

        return (positive, total);
    }

    private static void Add(Dictionary<uint, (float Positive, float Total)> sums, uint hash, float positive, float total)
    {
        ref (float Positive, float Total) s = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, hash, out _);
        s.Positive += positive;
        s.Total += total;
    }

    private static void Share(Dictionary<uint, (float Positive, float Total)> sums, Dictionary<uint, float> shares)
    {
        foreach ((uint hash, (float positive, float total)) in sums)
        {
            if (total > 0)
            {
                shares[hash] = positive / total;
            }
        }
    }
}

/// <summary>Makes tables of word scores from pages.</summary>
internal static class TokenTables
{
    public static TokenScores Classes(IEnumerable<(string Site, PageTokens Tokens)> pages) => Make(pages.Select(p => (p.Site, p.Tokens.Classes)), 4);

    public static TokenScores Words(IEnumerable<(string Site, PageTokens Tokens)> pages) => Make(pages.Select(p => (p.Site, p.Tokens.Words)), 6);

    private static TokenScores Make(IEnumerable<(string Site, Dictionary<uint, float> Shares)> pages, int leastSites)
    {
        Dictionary<uint, (double Positive, double Total)> sums = [];
        double all = 0;
        double allPositive = 0;

        // A site counts once, whatever its number of pages.
        foreach (IGrouping<string, Dictionary<uint, float>> site in pages.GroupBy(p => p.Site, p => p.Shares))
        {
            Dictionary<uint, (double Sum, int Count)> means = [];
            foreach (Dictionary<uint, float> page in site)
            {
                foreach ((uint hash, float share) in page)
                {
                    ref (double Sum, int Count) m = ref CollectionsMarshal.GetValueRefOrAddDefault(means, hash, out _);
                    m.Sum += share;
                    m.Count++;
                }
            }

            foreach ((uint hash, (double sum, int count)) in means)
            {
                ref (double Positive, double Total) s = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, hash, out _);
                s.Positive += sum / count;
                s.Total++;
                all++;
                allPositive += sum / count;
            }
        }

        double prior = allPositive / all;
        byte[] checks = new byte[TokenScores.Size];
        sbyte[] scores = new sbyte[TokenScores.Size];
        double[] strength = new double[TokenScores.Size];
        foreach ((uint hash, (double positive, double total)) in sums.OrderBy(s => s.Key))
        {
            if (total < leastSites)
            {
                continue;
            }

            double p = (positive + (4 * prior)) / (total + 4);
            double score = 16 * (Math.Log(p / (1 - p)) - Math.Log(prior / (1 - prior)));
            int rounded = (int)Math.Clamp(Math.Round(score), -127, 127);
            (int slot, byte check) = TokenScores.Place(hash);
            double power = Math.Abs(score) * Math.Sqrt(total);
            if (rounded != 0 && power > strength[slot])
            {
                strength[slot] = power;
                checks[slot] = check;
                scores[slot] = (sbyte)rounded;
            }
        }

        return new TokenScores(checks, scores);
    }
}
