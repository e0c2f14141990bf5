using System.Net;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace DataBuild.Stages.Generate;

/// <summary>
/// Answers from a file instead of a model: for tests and examples. JSON lines; the first one fits whose texts all occur in the question answers it:
/// <c>{"when": "text of the document", "prompt": "text of the prompt", "answer": "..."}</c>. <c>when</c> and <c>prompt</c> are a text or a list of texts and may be
/// missing. <c>"fail": [429, 503]</c> gives the HTTP status of that many attempts before the answer; <c>"finish": "length"</c> an answer that was cut off.
/// </summary>
public sealed class ScriptedChatClient : WholeAnswerChatClient
{
    private readonly string _path;
    private readonly List<Line> _lines = [];

    /// <summary>Reads a script.</summary>
    /// <param name="path">JSON lines.</param>
    /// <exception cref="StageException">DB4010: the file cannot be read, or a line is no rule.</exception>
    public ScriptedChatClient(string path)
    {
        _path = path;
        int number = 0;
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line))
                {
                    _lines.Add(Read(line));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            string where = number == 0 ? "" : $"line {number}: ";
            throw new StageException("DB4010", $"the script of answers cannot be read: {where}{e.Message}; expected JSON lines such as {{\"when\": \"text\", \"answer\": \"text\"}}", path, e);
        }
    }

    /// <inheritdoc />
    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        List<ChatMessage> all = [.. messages];
        string prompt = string.Join('\n', all.Where(m => m.Role == ChatRole.System).Select(m => m.Text));
        string text = string.Join('\n', all.Where(m => m.Role == ChatRole.User).Select(m => m.Text));
        Line line = _lines.Find(l => l.When.All(w => text.Contains(w, StringComparison.Ordinal)) && l.Prompt.All(p => prompt.Contains(p, StringComparison.Ordinal)))
            ?? throw new ChatEndpointException($"{_path}: no line fits the question that begins '{string.Concat(text.Take(80)).ReplaceLineEndings(" ")}'", HttpStatusCode.NotFound);
        int attempt = line.Attempts.AddOrUpdate(text, 0, (_, before) => before + 1);
        if (attempt < line.Fail.Length)
        {
            throw new ChatEndpointException($"{_path}: HTTP {line.Fail[attempt]}", (HttpStatusCode)line.Fail[attempt]);
        }

        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, line.Answer)) { FinishReason = new ChatFinishReason(line.Finish) });
    }

    private static Line Read(string line)
    {
        using JsonDocument json = JsonDocument.Parse(line);
        JsonElement root = json.RootElement;
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name is not ("when" or "prompt" or "answer" or "fail" or "finish"))
            {
                throw new FormatException($"found '{property.Name}', known are when, prompt, answer, fail, finish");
            }
        }

        return new Line(
            Texts(root, "when"),
            Texts(root, "prompt"),
            root.GetProperty("answer").GetString()!,
            root.TryGetProperty("fail", out JsonElement fail) ? [.. fail.EnumerateArray().Select(f => f.GetInt32())] : [],
            root.TryGetProperty("finish", out JsonElement finish) ? finish.GetString()! : "stop");
    }

    private static string[] Texts(JsonElement root, string name) =>
        !root.TryGetProperty(name, out JsonElement value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
        : [value.GetString()!];

    private sealed record Line(string[] When, string[] Prompt, string Answer, int[] Fail, string Finish)
    {
        public System.Collections.Concurrent.ConcurrentDictionary<string, int> Attempts { get; } = new(StringComparer.Ordinal);
    }
}
