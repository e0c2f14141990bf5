namespace DataBuild.Stages.Extract;

/// <summary>The steps of extraction that are measured apart.</summary>
internal enum ExtractStep
{
    /// <summary>Bytes to UTF-8.</summary>
    Decode,

    /// <summary>Tokens and tree.</summary>
    Tree,

    /// <summary>Title, author, date and the like.</summary>
    Metadata,

    /// <summary>Formulas found, page cut into blocks.</summary>
    Segment,

    /// <summary>Features of the blocks.</summary>
    Features,

    /// <summary>The model's trees.</summary>
    Trees,

    /// <summary>Scores to labels, and the whole of labelling without a model.</summary>
    Label,

    /// <summary>Markdown or text.</summary>
    Render,
}

/// <summary>Sums the time of each step over pages. <paramref name="clock"/> gives nanoseconds from any start.</summary>
internal sealed class ExtractTimes(Func<long> clock)
{
    private readonly long[] _nanoseconds = new long[(int)ExtractStep.Render + 1];
    private long _last;

    /// <summary>The time of a step so far, in nanoseconds.</summary>
    public long this[ExtractStep step] => _nanoseconds[(int)step];

    /// <summary>Starts the time of a page's first step.</summary>
    public void Begin() => _last = clock();

    /// <summary>Ends a step and starts the next.</summary>
    public void Mark(ExtractStep step)
    {
        long now = clock();
        _nanoseconds[(int)step] += now - _last;
        _last = now;
    }
}
