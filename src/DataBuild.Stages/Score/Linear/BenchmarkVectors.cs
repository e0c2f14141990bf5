using System.Runtime.InteropServices;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Score.Linear;

/// <summary>
/// Benchmark texts as unit vectors over words and word pairs: the square root of a feature's count times <c>ln(1 + N / n)</c>, where n of the N texts have it. Features that
/// no benchmark has count for nothing but a document's length.
/// </summary>
internal sealed class BenchmarkVectors
{
    private readonly Dictionary<ulong, List<(int Text, double Weight)>> _texts = [];
    private readonly double _unknown;
    private readonly int _count;

    /// <summary>Makes the vectors of texts.</summary>
    public BenchmarkVectors(IReadOnlyList<string> texts)
    {
        _count = texts.Count;
        SimplifiedText words = new();
        Dictionary<ulong, int>[] counts = [.. texts.Select(text =>
        {
            words.Analyze(text);
            return Count(words);
        })];
        Dictionary<ulong, int> frequencies = [];
        foreach (ulong feature in counts.SelectMany(c => c.Keys))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(frequencies, feature, out _)++;
        }

        _unknown = Math.Log(1 + _count);
        for (int text = 0; text < counts.Length; text++)
        {
            Dictionary<ulong, double> weights = counts[text].ToDictionary(c => c.Key, c => Math.Sqrt(c.Value) * Math.Log(1 + ((double)_count / frequencies[c.Key])));
            double length = Length(counts[text].Keys.Order().Select(f => weights[f]));
            foreach ((ulong feature, double weight) in weights)
            {
                ref List<(int Text, double Weight)>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(_texts, feature, out _);
                (list ??= []).Add((text, weight / length));
            }
        }
    }

    /// <summary>Cosine similarity of a document to the nearest text; 0 where nothing is in common.</summary>
    public double Nearest(SimplifiedText words, ref double[]? products)
    {
        products = products is null || products.Length < _count ? new double[_count] : products;
        Array.Clear(products, 0, _count);
        List<double> weights = [];

        // Sums in the order of features: the same on every machine.
        foreach ((ulong feature, int count) in Count(words).OrderBy(c => c.Key))
        {
            double root = Math.Sqrt(count);
            if (!_texts.TryGetValue(feature, out List<(int Text, double Weight)>? list))
            {
                weights.Add(root * _unknown);
                continue;
            }

            double weight = root * Math.Log(1 + ((double)_count / list.Count));
            weights.Add(weight);
            foreach ((int text, double other) in list)
            {
                products[text] += weight * other;
            }
        }

        double nearest = 0;
        for (int i = 0; i < _count; i++)
        {
            nearest = Math.Max(nearest, products[i]);
        }

        return nearest == 0 ? 0 : Math.Min(1, nearest / Length(weights));
    }

    private static Dictionary<ulong, int> Count(SimplifiedText words)
    {
        Dictionary<ulong, int> counts = [];
        ReadOnlySpan<ulong> hashes = words.WordHashes;
        for (int i = 0; i < hashes.Length; i++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, hashes[i], out _)++;
            if (i > 0)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, StableHash.Combine(hashes[i - 1], hashes[i]), out _)++;
            }
        }

        return counts;
    }

    private static double Length(IEnumerable<double> weights) => Math.Sqrt(weights.Sum(w => w * w));
}
