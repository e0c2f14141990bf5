using System.Text.Json;

namespace DataBuild.Tests.Generate;

/// <summary>What <see cref="ScriptedServer"/> does with a request.</summary>
internal sealed record ScriptedReply(string Body, int Status = 200)
{
    public TimeSpan Delay { get; init; }

    /// <summary>Waits until so many requests have been open at a time, or <see cref="ScriptedServer.LongestWait"/> has passed.</summary>
    public int UntilOpen { get; init; }

    /// <summary>Closes the connection without a response.</summary>
    public bool Drop { get; init; }

    /// <summary>Further header lines, each with its line end.</summary>
    public string Headers { get; init; } = "";

    /// <summary>An answer in the form of chat completions.</summary>
    /// <param name="text">The answer.</param>
    /// <param name="finish">Why it ended.</param>
    /// <param name="usage">Tokens of question and answer.</param>
    public static ScriptedReply Answer(string text, string finish = "stop", (int Input, int Output)? usage = null)
    {
        string tokens = usage is { } u ? $$""","usage":{"prompt_tokens":{{u.Input}},"completion_tokens":{{u.Output}}}""" : "";
        return new($$"""{"choices":[{"index":0,"message":{"role":"assistant","content":{{JsonSerializer.Serialize(text)}}},"finish_reason":"{{finish}}"}]{{tokens}}}""");
    }
}
