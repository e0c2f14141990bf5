using System.Buffers.Binary;
using System.IO.Compression;
using System.Reflection;
using System.Text;

namespace DataBuild.Stages.Language;

/// <summary>
/// The shipped model: five scripts that several languages share, each with its letter n-grams, and scripts that stand for one language.
/// The numbers derive from the n-gram frequencies of the Lingua project (Apache-2.0), which were counted on corpora of the University of Leipzig.
/// </summary>
internal sealed class LanguageModel
{
    private const string Resource = "DataBuild.Stages.Language.languages.model.br";
    private const uint Magic = 0x444C4244;

    private static readonly Lazy<LanguageModel> Shared = new(Load);

    private LanguageModel(ScriptModel[] scripts)
    {
        Scripts = scripts;
        Letters = new LetterTable(scripts);
    }

    /// <summary>The model of this assembly.</summary>
    public static LanguageModel Instance => Shared.Value;

    /// <summary>Scripts that several languages share.</summary>
    public ScriptModel[] Scripts { get; }

    /// <summary>Script and index of every letter.</summary>
    public LetterTable Letters { get; }

    /// <summary>Writes a model in the form that is shipped: Brotli over little-endian numbers and UTF-8 texts.</summary>
    public static void Write(Stream stream, IReadOnlyList<(string[] Languages, string Alphabet, ulong[] Keys, byte[] Penalties)> scripts)
    {
        using BrotliStream compressed = new(stream, CompressionLevel.SmallestSize, leaveOpen: true);
        using BinaryWriter writer = new(compressed, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(scripts.Count);
        foreach ((string[] languages, string alphabet, ulong[] keys, byte[] penalties) in scripts)
        {
            writer.Write(string.Join(' ', languages));
            writer.Write(alphabet);
            writer.Write(keys.Length);

            // Sorted keys differ little from one to the next: their differences compress well.
            ulong before = 0;
            foreach (ulong key in keys)
            {
                writer.Write7BitEncodedInt64((long)(key - before));
                before = key;
            }

            // A column a language, for the same reason.
            for (int language = 0; language < languages.Length; language++)
            {
                for (int row = 0; row < keys.Length; row++)
                {
                    writer.Write(penalties[(row * languages.Length) + language]);
                }
            }
        }
    }

    private static LanguageModel Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
            ?? throw new StageException("DB4301", $"the language model '{Resource}' is missing from the assembly");
        using BrotliStream decompressed = new(stream, CompressionMode.Decompress);
        using MemoryStream memory = new();
        decompressed.CopyTo(memory);
        memory.Position = 0;
        using BinaryReader reader = new(memory, Encoding.UTF8);
        uint magic = reader.ReadUInt32();
        if (magic != Magic)
        {
            throw new StageException("DB4301", $"the language model starts with 0x{BinaryPrimitives.ReverseEndianness(magic):x8}, not with 0x{BinaryPrimitives.ReverseEndianness(Magic):x8}");
        }

        ScriptModel[] scripts = new ScriptModel[reader.ReadInt32()];
        for (int i = 0; i < scripts.Length; i++)
        {
            string[] languages = reader.ReadString().Split(' ');
            string alphabet = reader.ReadString();
            ulong[] keys = new ulong[reader.ReadInt32()];
            ulong before = 0;
            for (int row = 0; row < keys.Length; row++)
            {
                before += (ulong)reader.Read7BitEncodedInt64();
                keys[row] = before;
            }

            byte[] columns = reader.ReadBytes(keys.Length * languages.Length);
            byte[] penalties = new byte[columns.Length];
            for (int language = 0; language < languages.Length; language++)
            {
                for (int row = 0; row < keys.Length; row++)
                {
                    penalties[(row * languages.Length) + language] = columns[(language * keys.Length) + row];
                }
            }

            scripts[i] = new ScriptModel(languages, alphabet, keys, penalties);
        }

        return new LanguageModel(scripts);
    }
}
