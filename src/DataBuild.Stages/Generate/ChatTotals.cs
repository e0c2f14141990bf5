using System.Text;
using Microsoft.Extensions.AI;

namespace DataBuild.Stages.Generate;

/// <summary>What a <see cref="ChatService"/> asked and spent so far. Serves any number of threads.</summary>
public sealed class ChatTotals
{
    private const int BytesOfToken = 4; // of a token, about, where the server does not count

    private long _requests;
    private long _found;
    private long _answers;
    private long _wrong;
    private long _input;
    private long _output;

    /// <summary>Requests sent, attempts that failed included.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Answers that the store had.</summary>
    public long FromStore => Interlocked.Read(ref _found);

    /// <summary>Answers received, wrong ones included.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Answers received that were wrong.</summary>
    public long Wrong => Interlocked.Read(ref _wrong);

    /// <summary>Tokens of the questions answered.</summary>
    public long InputTokens => Interlocked.Read(ref _input);

    /// <summary>Tokens of the answers.</summary>
    public long OutputTokens => Interlocked.Read(ref _output);

    /// <summary>Tokens of a question and its answer: as the server counts them, else a quarter of their UTF-8 bytes.</summary>
    public static (long Input, long Output) TokensOf(ChatRequest request, ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        return (
            response.Usage?.InputTokenCount ?? About(Encoding.UTF8.GetByteCount(request.Prompt) + Encoding.UTF8.GetByteCount(request.Text)),
            response.Usage?.OutputTokenCount ?? About(Encoding.UTF8.GetByteCount(response.Text)));

        static long About(long bytes) => (bytes + BytesOfToken - 1) / BytesOfToken;
    }

    internal void Sent() => Interlocked.Increment(ref _requests);

    internal void Found() => Interlocked.Increment(ref _found);

    internal void Answered(long input, long output, bool valid)
    {
        Interlocked.Add(ref _input, input);
        Interlocked.Add(ref _output, output);
        Interlocked.Increment(ref _answers);
        if (!valid)
        {
            Interlocked.Increment(ref _wrong);
        }
    }
}
