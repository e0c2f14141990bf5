using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Engine.Store;

/// <summary>Builds an action key: the SHA-256 of named parts in a fixed order, each as <c>name=length:value</c> and a line feed, the length in UTF-16 code units.</summary>
public sealed class ActionKey
{
    // The key of a merge names every column of every shard: hundreds of megabytes.
    private const int MostBytes = 1 << 20;

    private readonly ArrayBufferWriter<byte> _parts = new(1024);
    private IncrementalHash? _hash;

    /// <summary>Starts the key of a kind of action.</summary>
    public ActionKey(string kind) => Add("action", kind).Add("format", ColumnFormatVersion);

    /// <summary>Version of the layout of column files and records; changing it makes every action run again.</summary>
    public const int ColumnFormatVersion = 2;

    /// <summary>Adds a part.</summary>
    public ActionKey Add(string name, string value)
    {
        Encoding.UTF8.GetBytes(name, _parts);
        _parts.Write("="u8);
        Utf8Formatter.TryFormat(value.Length, _parts.GetSpan(16), out int digits);
        _parts.Advance(digits);
        _parts.Write(":"u8);
        Encoding.UTF8.GetBytes(value, _parts);
        _parts.Write("\n"u8);
        if (_parts.WrittenCount >= MostBytes)
        {
            _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            _hash.AppendData(_parts.WrittenSpan);
            _parts.ResetWrittenCount();
        }

        return this;
    }

    /// <summary>Adds a number.</summary>
    public ActionKey Add(string name, long value) => Add(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Ends the key: 64 lower-case hexadecimal digits. Nothing can be added afterwards.</summary>
    public string ToHex()
    {
        if (_hash is null)
        {
            return Convert.ToHexStringLower(SHA256.HashData(_parts.WrittenSpan));
        }

        using (_hash)
        {
            _hash.AppendData(_parts.WrittenSpan);
            return Convert.ToHexStringLower(_hash.GetHashAndReset());
        }
    }
}
