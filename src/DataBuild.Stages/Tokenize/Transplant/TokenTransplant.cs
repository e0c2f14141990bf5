using System.Buffers;
using System.Text;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Tokenize.Transplant;

/// <summary>
/// Rows of an embedding matrix for a new tokenizer, by TokenAdapt's heuristics (Sharthak et al. 2025, "Achieving Tokenizer Flexibility in Language Models through Heuristic
/// Adaptation and Supertoken Learning"). A token of both vocabularies keeps its row. Otherwise, with vectors e of the tokens' texts:
/// local = sum over the old tokens s of the new token t of softmax(((cos(e(t), e(s)) + |s| / |t|) / 2) / T) * row(s); global = sum over the K old tokens v with the highest
/// cosine of softmax(cos(e(t), e(v)) / T) * row(v); row = (1 - w) * local + w * global, or the one that there is, or a draw from the old matrix's mean and deviation.
/// </summary>
public sealed class TokenTransplant
{
    private readonly TextTokenizer _old;
    private readonly TokenTransplantOptions _options;
    private readonly string?[] _oldTexts;
    private readonly Dictionary<string, int> _oldIds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _oldIdsIgnoringCase = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<IReadOnlyList<string>, float[][]> _embed;
    private readonly Dictionary<int, float[]> _oldVectors = [];

    /// <summary>Prepares a transplant.</summary>
    /// <param name="old">Tokenizer of the matrix that there is.</param>
    /// <param name="embed">Vectors of texts, all of one length; any scale.</param>
    /// <param name="options">Options.</param>
    public TokenTransplant(TextTokenizer old, Func<IReadOnlyList<string>, float[][]> embed, TokenTransplantOptions options)
    {
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(embed);
        _old = old;
        _options = options;
        _embed = texts => [.. embed(texts).Select(Normalized)];
        _oldTexts = new string?[old.VocabularySize];
        for (int id = 0; id < _oldTexts.Length; id++)
        {
            (string key, _oldTexts[id]) = TextOf(old, id);
            _oldIds.TryAdd(key, id);
            _oldIdsIgnoringCase.TryAdd(key, id);
        }
    }

    /// <summary>Makes the rows.</summary>
    /// <param name="tokenizer">The new tokenizer.</param>
    /// <param name="rows">Rows to make: the new vocabulary, filled up.</param>
    /// <param name="columns">Columns of the matrices.</param>
    /// <param name="matrices">The old matrices, row by row; weights are the same for all of them.</param>
    /// <param name="threads">Threads; the result does not depend on them.</param>
    /// <param name="cancellation">Ends the work.</param>
    public (float[][] Matrices, TransplantCounts Counts) Run(
        TextTokenizer tokenizer, int rows, int columns, IReadOnlyList<float[]> matrices, int threads, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(matrices);
        int oldRows = matrices.Min(m => m.Length / columns);
        (string Key, string? Text)[] tokens = [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => TextOf(tokenizer, id))];
        int[] shared = [.. tokens.Select(t => Shared(t.Key, oldRows))];
        int[] made = [.. Enumerable.Range(0, tokens.Length).Where(id => shared[id] < 0 && tokens[id].Text is not null)];
        float[][] vectors = _embed([.. made.Select(id => tokens[id].Text!)]);
        (int[] candidates, float[] candidateVectors) = Candidates(oldRows);
        int width = vectors.Length == 0 ? 0 : vectors[0].Length;

        float[][] results = [.. matrices.Select(_ => new float[(long)rows * columns])];
        int[] kinds = new int[rows];
        Parallel.For(0, made.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i =>
        {
            (int Id, double Weight)[] local = Local(tokens[made[i]].Text!, vectors[i], oldRows);
            (int Id, double Weight)[] global = Global(vectors[i], candidates, candidateVectors, width);
            double globalShare = global.Length == 0 ? 0 : local.Length == 0 ? 1 : _options.GlobalWeight;
            kinds[made[i]] = (local.Length > 0 ? 1 : 0) + (global.Length > 0 ? 2 : 0);
            for (int m = 0; m < results.Length; m++)
            {
                Span<float> row = results[m].AsSpan(made[i] * columns, columns);
                Add(row, matrices[m], local, 1 - globalShare);
                Add(row, matrices[m], global, globalShare);
            }
        });

        for (int m = 0; m < results.Length; m++)
        {
            (double mean, double deviation) = Moments(matrices[m]);
            for (int id = 0; id < rows; id++)
            {
                Span<float> row = results[m].AsSpan(id * columns, columns);
                if (id < shared.Length && shared[id] >= 0)
                {
                    matrices[m].AsSpan(shared[id] * columns, columns).CopyTo(row);
                }
                else if (kinds[id] == 0)
                {
                    Draw(row, mean, deviation, (ulong)m, id);
                }
            }
        }

