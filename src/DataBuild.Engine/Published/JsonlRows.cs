using System.IO.Compression;
using System.Text.Json;
using ZstdSharp;

namespace DataBuild.Engine.Published;

/// <summary>Reads chosen members of JSON lines as text; files ending in <c>.gz</c> and <c>.zst</c> are unpacked.</summary>
internal static class JsonlRows
{
    /// <summary>The rows of a file, one array of values each, in the order of the columns.</summary>
    /// <exception cref="InvalidDataException">A line is no JSON object.</exception>
    public static IEnumerable<string?[]> Read(string path, IReadOnlyList<string> columns)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        using Stream plain = Path.GetExtension(path) switch
        {
            ".gz" => new GZipStream(file, CompressionMode.Decompress),
            ".zst" => new DecompressionStream(file),
            _ => file,
        };
        using StreamReader lines = new(plain);
        for (long number = 1; lines.ReadLine() is { } line; number++)
        {
            string?[] values = new string?[columns.Count];
            using (JsonDocument document = Parse(path, number, line))
            {
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = document.RootElement.TryGetProperty(columns[i], out JsonElement value) ? Text(value) : null;
                }
            }

            yield return values;
        }
    }

    private static JsonDocument Parse(string path, long number, string line)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw new InvalidDataException($"'{path}' line {number} is {document.RootElement.ValueKind}; expected an object");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' line {number} is no JSON: {exception.Message}", exception);
        }
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
