using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace DataBuild.Stages.Generate;

/// <summary>
/// Talks to a server that understands OpenAI's chat completions (vLLM, llama.cpp, Ollama, hosted ones): <c>POST chat/completions</c>.
/// Retrying is the caller's: every failure is a <see cref="ChatEndpointException"/> that says whether it is worth it.
/// </summary>
public sealed class ChatCompletionsClient : WholeAnswerChatClient
{
    /// <summary>Name, in the additional properties of a request's options, of the share of the likeliest token's probability that a token needs.</summary>
    public const string MinP = "min_p";

    /// <summary>Name, in the additional properties of a request's options, of the regular expression that the answer is held to.</summary>
    public const string Pattern = "pattern";

    private readonly ModelServer _server;

    /// <summary>Creates a client.</summary>
    /// <param name="endpoint">Base address, such as <c>http://localhost:8000/v1</c>.</param>
    /// <param name="key">Secret sent as bearer token; null where the server needs none.</param>
    /// <param name="timeout">How long one answer may take.</param>
    public ChatCompletionsClient(Uri endpoint, string? key, TimeSpan timeout) => _server = new ModelServer(endpoint, "chat/completions", key, timeout);

    /// <summary>Creates a client whose secret stands in an environment variable; without one no secret is sent.</summary>
    public static ChatCompletionsClient WithKeyOf(string variable, Uri endpoint, TimeSpan timeout) =>
        new(endpoint, ModelServer.KeyOf(variable), timeout);

    /// <inheritdoc />
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        using ByteArrayContent content = new(Body(messages, options));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        byte[] body = await _server.PostAsync(content, cancellationToken).ConfigureAwait(false);
        return Answer(body);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _server.Dispose();
    }

    private static byte[] Body(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("model", options?.ModelId);
            json.WriteStartArray("messages");
            foreach (ChatMessage message in messages)
            {
                json.WriteStartObject();
                json.WriteString("role", message.Role.Value);
                json.WriteString("content", message.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            Number(json, "temperature", options?.Temperature);
            Number(json, "top_p", options?.TopP);
            Number(json, "max_tokens", options?.MaxOutputTokens);
            Number(json, "seed", options?.Seed);
            Number(json, "top_k", options?.TopK);
            Number(json, "min_p", options?.AdditionalProperties?.GetValueOrDefault(MinP) as double?);
            if (options?.AdditionalProperties?.GetValueOrDefault(Pattern) is string pattern)
            {
                // vLLM's own names: the second one until 0.11. Servers pass over what they do not know.
                json.WriteStartObject("structured_outputs");
                json.WriteString("regex", pattern);
                json.WriteEndObject();
                json.WriteString("guided_regex", pattern);
            }

            if (options?.ResponseFormat is ChatResponseFormatJson { Schema: { } schema } format)
            {
                json.WriteStartObject("response_format");
                json.WriteString("type", "json_schema");
                json.WriteStartObject("json_schema");
                json.WriteString("name", format.SchemaName ?? "answer");
                json.WriteBoolean("strict", true);
                json.WritePropertyName("schema");
                schema.WriteTo(json);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            // Through decimal: a float such as 0.7 stays 0.7.
            json.WriteNumber(name, (decimal)(float)number);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private ChatResponse Answer(byte[] body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            JsonElement choice = json.RootElement.GetProperty("choices")[0];
            string text = choice.GetProperty("message").GetProperty("content").GetString() ?? "";
            string? finish = choice.TryGetProperty("finish_reason", out JsonElement reason) ? reason.GetString() : null;
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, text))
            {
                FinishReason = finish is null ? null : new ChatFinishReason(finish),
                Usage = Usage(json.RootElement),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or ArgumentException)
        {
            throw new ChatEndpointException($"{_server.Address}: found no answer of chat completions (choices[0].message.content) but: {_server.Shown(body)}", inner: e);
        }
    }

    private static UsageDetails? Usage(JsonElement root) =>
        root.TryGetProperty("usage", out JsonElement usage) && usage.ValueKind == JsonValueKind.Object
            ? new UsageDetails { InputTokenCount = Tokens(usage, "prompt_tokens"), OutputTokenCount = Tokens(usage, "completion_tokens") }
            : null;

    private static long? Tokens(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out JsonElement count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out long tokens) ? tokens : null;
}
