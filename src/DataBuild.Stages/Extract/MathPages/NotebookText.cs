using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace DataBuild.Stages.Extract.MathPages;

/// <summary>
/// The text of a Jupyter notebook: the sources of its cells and the text of their outputs, one after the other as they stand (NeMo Curator 1e2e4275e,
/// nemo_curator/stages/math/download/extract.py).
/// </summary>
public static class NotebookText
{
    /// <summary>Reads a notebook: an object with <c>nbformat</c>, <c>nbformat_minor</c> and a list of <c>cells</c>.</summary>
    public static bool TryParse(string content, [NotNullWhen(true)] out JsonDocument? notebook)
    {
        notebook = null;
        try
        {
            JsonDocument json = JsonDocument.Parse(content);
            JsonElement root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("nbformat", out _) && root.TryGetProperty("nbformat_minor", out _)
                && root.TryGetProperty("cells", out JsonElement cells) && cells.ValueKind == JsonValueKind.Array)
            {
                notebook = json;
                return true;
            }

            json.Dispose();
            return false;
        }
        catch (JsonException)
        {
            // An address that ends in .ipynb may lead to anything.
            return false;
        }
    }

    /// <summary>The text of a notebook.</summary>
    public static string Of(JsonDocument notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        StringBuilder text = new();
        foreach (JsonElement cell in notebook.RootElement.GetProperty("cells").EnumerateArray())
        {
            string? type = Text(cell, "cell_type");
            if (type is "code" or "markdown" or "raw")
            {
                Append(text, cell, "source");
            }

            if (type == "code" && cell.TryGetProperty("outputs", out JsonElement outputs) && outputs.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement output in outputs.EnumerateArray())
                {
                    switch (Text(output, "output_type"))
                    {
                        case "stream" or "text":
                            Append(text, output, "text");
                            break;
                        case "execute_result" or "display_data" when output.TryGetProperty("data", out JsonElement data):
                            Append(text, data, "text/plain");
                            break;
                    }
                }
            }
        }

        return text.ToString();
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // A string, or a list of strings.
    private static void Append(StringBuilder text, JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out JsonElement value))
        {
            return;
        }

        foreach (JsonElement part in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value])
        {
            text.Append(part.ValueKind == JsonValueKind.String ? part.GetString() : "");
        }
    }
}
