using System.Reflection;
using DataBuild.Stages.Extract.Blocks;

namespace DataBuild.Stages.Extract.Model;

/// <summary>
/// The trained model: scores of words, and two ensembles, the second of which sees the first one's scores around each block.
/// The one that ships is a resource of this assembly; the extraction benchmark's <c>train</c> command makes it.
/// </summary>
internal sealed class BlockModel
{
    private const uint Magic = 0x31584244;

    private static readonly Lazy<BlockModel?> Loaded = new(LoadShipped);

    /// <summary>A model of its parts.</summary>
    public BlockModel(TokenScores classScores, TokenScores wordScores, ObliviousEnsemble first, ObliviousEnsemble second, float threshold)
    {
        ClassScores = classScores;
        WordScores = wordScores;
        First = first;
        Second = second;
        Threshold = threshold;
        if (first.FeatureCount != BlockFeatures.Count || second.FeatureCount != BlockFeatures.Count + BlockFeatures.ScoreCount)
        {
            throw new InvalidDataException(
                $"block model: made for {first.FeatureCount} and {second.FeatureCount} features, expected {BlockFeatures.Count} and {BlockFeatures.Count + BlockFeatures.ScoreCount}");
        }
    }

    /// <summary>The model that ships; null before one has been trained.</summary>
    public static BlockModel? Shipped => Loaded.Value;

    /// <summary>Scores of the words of class, id and role.</summary>
    public TokenScores ClassScores { get; }

    /// <summary>Scores of the words of the text.</summary>
    public TokenScores WordScores { get; }

    /// <summary>The first ensemble.</summary>
    public ObliviousEnsemble First { get; }

    /// <summary>The second ensemble.</summary>
    public ObliviousEnsemble Second { get; }

    /// <summary>The least probability of a kept block, 0 to 1.</summary>
    public float Threshold { get; }

    /// <summary>Writes the model.</summary>
    public void Write(Stream stream)
    {
        using BinaryWriter writer = new(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(BlockFeatures.Version);
        writer.Write(Threshold);
        WriteTokens(writer, ClassScores);
        WriteTokens(writer, WordScores);
        First.Write(writer);
        Second.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static BlockModel Read(Stream stream)
    {
        using BinaryReader reader = new(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        uint magic = reader.ReadUInt32();
        int version = reader.ReadInt32();
        if (magic != Magic || version != BlockFeatures.Version)
        {
            throw new InvalidDataException($"block model: found {magic:X8} version {version}, expected {Magic:X8} version {BlockFeatures.Version}");
        }

        float threshold = reader.ReadSingle();
        TokenScores classScores = ReadTokens(reader);
        TokenScores wordScores = ReadTokens(reader);
        return new BlockModel(classScores, wordScores, ObliviousEnsemble.Read(reader), ObliviousEnsemble.Read(reader), threshold);
    }

    private static BlockModel? LoadShipped()
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("DataBuild.Stages.Extract.BlockModel.bin");
        return stream is null ? null : Read(stream);
    }

    private static void WriteTokens(BinaryWriter writer, TokenScores tokens)
    {
        writer.Write(tokens.Checks);
        writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tokens.Scores));
    }

    private static TokenScores ReadTokens(BinaryReader reader)
    {
        byte[] checks = reader.ReadBytes(TokenScores.Size);
        byte[] scores = reader.ReadBytes(TokenScores.Size);
        return new TokenScores(checks, [.. scores.Select(b => (sbyte)b)]);
    }
}
