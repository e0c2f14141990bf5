namespace DataBuild.Stages.Generate;

/// <summary>Limits of <see cref="ChatService"/>. None of them is part of a request's key.</summary>
public sealed record ChatServiceOptions
{
    /// <summary>Requests at a time, 1 or more.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>Times that a request is sent while it fails for reasons that pass, 1 or more.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>Times that a request is sent while its answers are wrong, 1 or more.</summary>
    public int ValidAttempts { get; init; } = 2;

    /// <summary>Pause before the second attempt; each further one is twice as long.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause, also where a server asks for a longer one.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>What may be spent; null for no limit.</summary>
    public ChatBudget? Budget { get; init; }
}
