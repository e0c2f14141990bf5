using System.Reflection;
using DataBuild.Stages.Extract.Blocks;

namespace DataBuild.Stages.Extract.Model;

/// <summary>
/// The trained model: scores of words, and an ensemble that scores blocks.
/// The one that ships is a resource of this assembly; the extraction benchmark's <c>train</c> command makes it.
/// </summary>
internal sealed class BlockModel
{
    private const uint Magic = 0x31584244;

    private static readonly Lazy<BlockModel?> Loaded = new(LoadShipped);

    /// <summary>A model of its parts.</summary>
    public BlockModel(LearnedTokens tokens, ObliviousEnsemble ensemble)
    {
        Tokens = tokens;
        Ensemble = ensemble;
        if (ensemble.FeatureCount != BlockFeatures.Count)
        {
            throw new InvalidDataException($"block model: made for {ensemble.FeatureCount} features, expected {BlockFeatures.Count}");
        }
    }

    /// <summary>The model that ships; null before one has been trained.</summary>
    public static BlockModel? Shipped => Loaded.Value;

    /// <summary>Scores and weights of words.</summary>
    public LearnedTokens Tokens { get; }

    /// <summary>The ensemble.</summary>
    public ObliviousEnsemble Ensemble { get; }

    /// <summary>Writes the model.</summary>
    public void Write(Stream stream)
    {
        using BinaryWriter writer = new(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(BlockFeatures.Version);
        WriteTokens(writer, Tokens.ClassScores);
        WriteTokens(writer, Tokens.WordScores);
        WriteTokens(writer, Tokens.ClassWeights);
        WriteTokens(writer, Tokens.WordWeights);
        Ensemble.Write(writer);
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

        LearnedTokens tokens = new(ReadTokens(reader), ReadTokens(reader), ReadTokens(reader), ReadTokens(reader));
        return new BlockModel(tokens, ObliviousEnsemble.Read(reader));
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
