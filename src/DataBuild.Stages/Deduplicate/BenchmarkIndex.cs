using System.Text.Json;

namespace DataBuild.Stages.Deduplicate;

/// <summary>The n-grams of benchmark texts, to find those texts in documents.</summary>
internal sealed class BenchmarkIndex
{
    private readonly Dictionary<ulong, int> _itemOf = [];
    private readonly List<string> _items = [];

    private BenchmarkIndex(int ngram) => Ngram = ngram;

    /// <summary>Words in an n-gram.</summary>
    public int Ngram { get; }

    /// <summary>Different n-grams.</summary>
    public int Count => _itemOf.Count;

    /// <summary>Benchmark texts too short to be found: fewer words than an n-gram has.</summary>
    public int TooShort { get; private set; }

    /// <summary>Name of a benchmark text: file and line.</summary>
    public string ItemName(int item) => _items[item];

    /// <summary>The benchmark text that an n-gram belongs to (the first by file and line); -1 when none.</summary>
    public int Find(ulong shingle) => _itemOf.TryGetValue(shingle, out int item) ? item : -1;

    /// <summary>Reads benchmark files: each line of a text file, or each object of a JSON Lines file, is one text.</summary>
    /// <param name="files">Files; <c>.jsonl</c>, <c>.ndjson</c> and <c>.json</c> are JSON Lines.</param>
    /// <param name="fields">Fields of the objects to read; none: all strings, also nested ones.</param>
    /// <param name="ngram">Words in an n-gram.</param>
    /// <exception cref="StageException">DB4108: a file cannot be read or holds what is no JSON.</exception>
    public static BenchmarkIndex Load(IReadOnlyList<InputFile> files, IReadOnlyList<string> fields, int ngram)
    {
        BenchmarkIndex index = new(ngram);
        SimplifiedText text = new();
        foreach ((string name, string content) in ReadTexts(files, fields))
        {
            index.Add(name, content, text);
        }

        return index;
    }

    /// <summary>The texts of benchmark files, each named by file and line.</summary>
    /// <exception cref="StageException">DB4108: a file cannot be read or holds what is no JSON.</exception>
    public static List<(string Name, string Text)> ReadTexts(IReadOnlyList<InputFile> files, IReadOnlyList<string> fields)
    {
        List<(string Name, string Text)> texts = [];
        foreach (InputFile file in files.OrderBy(f => f.Value, StringComparer.Ordinal))
        {
            string path = file.PathOrName;
            bool isJson = Path.GetExtension(path).ToLowerInvariant() is ".jsonl" or ".ndjson" or ".json";
            int line = 0;
            try
            {
                foreach (string content in File.ReadLines(path))
                {
                    line++;
                    if (!string.IsNullOrWhiteSpace(content))
                    {
                        texts.Add(($"{Path.GetFileName(path)}:{line}", isJson ? Strings(content, fields) : content));
                    }
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
            {
                throw new StageException("DB4108", $"benchmark file '{path}', line {Math.Max(1, line)}: {error.Message}; expected {(isJson ? "one JSON object a line" : "text")}", path, error);
            }
        }

        return texts;
    }

    private static string Strings(string json, IReadOnlyList<string> fields)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        List<string> values = [];
        if (fields.Count == 0)
        {
            Collect(document.RootElement, values);
        }
        else
        {
            foreach (string field in fields)
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(field, out JsonElement value))
                {
                    Collect(value, values);
                }
            }
        }

        return string.Join('\n', values);
    }

    private static void Collect(JsonElement element, List<string> values)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                values.Add(element.GetString()!);
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Collect(item, values);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    Collect(property.Value, values);
                }

                break;
            default:
                break;
        }
    }

    private void Add(string name, string content, SimplifiedText text)
    {
        text.Analyze(content);
        if (text.WordCount < Ngram)
        {
            TooShort++;
            return;
        }

        int item = _items.Count;
        _items.Add(name);
        ulong[] shingles = new ulong[text.WordCount];
        int count = Shingles.Hash(text.WordHashes, Ngram, shingles);
        foreach (ulong shingle in shingles.AsSpan(0, count))
        {
            _itemOf.TryAdd(shingle, item);
        }
    }
}
