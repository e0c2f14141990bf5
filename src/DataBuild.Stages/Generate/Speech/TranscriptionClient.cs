using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace DataBuild.Stages.Generate.Speech;

/// <summary>
/// Talks to a server that understands OpenAI's transcriptions (vLLM, whisper.cpp, faster-whisper, hosted ones): <c>POST audio/transcriptions</c>. The recording is the attachment of the last
/// message; the system's message is the prompt, where there is one.
/// </summary>
internal sealed class TranscriptionClient(Uri endpoint, string? key, TimeSpan timeout, string language) : WholeAnswerChatClient
{
    private readonly ModelServer _server = new(endpoint, "audio/transcriptions", key, timeout);

    /// <inheritdoc />
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatMessage> all = [.. messages];
        DataContent audio = all.SelectMany(m => m.Contents).OfType<DataContent>().Single();
        string prompt = string.Join('\n', all.Where(m => m.Role == ChatRole.System).Select(m => m.Text));
        using MultipartFormDataContent form = [];
        using ReadOnlyMemoryContent file = new(audio.Data);
        file.Headers.ContentType = new MediaTypeHeaderValue(audio.MediaType);
        form.Add(file, "file", "segment.wav");
        Field(form, "model", options?.ModelId);
        Field(form, "language", language);
        Field(form, "prompt", prompt);
        Field(form, "response_format", "json");
        Field(form, "temperature", options?.Temperature?.ToString(CultureInfo.InvariantCulture));
        byte[] body = await _server.PostAsync(form, cancellationToken).ConfigureAwait(false);
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, json.RootElement.GetProperty("text").GetString() ?? ""));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ChatEndpointException($"{_server.Address}: found no transcript (text) but: {_server.Shown(body)}", inner: e);
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _server.Dispose();
    }

    private static void Field(MultipartFormDataContent form, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            form.Add(new StringContent(value), name);
        }
    }
}
