namespace DataBuild.Stages.Tests.Score;

/// <summary>Modified Kneser-Ney as Chen and Goodman write it down, over lists of all n-grams: slow, and by another way than the trainer.</summary>
internal sealed class KneserNeyOracle
{
    private readonly int _order;
    private readonly List<string[]> _sentences;
    private readonly int _vocabulary;

    public KneserNeyOracle(string text, int order)
    {
        _order = order;
        _sentences = [.. text.Split('\n').Select(l => (string[])["<s>", .. l.Split(' '), "</s>"])];
        // Every word, the end and the unknown word; the start is not predicted.
        _vocabulary = _sentences.SelectMany(s => s).Distinct().Count();
    }

    public double Probability(string[] history, string word)
    {
        int n = history.Length + 1;
        double below = n == 1 ? 1.0 / _vocabulary : Probability(history[1..], word);
        Dictionary<string, int> counts = Counts(n);
        string context = string.Concat(history.Select(w => w + " "));
        List<int> following = [.. counts.Where(c => c.Key.StartsWith(context, StringComparison.Ordinal) && c.Key[context.Length..] != "<s>").Select(c => c.Value)];
        if (following.Count == 0)
        {
            return below;
        }

        double[] discounts = Discounts(counts);
        int count = counts.GetValueOrDefault(context + word);
        double total = following.Sum();
        double freed = following.Sum(c => discounts[Math.Min(c, 3)]);
        return ((count - discounts[Math.Min(count, 3)]) / total) + (freed / total * below);
    }

    private Dictionary<string, int> Counts(int n)
    {
        List<string[]> grams = GramsOf(n);
        return grams.DistinctBy(g => string.Join(' ', g)).ToDictionary(
            g => string.Join(' ', g),
            g => n == _order || g[0] == "<s>"
                ? grams.Count(o => o.SequenceEqual(g))
                : GramsOf(n + 1).Where(o => o.AsSpan(1).SequenceEqual(g)).Select(o => o[0]).Distinct().Count());
    }

    private List<string[]> GramsOf(int n) =>
        [.. _sentences.SelectMany(s => Enumerable.Range(0, Math.Max(0, s.Length - n + 1)).Select(i => s[i..(i + n)]))];

    private static double[] Discounts(Dictionary<string, int> counts)
    {
        double[] times = [.. Enumerable.Range(0, 5).Select(k => (double)counts.Count(c => c.Value == k && c.Key != "<s>"))];
        double y = times[1] / (times[1] + (2 * times[2]));
        double[] discounts = [0, 1 - (2 * y * times[2] / times[1]), 2 - (3 * y * times[3] / times[2]), 3 - (4 * y * times[4] / times[3])];
        return Enumerable.Range(1, 3).All(k => discounts[k] >= 0 && discounts[k] <= k) ? discounts : [0, 0.5, 1, 1.5];
    }
}