        int copied = shared.Count(s => s >= 0);
        return (results, new TransplantCounts(copied, kinds.Count(k => k == 3), kinds.Count(k => k == 1), kinds.Count(k => k == 2), rows - copied - kinds.Count(k => k > 0)));
    }

    // The bytes of a token as a key, and its text where they are one.
    private static (string Key, string? Text) TextOf(TextTokenizer tokenizer, int id)
    {
        ArrayBufferWriter<byte> bytes = new();
        tokenizer.Decode([id], bytes);
        string text = Encoding.UTF8.GetString(bytes.WrittenSpan);
        bool valid = bytes.WrittenCount > 0 && Encoding.UTF8.GetByteCount(text) == bytes.WrittenCount && !text.Contains('\uFFFD', StringComparison.Ordinal);
        return valid ? (text, text) : ("\0" + Convert.ToHexString(bytes.WrittenSpan), null);
    }

    private int Shared(string key, int oldRows) =>
        (_oldIds.TryGetValue(key, out int id) || (_options.IgnoreCase && _oldIdsIgnoringCase.TryGetValue(key, out id))) && id < oldRows && key != "\0" ? id : -1;

    private (int[] Ids, float[] Vectors) Candidates(int oldRows)
    {
        int[] ids = [.. Enumerable.Range(0, Math.Min(oldRows, _oldTexts.Length)).Where(id => _oldTexts[id] is not null)];
        float[][] vectors = _embed([.. ids.Select(id => _oldTexts[id]!)]);
        for (int i = 0; i < ids.Length; i++)
        {
            _oldVectors[ids[i]] = vectors[i];
        }

        return (ids, [.. vectors.SelectMany(v => v)]);
    }

    private (int Id, double Weight)[] Local(string text, float[] vector, int oldRows)
    {
        int[] pieces = [.. _old.Encode(text).Where(id => id < oldRows && _oldVectors.ContainsKey(id))];
        double[] scores = [.. pieces.Select(id => (FixedOrderMath.Dot(vector, _oldVectors[id]) + ((double)_oldTexts[id]!.Length / text.Length)) / 2)];
        return Softmax(pieces, scores);
    }

    private (int Id, double Weight)[] Global(float[] vector, int[] candidates, float[] vectors, int width)
    {
        List<(double Similarity, int Candidate)> best = [];
        for (int c = 0; c < candidates.Length; c++)
        {
            double similarity = FixedOrderMath.Dot(vector, vectors.AsSpan(c * width, width));
            if (similarity < _options.MinSimilarity || (best.Count == _options.Neighbours && similarity <= best[^1].Similarity))
            {
                continue;
            }

            // Behind those of the same similarity: the lowest id stays.
            int at = best.FindLastIndex(b => b.Similarity >= similarity) + 1;
            best.Insert(at, (similarity, c));
            if (best.Count > _options.Neighbours)
            {
                best.RemoveAt(best.Count - 1);
            }
        }

        return Softmax([.. best.Select(b => candidates[b.Candidate])], [.. best.Select(b => b.Similarity)]);
    }

    private (int Id, double Weight)[] Softmax(int[] ids, double[] scores)
    {
        if (ids.Length == 0)
        {
            return [];
        }

        double max = scores.Max();
        double[] weights = [.. scores.Select(s => Math.Exp((s - max) / _options.Temperature))];
        double sum = weights.Sum();
        return [.. ids.Select((id, i) => (id, weights[i] / sum))];
    }

    private static void Add(Span<float> row, float[] matrix, (int Id, double Weight)[] parts, double share)
    {
        foreach ((int id, double weight) in parts)
        {
            float factor = (float)(weight * share);
            ReadOnlySpan<float> part = matrix.AsSpan(id * row.Length, row.Length);
            for (int i = 0; i < row.Length; i++)
            {
                row[i] += part[i] * factor;
            }
        }
    }

    private static (double Mean, double Deviation) Moments(float[] values)
    {
        double mean = values.Length == 0 ? 0 : values.Average(v => (double)v);
        return (mean, values.Length == 0 ? 0 : Math.Sqrt(values.Average(v => (v - mean) * (v - mean))));
    }

    // Box and Muller: two uniform numbers give a normal one.
    private void Draw(Span<float> row, double mean, double deviation, ulong matrix, int id)
    {
        ulong key = SeededOrder.Key(_options.Seed + matrix, BitConverter.GetBytes(id));
        for (int i = 0; i < row.Length; i++)
        {
            double first = 1 - SeededOrder.Fraction(_options.Seed, key, (ulong)i * 2);
            double second = SeededOrder.Fraction(_options.Seed, key, ((ulong)i * 2) + 1);
            row[i] = (float)(mean + (deviation * Math.Sqrt(-2 * Math.Log(first)) * Math.Cos(2 * Math.PI * second)));
        }
    }

    private static float[] Normalized(float[] vector)
    {
        // Sums in one order, whatever the width of the machine's vectors.
        float[] unit = new float[vector.Length];
        return FixedOrderMath.TryNormalize(vector, unit) ? unit : vector;
    }
}
