using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace DataBuild.Stages.Tokenize.Normalizing;

/// <summary>
/// The character map of a SentencePiece model: a double-array trie (s-yata/darts-clone) from byte strings to positions in
/// a block of NUL-terminated replacements, as in sentencepiece's builder of normalisers.
/// </summary>
internal sealed class PrecompiledNormalizer : ITextNormalizer
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;
    private readonly bool _byGrapheme;

    /// <summary>Reads a map.</summary>
    /// <param name="map">u32 length of the trie in bytes, the trie, the replacements; little-endian.</param>
    /// <param name="byGrapheme">
    /// Whether clusters of fewer than six bytes are looked up whole and by their shortest prefix, then characters alone, as
    /// Hugging Face tokenizers do; otherwise the longest prefix at every position, as SentencePiece does.
    /// </param>
    /// <exception cref="FormatException">The map is cut short.</exception>
    public PrecompiledNormalizer(ReadOnlySpan<byte> map, bool byGrapheme)
    {
        if (map.Length < 4 || BinaryPrimitives.ReadUInt32LittleEndian(map) is uint size && (size % 4 != 0 || size > map.Length - 4))
        {
            throw new FormatException($"a character map of {map.Length} bytes is cut short");
        }

        int trieSize = (int)BinaryPrimitives.ReadUInt32LittleEndian(map);
        _units = new uint[trieSize / 4];
        for (int i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + (4 * i))..]);
        }

        _replacements = map[(4 + trieSize)..].ToArray();
        _byGrapheme = byGrapheme;
    }

    /// <inheritdoc/>
    public bool KeepsAscii => false;

    /// <inheritdoc/>
    public void Apply(NormalizedText source, NormalizedText target)
    {
        ReadOnlySpan<byte> text = source.Bytes;
        if (!_byGrapheme)
        {
            ApplyLongest(source, target, text);
            return;
        }

        // Clusters are found in UTF-16, where .NET knows their rules.
        string utf16 = Encoding.UTF8.GetString(text);
        int at = 0;
        for (int i = 0; i < utf16.Length;)
        {
            int units = StringInfo.GetNextTextElementLength(utf16.AsSpan(i));
            ReadOnlySpan<char> cluster = utf16.AsSpan(i, units);
            int size = Encoding.UTF8.GetByteCount(cluster);
            if (size < 6 && TryFind(text.Slice(at, size), longest: false, out ReadOnlySpan<byte> whole, out _))
            {
                target.Append(whole, source, at, at + size);
            }
            else
            {
                ApplyCharacters(source, target, at, size);
            }

            at += size;
            i += units;
        }
    }

    private void ApplyCharacters(NormalizedText source, NormalizedText target, int at, int size)
    {
        ReadOnlySpan<byte> text = source.Bytes;
        for (int end = at + size; at < end;)
        {
            Rune.DecodeFromUtf8(text[at..end], out _, out int length);
            if (TryFind(text.Slice(at, length), longest: false, out ReadOnlySpan<byte> content, out _))
            {
                target.Append(content, source, at, at + length);
            }
            else
            {
                target.AppendUnchanged(source, at, at + length);
            }

            at += length;
        }
    }

    private void ApplyLongest(NormalizedText source, NormalizedText target, ReadOnlySpan<byte> text)
    {
        for (int at = 0; at < text.Length;)
        {
            if (TryFind(text[at..], longest: true, out ReadOnlySpan<byte> content, out int size))
            {
                target.Append(content, source, at, at + size);
            }
            else
            {
                Rune.DecodeFromUtf8(text[at..], out _, out size);
                target.AppendUnchanged(source, at, at + size);
            }

            at += size;
        }
    }

    private bool TryFind(ReadOnlySpan<byte> key, bool longest, out ReadOnlySpan<byte> content, out int size)
    {
        content = default;
        size = 0;
        int found = -1;
        if (_units.Length == 0)
        {
            return false;
        }

        uint node = Offset(_units[0]);
        for (int i = 0; i < key.Length && key[i] != 0; i++)
        {
            node ^= key[i];
            if (node >= _units.Length || Label(_units[node]) != key[i])
            {
                break;
            }

            uint unit = _units[node];
            node ^= Offset(unit);
            if ((unit >> 8 & 1) != 0 && node < _units.Length)
            {
                found = (int)(_units[node] & 0x7FFFFFFF);
                size = i + 1;
                if (!longest)
                {
                    break;
                }
            }
        }

        if (found < 0 || found >= _replacements.Length)
        {
            return false;
        }

        int end = _replacements.AsSpan(found).IndexOf((byte)0);
        content = end < 0 ? _replacements.AsSpan(found) : _replacements.AsSpan(found, end);
        return true;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & (1u << 9)) >> 6);

    private static uint Label(uint unit) => unit & ((1u << 31) | 0xFF);
}
