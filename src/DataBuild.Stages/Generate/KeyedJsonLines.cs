using System.Text.Json;

namespace DataBuild.Stages.Generate;

/// <summary>JSON lines that describe documents, each by the document's id.</summary>
internal static class KeyedJsonLines
{
    /// <summary>Reads a file; empty lines are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="of">The id and the description that a line holds.</param>
    /// <param name="code">Diagnostic code of a file that is not so.</param>
    /// <param name="what">What the file holds, for messages.</param>
    /// <param name="expected">How lines are to be.</param>
    /// <exception cref="StageException">The code: a line is not so, or an id stands twice.</exception>
    public static Dictionary<string, T> Read<T>(string path, Func<JsonElement, (string Id, T Value)> of, string code, string what, string expected)
    {
        Dictionary<string, T> values = new(StringComparer.Ordinal);
        int number = 0;
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                {
                    continue;
                }

                using JsonDocument json = JsonDocument.Parse(line);
                (string id, T value) = of(json.RootElement);
                if (!values.TryAdd(id, value))
                {
                    throw new FormatException($"the id '{id}' stands twice");
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            string where = number == 0 ? "" : $"line {number}: ";
            throw new StageException(code, $"{what} cannot be read: {where}{e.Message}; expected {expected}", path, e);
        }

        return values;
    }
}
