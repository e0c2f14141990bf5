namespace DataBuild.Engine.Inputs;

/// <summary>A question to a server.</summary>
/// <param name="Address">What is asked for.</param>
/// <param name="First">Offset of the first byte that is asked for.</param>
/// <param name="Last">Offset of the last one; null for the end of the file.</param>
/// <param name="Known">What is known of the file: of its beginning, when <see cref="First"/> goes on from there, or of the whole copy, when only a change is asked for.</param>
/// <param name="OnlyIfChanged">Asks for the file only where it is not the known one.</param>
internal sealed record RemoteRequest(RemoteAddress Address, long First, long? Last, RemoteStamp? Known, bool OnlyIfChanged)
{
    /// <summary>True where a part is asked for.</summary>
    public bool IsPart => First > 0 || Last is not null;
}
