using System.Collections.Concurrent;
using System.Globalization;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>Where the columns of a shard are among its files. Shards that took in files of the same columns in the same order have one layout, not one each.</summary>
internal sealed class ColumnLayout
{
    private readonly Dictionary<string, (int File, int Ordinal)> _places;
    private readonly int _files;
    private readonly ConcurrentDictionary<(StoredSchema Schema, string Ordinals), ColumnLayout> _next = new(1, 1);

    /// <summary>The layout of a shard that has no column yet.</summary>
    public ColumnLayout()
        : this([], 0)
    {
    }

    private ColumnLayout(Dictionary<string, (int File, int Ordinal)> places, int files)
    {
        _places = places;
        _files = files;
    }

    /// <summary>Names of the columns, in the order in which they first came.</summary>
    public IReadOnlyCollection<string> Names => _places.Keys;

    /// <summary>The place of a column: which of the shard's files, and where in it.</summary>
    public bool TryFind(string column, out (int File, int Ordinal) place) => _places.TryGetValue(column, out place);

    /// <summary>The layout after one more file.</summary>
    /// <param name="schema">Its columns.</param>
    /// <param name="ordinals">Places of those that count; null for all.</param>
    public ColumnLayout With(StoredSchema schema, IReadOnlyList<int>? ordinals)
    {
        string chosen = ordinals is null ? "" : string.Join(',', ordinals.Select(o => o.ToString(CultureInfo.InvariantCulture)));
        return _next.TryGetValue((schema, chosen), out ColumnLayout? next)
            ? next
            : _next.GetOrAdd((schema, chosen), Extend(schema, ordinals ?? [.. Enumerable.Range(0, schema.Count)]));
    }

    private ColumnLayout Extend(StoredSchema schema, IReadOnlyList<int> ordinals)
    {
        Dictionary<string, (int File, int Ordinal)> places = new(_places, StringComparer.Ordinal);
        foreach (int ordinal in ordinals)
        {
            places[schema[ordinal].Name] = (_files, ordinal);
        }

        return new ColumnLayout(places, _files + 1);
    }
}
