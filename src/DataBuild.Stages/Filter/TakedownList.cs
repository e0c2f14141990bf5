using DataBuild.Stages.Deduplicate;

namespace DataBuild.Stages.Filter;

/// <summary>
/// Documents to take down: an address or an id a line, in UTF-8; empty lines and lines that start with '#' are left out. An address stands for all that
/// lead to the same page (<see cref="UrlCanonicalizer"/>).
/// </summary>
public sealed class TakedownList
{
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _addresses = new(StringComparer.Ordinal);

    private TakedownList(IEnumerable<string> lines)
    {
        foreach (string entry in lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            // Either may be meant, and neither can be taken for the other.
            _ids.TryAdd(entry, entry);
            _addresses.TryAdd(UrlCanonicalizer.Canonicalize(entry), entry);
        }
    }

    /// <summary>The entries, as written.</summary>
    public IReadOnlyCollection<string> Entries => _ids.Values;

    /// <summary>Reads lists.</summary>
    /// <exception cref="StageException">DB4360: a list cannot be read.</exception>
    public static TakedownList Load(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<string> lines = [];
        foreach (string path in paths)
        {
            try
            {
                lines.AddRange(File.ReadAllLines(path));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new StageException("DB4360", $"the takedown list '{path}' cannot be read: {error.Message}", path, error);
            }
        }

        return new TakedownList(lines);
    }

    /// <summary>A list of these lines.</summary>
    public static TakedownList Of(IEnumerable<string> lines) => new(lines);

    /// <summary>The entry that names a document, as written; null when none does.</summary>
    /// <param name="id">Identity of the document.</param>
    /// <param name="url">Its address.</param>
    public string? Find(string? id, string? url) =>
        id is not null && _ids.TryGetValue(id, out string? entry) ? entry
        : !string.IsNullOrEmpty(url) && _addresses.TryGetValue(UrlCanonicalizer.Canonicalize(url), out entry) ? entry
        : null;
}
