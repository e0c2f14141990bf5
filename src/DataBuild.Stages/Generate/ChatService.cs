using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace DataBuild.Stages.Generate;

/// <summary>
/// Asks a language model: a bounded number of requests at a time, retries with growing pauses, and every answer kept in a store, so that the same question is
/// never asked twice. Equal questions that are open at the same time are asked once. Serves any number of threads.
/// </summary>
/// <param name="client">The way to the model.</param>
/// <param name="store">Keeps answers; null where the client is a script that does.</param>
/// <param name="options">Limits.</param>
/// <param name="time">Clock of the pauses between attempts; null for the system's.</param>
public sealed class ChatService(IChatClient client, ChatAnswerStore? store, ChatServiceOptions options, TimeProvider? time = null) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ChatAnswer>>> _open = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _slots = new(options.Concurrency);
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly ChatTotals _totals = new();
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>Requests sent so far, attempts that failed included.</summary>
    public long Asked => _totals.Requests;

    /// <summary>What was asked and spent so far.</summary>
    public ChatTotals Totals => _totals;

    /// <summary>The answer to a request, from the store or from the model.</summary>
    /// <param name="request">The question.</param>
    /// <param name="isValid">Judges a complete answer; a wrong one is asked for again while attempts for it are left, then kept as invalid.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StageException">DB4056: the model could not be asked. DB4009: the budget is spent.</exception>
    public Task<ChatAnswer> AskAsync(ChatRequest request, Func<string, bool> isValid, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(isValid);

        // A failed request stays here: a server that is down then fails a build once, not once a document.
        return _open.GetOrAdd(request.Key, _ => new Lazy<Task<ChatAnswer>>(() => FindOrAskAsync(request, isValid, cancellation))).Value;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _slots.Dispose();
        client.Dispose();
    }

    private async Task<ChatAnswer> FindOrAskAsync(ChatRequest request, Func<string, bool> isValid, CancellationToken cancellation)
    {
        if (store?.Find(request) is { } known)
        {
            _open.TryRemove(request.Key, out _);
            _totals.Found();
            return known;
        }

        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            _failure?.Throw();
            ChatAnswer answer = await AskUntilValidAsync(request, isValid, cancellation).ConfigureAwait(false);
            store?.Add(request, answer);
            _open.TryRemove(request.Key, out _);
            return answer;
        }
        catch (StageException e)
        {
            // Known before the slot is free: whoever waits for it does not ask a server that has gone.
            _failure ??= ExceptionDispatchInfo.Capture(e);
            throw;
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<ChatAnswer> AskUntilValidAsync(ChatRequest request, Func<string, bool> isValid, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            ChatResponse response = await AskWithRetriesAsync(request, cancellation).ConfigureAwait(false);
            string text = response.Text;
            bool complete = response.FinishReason is not { } reason || (reason != ChatFinishReason.Length && reason != ChatFinishReason.ContentFilter);
            bool valid = complete && isValid(text);
            (long input, long output) = ChatTotals.TokensOf(request, response);
            _totals.Answered(input, output, valid);
            if (valid || attempt >= options.ValidAttempts)
            {
                return new ChatAnswer(text, complete, valid, response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0);
            }
        }
    }

    private async Task<ChatResponse> AskWithRetriesAsync(ChatRequest request, CancellationToken cancellation)
    {
        ChatMessage[] messages = [new(ChatRole.System, request.Prompt), new(ChatRole.User, request.Text)];
        if (request.Attachment is { } attachment)
        {
            messages[^1].Contents.Add(new DataContent(attachment.Content, attachment.MediaType));
        }

        ChatOptions chat = new()
        {
            ModelId = request.Model,
            Temperature = (float)request.Sampling.Temperature,
            TopP = (float)request.Sampling.TopP,
            MaxOutputTokens = request.Sampling.MaxOutputTokens,
            Seed = request.Sampling.Seed,
            TopK = request.Sampling.TopK,
            AdditionalProperties = Extras(request),
            ResponseFormat = request.Schema is { } schema ? ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema)) : null,
        };
        for (int attempt = 1; ; attempt++)
        {
            options.Budget?.ThrowIfSpent(_totals, request.Model);
            _totals.Sent();
            try
            {
                return await client.GetResponseAsync(messages, chat, cancellation).ConfigureAwait(false);
            }
            catch (ChatEndpointException e) when (e.IsTransient && attempt < options.Attempts)
            {
                TimeSpan pause = TimeSpan.FromTicks(Math.Min(options.MaxPause.Ticks, options.FirstPause.Ticks << Math.Min(20, attempt - 1)));
                await Task.Delay(e.RetryAfter is { } asked && asked > pause ? Min(asked, options.MaxPause) : pause, _time, cancellation).ConfigureAwait(false);
            }
            catch (ChatEndpointException e)
            {
                string attempts = attempt == 1 ? "" : $" after {attempt} attempts";
                throw new StageException("DB4056", $"the language model '{request.Model}' could not be asked{attempts}: {e.Message}", inner: e);
            }
        }
    }

    private static AdditionalPropertiesDictionary? Extras(ChatRequest request)
    {
        AdditionalPropertiesDictionary extras = [];
        if (request.Sampling.MinP is { } minP)
        {
            extras[ChatCompletionsClient.MinP] = minP;
        }

        if (request.Pattern is { } pattern)
        {
            extras[ChatCompletionsClient.Pattern] = pattern;
        }

        return extras.Count == 0 ? null : extras;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
