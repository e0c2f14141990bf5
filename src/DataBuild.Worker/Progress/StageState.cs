namespace DataBuild.Worker.Progress;

/// <summary>How far one stage of a followed build is.</summary>
internal sealed class StageState(string name)
{
    public string Name => name;

    /// <summary>Share of its work that is done, 0 to 1; null when it cannot be told.</summary>
    public double? Share { get; set; }

    /// <summary>Documents worked on in this build.</summary>
    public long Documents { get; set; }

    /// <summary>Seconds since it began, as of the last event.</summary>
    public double Seconds { get; set; }

    public bool Started { get; set; }

    public bool Finished { get; set; }

    /// <summary>Documents that reached it and documents that it kept, once it is finished.</summary>
    public long In { get; set; }

    public long Kept { get; set; }

    /// <summary>True when all of its results came from the store.</summary>
    public bool FromStore { get; set; }

    public bool Running => Started && !Finished;

    /// <summary>Documents a second.</summary>
    public double Rate => Seconds > 0.2 ? Documents / Seconds : 0;

    /// <summary>Seconds that are left at the speed so far; null when that cannot be told.</summary>
    public double? SecondsLeft => Running && Share is > 0.005 and < 1 ? Seconds / Share * (1 - Share) : null;
}
