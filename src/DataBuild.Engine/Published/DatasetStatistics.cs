using System.Text;
using DataBuild.Engine.Reporting;

namespace DataBuild.Engine.Published;

/// <summary>Figures of a published dataset, from its files alone.</summary>
public sealed class DatasetStatistics
{
    private static readonly double[] Quantiles = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];

    /// <summary>Rows.</summary>
    public long Documents { get; private init; }

    /// <summary>Bytes of UTF-8 text.</summary>
    public long TextBytes { get; private init; }

    /// <summary>Tokens; null where the rows have no count.</summary>
    public long? Tokens { get; private init; }

    /// <summary>Smallest length, 5 %, 25 %, median, 75 %, 95 %, largest: in characters (UTF-16 code units).</summary>
    public IReadOnlyList<int> LengthQuantiles { get; private init; } = [];

    /// <summary>The same for tokens; empty where the rows have no count.</summary>
    public IReadOnlyList<int> TokenQuantiles { get; private init; } = [];

    /// <summary>Documents by language, most frequent first.</summary>
    public IReadOnlyList<NamedCount> Languages { get; private init; } = [];

    /// <summary>Documents by host, most frequent first.</summary>
    public IReadOnlyList<NamedCount> Domains { get; private init; } = [];

    /// <summary>Reads all rows of a dataset.</summary>
    /// <param name="dataset">The dataset.</param>
    public static DatasetStatistics Of(PublishedDataset dataset)
    {
        string[] names = [.. dataset.Manifest.Columns.Select(c => c.Name)];
        string? language = names.FirstOrDefault(n => n == "language");
        string? tokenColumn = names.FirstOrDefault(n => n is "tokens_count" or "token_count");
        List<int> lengths = [];
        List<int> tokens = [];
        Dictionary<string, long> languages = new(StringComparer.Ordinal);
        Dictionary<string, long> domains = new(StringComparer.Ordinal);
        long bytes = 0;
        foreach (PublishedRow row in dataset.Rows([.. new[] { "url", "text", language, tokenColumn }.OfType<string>()]))
        {
            string text = row["text"] ?? "";
            lengths.Add(text.Length);
            bytes += Encoding.UTF8.GetByteCount(text);
            Count(domains, Uri.TryCreate(row["url"], UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 ? uri.Host : "(none)");
            if (language is not null)
            {
                Count(languages, row[language] ?? "(none)");
            }

            if (tokenColumn is not null && int.TryParse(row[tokenColumn], out int count))
            {
                tokens.Add(count);
            }
        }

        return new DatasetStatistics
        {
            Documents = lengths.Count,
            TextBytes = bytes,
            Tokens = tokenColumn is null ? null : tokens.Sum(t => (long)t),
            LengthQuantiles = QuantilesOf(lengths),
            TokenQuantiles = QuantilesOf(tokens),
            Languages = Ordered(languages),
            Domains = Ordered(domains),
        };
    }

    // The nearest rank: each figure is that of a document.
    private static int[] QuantilesOf(List<int> values)
    {
        values.Sort();
        return values.Count == 0 ? [] : [.. Quantiles.Select(q => values[(int)Math.Round(q * (values.Count - 1), MidpointRounding.AwayFromZero)])];
    }

    private static void Count(Dictionary<string, long> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;

    private static NamedCount[] Ordered(Dictionary<string, long> counts) =>
        [.. counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => new NamedCount(c.Key, c.Value))];
}
