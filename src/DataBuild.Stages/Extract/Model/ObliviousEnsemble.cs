using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataBuild.Stages.Extract.Model;

/// <summary>
/// Boosted oblivious trees: all nodes of a level ask the same question, so a tree is evaluated for eight blocks at once without branches.
/// </summary>
internal sealed class ObliviousEnsemble
{
    private readonly int _depth;
    private readonly ushort[] _features;
    private readonly float[] _thresholds;
    private readonly float[] _leaves;

    /// <summary>An ensemble of its parts: per tree <paramref name="depth"/> features and thresholds and 2^depth leaves.</summary>
    public ObliviousEnsemble(int featureCount, int depth, float bias, ushort[] features, float[] thresholds, float[] leaves)
    {
        if (depth is < 1 or > 10 || features.Length % depth != 0 || thresholds.Length != features.Length
            || leaves.Length != features.Length / depth << depth || features.Any(f => f >= featureCount))
        {
            throw new InvalidDataException($"block model: parts do not fit together (depth {depth}, {features.Length} questions, {leaves.Length} leaves)");
        }

        FeatureCount = featureCount;
        _depth = depth;
        Bias = bias;
        _features = features;
        _thresholds = thresholds;
        _leaves = leaves;
    }

    /// <summary>The ensemble whose score is the mean of others' scores; all of one depth.</summary>
    public static ObliviousEnsemble Mean(IReadOnlyList<ObliviousEnsemble> parts) => new(
        parts[0].FeatureCount,
        parts[0]._depth,
        parts.Average(p => p.Bias),
        [.. parts.SelectMany(p => p._features)],
        [.. parts.SelectMany(p => p._thresholds)],
        [.. parts.SelectMany(p => p._leaves.Select(leaf => leaf / parts.Count))]);

    /// <summary>Number of features it was trained on.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of trees.</summary>
    public int TreeCount => _features.Length / _depth;

    /// <summary>The score of no tree at all.</summary>
    public float Bias { get; }

    /// <summary>
    /// Scores rows. <paramref name="columns"/> holds the features column by column, <paramref name="stride"/> values each, a multiple of 8 not less
    /// than the number of rows; <paramref name="scores"/> has a stride of room. Scores are log-odds.
    /// </summary>
    public void Score(float[] columns, int stride, int rows, Span<float> scores)
    {
        scores[..stride].Fill(Bias);
        ref float data = ref MemoryMarshal.GetArrayDataReference(columns);
        int trees = TreeCount;
        for (int tree = 0; tree < trees; tree++)
        {
            ReadOnlySpan<ushort> features = _features.AsSpan(tree * _depth, _depth);
            ReadOnlySpan<float> thresholds = _thresholds.AsSpan(tree * _depth, _depth);
            ReadOnlySpan<float> leaves = _leaves.AsSpan(tree << _depth, 1 << _depth);
            for (int row = 0; row < rows; row += 8)
            {
                Vector256<int> index = Vector256<int>.Zero;
                for (int level = 0; level < features.Length; level++)
                {
                    Vector256<float> value = Vector256.LoadUnsafe(ref data, (nuint)((features[level] * stride) + row));
                    index |= Vector256.GreaterThan(value, Vector256.Create(thresholds[level])).AsInt32() & Vector256.Create(1 << level);
                }

                AddLeaves(leaves, index, scores.Slice(row, 8));
            }
        }
    }

    /// <summary>Writes the ensemble.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(FeatureCount);
        writer.Write(_depth);
        writer.Write(Bias);
        writer.Write(TreeCount);
        foreach (ushort f in _features)
        {
            writer.Write(f);
        }

        foreach (float t in _thresholds)
        {
            writer.Write(t);
        }

        foreach (float l in _leaves)
        {
            writer.Write((Half)l);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static ObliviousEnsemble Read(BinaryReader reader)
    {
        int featureCount = reader.ReadInt32();
        int depth = reader.ReadInt32();
        float bias = reader.ReadSingle();
        int trees = reader.ReadInt32();
        if (featureCount is < 1 or > 4096 || depth is < 1 or > 10 || trees is < 0 or > 10_000)
        {
            throw new InvalidDataException($"block model: {featureCount} features, depth {depth}, {trees} trees are out of range");
        }

        ushort[] features = new ushort[trees * depth];
        for (int i = 0; i < features.Length; i++)
        {
            features[i] = reader.ReadUInt16();
        }

        float[] thresholds = new float[features.Length];
        for (int i = 0; i < thresholds.Length; i++)
        {
            thresholds[i] = reader.ReadSingle();
        }

        float[] leaves = new float[trees << depth];
        for (int i = 0; i < leaves.Length; i++)
        {
            leaves[i] = (float)reader.ReadHalf();
        }

        return new ObliviousEnsemble(featureCount, depth, bias, features, thresholds, leaves);
    }

    private static unsafe void AddLeaves(ReadOnlySpan<float> leaves, Vector256<int> index, Span<float> scores)
    {
        if (Avx2.IsSupported)
        {
            fixed (float* table = leaves)
            {
                Vector256<float> sum = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(scores)) + Avx2.GatherVector256(table, index, 4);
                sum.StoreUnsafe(ref MemoryMarshal.GetReference(scores));
            }

            return;
        }

        for (int i = 0; i < 8; i++)
        {
            scores[i] += leaves[index.GetElement(i)];
        }
    }
}
