using System.Globalization;
using Microsoft.Extensions.AI;

namespace DataBuild.Stages.Generate;

/// <summary>
/// Base of the stages that ask a language model: a server of chat completions, or a script of answers. A batch's questions are asked side by side; an answer is kept
/// under a key of model, prompt, text and sampling, so that no question is ever asked twice and a killed build goes on where it was.
/// </summary>
/// <typeparam name="TFigures">Figures of a document.</typeparam>
public abstract record ChatStage<TFigures> : BatchStage<TFigures>
    where TFigures : struct, IFigures<TFigures>
{
    /// <summary>Reason of documents whose answers were wrong as often as was asked.</summary>
    public const string InvalidAnswer = "invalid_answer";

    /// <summary>Reason of documents whose answer ended at the limit of tokens.</summary>
    public const string CutAnswer = "answer_cut_off";

    private ChatService? _service;
    private StageContext? _context;
    private long _reported;

    /// <summary>Address of the server, which understands OpenAI's chat completions: <c>http://localhost:8000/v1</c>.</summary>
    [WithoutEffectOnOutput]
    public string? Endpoint { get; init; }

    /// <summary>Name of the language model there.</summary>
    public string? EndpointModel { get; init; }

    /// <summary>Answers from a file instead of a server, for tests and examples: JSON lines such as <c>{"when": "text", "answer": "text"}</c>.</summary>
    public InputFile? Script { get; init; }

    /// <summary>Environment variable that holds the server's key; the key itself stands in no file.</summary>
    [WithoutEffectOnOutput]
    public string EndpointKeyVariable { get; init; } = "OPENAI_API_KEY";

    /// <summary>Requests at a time.</summary>
    [Option(Min = 1, Max = 4096, Unit = "requests"), WithoutEffectOnOutput]
    public int EndpointConcurrency { get; init; } = 16;

    /// <summary>How long one answer may take; a request that takes longer is sent again.</summary>
    [Option(Min = 1, Max = 86400, Unit = "seconds"), WithoutEffectOnOutput]
    public int EndpointTimeout { get; init; } = 300;

    /// <summary>Times that a request is sent while it fails for reasons that pass: overload, faults of the server or of the network.</summary>
    [Option(Min = 1, Max = 100), WithoutEffectOnOutput]
    public int EndpointAttempts { get; init; } = 6;

    /// <summary>Folder, relative to the project, that keeps the answers of language models: none is asked for twice.</summary>
    [WithoutEffectOnOutput]
    public string Answers { get; init; } = "answers";

    /// <summary>Times that a question is asked while its answers are wrong; then the document is dropped.</summary>
    [Option(Min = 1, Max = 100)]
    public int ValidAttempts { get; init; } = 3;

    /// <summary>Randomness of the answer; 0 takes the likeliest token.</summary>
    [Option(Min = 0, Max = 2)]
    public double Temperature { get; init; }

    /// <summary>Mass of the tokens that are picked from.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double TopP { get; init; } = 1;

    /// <summary>The likeliest tokens that are picked from; 0 does not ask for it, as not every server knows it.</summary>
    [Option(Min = 0, Unit = "tokens")]
    public int TopK { get; init; }

    /// <summary>Share of the likeliest token's probability that a token needs; below 0 does not ask for it, as not every server knows it.</summary>
    [Option(Min = -1, Max = 1, Unit = "fraction")]
    public double MinP { get; init; } = -1;

    /// <summary>Tokens of an answer at most.</summary>
    [Option(Min = 1, Unit = "tokens")]
    public int MaxOutputTokens { get; init; } = 8192;

    /// <summary>Seed of the picks, where the server honours one; below 0 sends none.</summary>
    public long Seed { get; init; } = -1;

    /// <summary>Tokens of questions and answers that one build may spend; 0 for no limit. Where it is reached the build fails; the answers are kept.</summary>
    [Option(Min = 0, Unit = "tokens"), WithoutEffectOnOutput]
    public long TokenBudget { get; init; }

    /// <summary>Cost that one build may spend, in the currency of the prices; 0 for no limit.</summary>
    [Option(Min = 0), WithoutEffectOnOutput]
    public double CostBudget { get; init; }

    /// <summary>Price of a million tokens of questions.</summary>
    [Option(Min = 0), WithoutEffectOnOutput]
    public double InputPrice { get; init; }

    /// <summary>Price of a million tokens of answers.</summary>
    [Option(Min = 0), WithoutEffectOnOutput]
    public double OutputPrice { get; init; }

    private ChatBudget Budget => new(TokenBudget, CostBudget, InputPrice, OutputPrice);

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        ChatServiceOptions options = new()
        {
            Concurrency = EndpointConcurrency,
            Attempts = EndpointAttempts,
            ValidAttempts = ValidAttempts,
            Budget = Budget,
        };
        _service = Script is { } script
            ? new ChatService(new ScriptedChatClient(script.PathOrName), null, options with { FirstPause = TimeSpan.Zero })
            : new ChatService(
                Connect(ChatEndpoint.AddressOf(Name, "DB4008", Endpoint, EndpointModel, EndpointKeyVariable), ModelServer.KeyOf(EndpointKeyVariable), TimeSpan.FromSeconds(EndpointTimeout)),
                new ChatAnswerStore(Path.GetFullPath(Path.Combine(context.ProjectDirectory, Answers))),
                options);
    }

    /// <summary>Asks about each document side by side.</summary>
    public sealed override void Measure(IReadOnlyList<Document> documents, Span<TFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        StageContext context = _context ?? throw new InvalidOperationException("Initialize was not called");

        // What fails for one document (a server that is down, a spent budget) fails the stage: the others do not go on trying.
        using CancellationTokenSource failed = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        Task<TFigures>[] asked = [.. documents.Select(d => MeasureOrCancelAsync(d, failed))];
        try
        {
            Task.WhenAll(asked).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
        {
            throw asked.Select(t => t.Exception?.InnerException).First(e => e is not null)!;
        }
        finally
        {
            Report(context);
        }

        for (int i = 0; i < asked.Length; i++)
        {
            figures[i] = asked[i].Result;
        }
    }

    /// <summary>Asks about one document. Its text must be read before the first await.</summary>
    protected abstract Task<TFigures> MeasureAsync(Document document, CancellationToken cancellation);

    /// <summary>Asks the language model.</summary>
    /// <param name="prompt">What it is to do.</param>
    /// <param name="text">What it is to do it with.</param>
    /// <param name="isValid">Judges an answer.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="schema">JSON schema that the server is asked to hold the answer to.</param>
    /// <param name="attachment">A file that goes with the question.</param>
    protected Task<ChatAnswer> AskAsync(string prompt, string text, Func<string, bool> isValid, CancellationToken cancellation, string? schema = null, ChatAttachment? attachment = null)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ChatService service = _service ?? throw new InvalidOperationException("Initialize was not called");
        ChatSampling sampling = new(Temperature, TopP, MaxOutputTokens, Seed < 0 ? null : Seed, TopK > 0 ? TopK : null, MinP >= 0 ? MinP : null);

        // Line ends as in a checkout of any system.
        return service.AskAsync(new ChatRequest(EndpointModel ?? "script", prompt.ReplaceLineEndings("\n"), text, sampling, schema, Attachment: attachment), isValid, cancellation);
    }

    /// <summary>Why an answer cannot be used; null where it can.</summary>
    protected static string? ReasonOf(ChatAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer.IsValid ? null : answer.IsComplete ? InvalidAnswer : CutAnswer;
    }

    /// <summary>The text of an option, or of the file that another option names.</summary>
    /// <exception cref="StageException">DB4008: neither or both are given. DB4001: the file cannot be read.</exception>
    protected string PromptOf(string prompt, InputFile? file)
    {
        if (prompt.Length > 0 == file is not null)
        {
            throw new StageException("DB4008", $"the stage '{Name}' needs either Prompt or PromptFile");
        }

        try
        {
            return file is null ? prompt : File.ReadAllText(file.PathOrName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StageException("DB4001", $"the prompt cannot be read: {e.Message}", file!.Path, e);
        }
    }

    private async Task<TFigures> MeasureOrCancelAsync(Document document, CancellationTokenSource failed)
    {
        try
        {
            return await MeasureAsync(document, failed.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await failed.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens the way to the model behind <see cref="Endpoint"/>.</summary>
    /// <param name="address">The endpoint.</param>
    /// <param name="key">Secret of the server; null for none.</param>
    /// <param name="timeout">How long one answer may take.</param>
    protected virtual IChatClient Connect(Uri address, string? key, TimeSpan timeout) => new ChatCompletionsClient(address, key, timeout);

    // After each batch that sent a request; batches of answers that are kept already pass in silence.
    private void Report(StageContext context)
    {
        ChatTotals totals = _service!.Totals;
        if (totals.Requests == _reported)
        {
            return;
        }

        _reported = totals.Requests;
        context.Report(new StageNote(
            "DB4011",
            false,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{totals.Answers:N0} answers of '{EndpointModel ?? Script?.Value}' ({totals.Wrong:N0} wrong) to {totals.Requests:N0} requests, {totals.FromStore:N0} kept from before; {Budget.Spent(totals)}")));
    }
}
