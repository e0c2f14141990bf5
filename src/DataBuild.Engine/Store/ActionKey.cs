using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Engine.Store;

/// <summary>Builds an action key: the SHA-256 of named parts in a fixed order. The parts are kept, so that a build can say why an action ran again.</summary>
public sealed class ActionKey
{
    private readonly StringBuilder _parts = new();

    /// <summary>Starts the key of a kind of action.</summary>
    public ActionKey(string kind) => Add("action", kind).Add("format", ColumnFormatVersion);

    /// <summary>Version of the layout of column files and records; changing it makes every action run again.</summary>
    public const int ColumnFormatVersion = 2;

    /// <summary>Adds a part.</summary>
    public ActionKey Add(string name, string value)
    {
        _parts.Append(name).Append('=').Append(value.Length).Append(':').Append(value).Append('\n');
        return this;
    }

    /// <summary>Adds a number.</summary>
    public ActionKey Add(string name, long value) => Add(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The named parts, one a line.</summary>
    public string Describe() => _parts.ToString();

    /// <summary>The key: 64 lower-case hexadecimal digits.</summary>
    public string ToHex() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_parts.ToString())));
}
