namespace DataBuild.Engine.Execution;

/// <summary>What was computed of a stage, apart from its result.</summary>
public sealed class StageWork
{
    /// <summary>Shards measured.</summary>
    public int Computed { get; set; }

    /// <summary>Shards decided.</summary>
    public int Decided { get; set; }

    /// <summary>True when the merge of a corpus stage ran.</summary>
    public bool Merged { get; set; }

    /// <summary>Documents measured.</summary>
    public long Documents { get; set; }

    /// <summary>Seconds of work over all threads.</summary>
    public double Seconds { get; set; }

    /// <summary>Adds the work of others.</summary>
    public void Add(StageWork other)
    {
        Computed += other.Computed;
        Decided += other.Decided;
        Merged |= other.Merged;
        Documents += other.Documents;
        Seconds += other.Seconds;
    }
}
