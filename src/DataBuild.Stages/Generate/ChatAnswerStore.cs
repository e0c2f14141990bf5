using System.Text.Json;

namespace DataBuild.Stages.Generate;

/// <summary>
/// Answers in a folder, a file each, named by the request's key: what was answered once is never asked for again, not by another build nor on another
/// machine that has the folder. A file that cannot be read counts as missing.
/// </summary>
public sealed class ChatAnswerStore(string folder)
{
    private const int Version = 1;

    private readonly KeyedFiles _files = new(folder);

    /// <summary>The answer to a request; null where it was not answered yet.</summary>
    public ChatAnswer? Find(ChatRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_files.Find(request.Key) is not { } bytes)
        {
            return null;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(bytes);
            JsonElement root = json.RootElement;
            return root.GetProperty("version").GetInt32() == Version
                ? new ChatAnswer(
                    root.GetProperty("answer").GetString()!, root.GetProperty("complete").GetBoolean(), root.GetProperty("valid").GetBoolean(), Count(root, "input_tokens"), Count(root, "output_tokens"))
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Damaged by a crash of the machine: asked for again and written anew.
            return null;
        }
    }

    /// <summary>Keeps an answer.</summary>
    public void Add(ChatRequest request, ChatAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(answer);
        _files.Add(request.Key, file =>
        {
            using Utf8JsonWriter json = new(file, new JsonWriterOptions { Indented = true });
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("model", request.Model);
            json.WriteNumber("temperature", request.Sampling.Temperature);
            json.WriteNumber("input_tokens", answer.InputTokens);
            json.WriteNumber("output_tokens", answer.OutputTokens);
            json.WriteBoolean("complete", answer.IsComplete);
            json.WriteBoolean("valid", answer.IsValid);
            json.WriteString("answer", answer.Text);
            json.WriteEndObject();
        });
    }

    // Answers of earlier versions do not say.
    private static long Count(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement count) ? count.GetInt64() : 0;
}
