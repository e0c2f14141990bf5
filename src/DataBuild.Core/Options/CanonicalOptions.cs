using System.Globalization;
using System.Text;

namespace DataBuild;

/// <summary>
/// The canonical form of options in an action key: one <c>Name=value</c> line an option, invariant culture, shortest round-trip numbers,
/// files by digest. Two ways of writing the same value give the same bytes.
/// </summary>
public sealed class CanonicalOptions
{
    private readonly StringBuilder _text = new();
    private readonly Func<string, string> _fileDigest;
    private readonly List<string> _files = [];
    private readonly List<InputFile> _made = [];

    /// <summary>Creates an empty form.</summary>
    /// <param name="fileDigest">Gives the hexadecimal digest of a file by its full path.</param>
    public CanonicalOptions(Func<string, string> fileDigest) => _fileDigest = fileDigest;

    /// <summary>Full paths of the files that options name.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Files that options name and that earlier stages make; their digests are not known yet.</summary>
    public IReadOnlyList<InputFile> MadeFiles => _made;

    /// <summary>Writes a flag.</summary>
    public void Write(string name, bool value) => Line(name, value ? "true" : "false");

    /// <summary>Writes an integer.</summary>
    public void Write(string name, long value) => Line(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes a number.</summary>
    public void Write(string name, double value) => Line(name, value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Writes a text; null is told from empty.</summary>
    public void Write(string name, string? value) => Line(name, value is null ? "~" : '"' + Escape(value) + '"');

    /// <summary>Writes texts in order.</summary>
    public void Write(string name, IReadOnlyList<string> values) =>
        Line(name, "[" + string.Join(',', values.Select(v => '"' + Escape(v) + '"')) + "]");

    /// <summary>Writes a file by its digest, or a name as it is.</summary>
    public void Write(string name, InputFile? file) => Line(name, FileValue(file));

    /// <summary>Writes files in order.</summary>
    public void Write(string name, IReadOnlyList<InputFile> files) => Line(name, "[" + string.Join(',', files.Select(FileValue)) + "]");

    /// <inheritdoc />
    public override string ToString() => _text.ToString();

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal);

    private string FileValue(InputFile? file)
    {
        if (file is null)
        {
            return "~";
        }

        if (file.MadeBy is not null)
        {
            _made.Add(file);
            return "made:" + Escape(file.Value);
        }

        if (file.Path is null)
        {
            return "name:" + Escape(file.Value);
        }

        _files.Add(file.Path);
        return "file:" + _fileDigest(file.Path);
    }

    private void Line(string name, string value) => _text.Append(name).Append('=').Append(value).Append('\n');
}
