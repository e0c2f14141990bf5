using System.Buffers;
using System.Text;
using System.Text.Json;

namespace DataBuild.Stages.Generate;

/// <summary>Finds the JSON in an answer: models put words and code fences around it.</summary>
public static class JsonAnswer
{
    /// <summary>The object or array that an answer holds: the whole answer, else from its first brace or bracket to the last.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="value">The value.</param>
    /// <returns>False where there is none, or it is broken.</returns>
    public static bool TryRead(string answer, out JsonElement value)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (TryParse(answer.Trim(), out value))
        {
            return true;
        }

        int start = answer.AsSpan().IndexOfAny('{', '[');
        int end = start < 0 ? -1 : answer.LastIndexOf(answer[start] == '{' ? '}' : ']');
        return end > start && TryParse(answer[start..(end + 1)], out value);
    }

    /// <summary>JSON without unneeded space, properties in the order of the value.</summary>
    public static string Canonical(JsonElement value)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            value.WriteTo(json);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static bool TryParse(string text, out JsonElement value)
    {
        try
        {
            value = JsonElement.Parse(text);
            return value.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        }
        catch (JsonException)
        {
            // What a model writes need not be JSON: the caller asks again.
            value = default;
            return false;
        }
    }
}
