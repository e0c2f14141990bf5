namespace DataBuild.Stages.Extract.Audio;

/// <summary>Recordings as stages find them in columns.</summary>
internal static class AudioColumn
{
    /// <summary>The recording of a document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="column">Column of the file's bytes.</param>
    /// <exception cref="InvalidDataException">The column holds none.</exception>
    public static AudioSignal Read(Document document, string column)
    {
        ReadOnlySpan<byte> content = document.Batch.Find(column) is StringColumn { Type: ColumnType.Binary } bytes ? bytes[document.Row] : default;
        return WavFile.Decode(content, double.PositiveInfinity, out _, out string? fault) ?? throw new InvalidDataException($"column '{column}' holds {content.Length:N0} bytes that are no recording ({fault})");
    }

    /// <summary>Beginnings and ends of a document's segments, in milliseconds.</summary>
    public static (int Start, int End)[] Segments(Document document, string stage)
    {
        ReadOnlySpan<int> starts = document.GetList<int>(stage + ".starts");
        ReadOnlySpan<int> ends = document.GetList<int>(stage + ".ends");
        (int, int)[] segments = new (int, int)[starts.Length];
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = (starts[i], ends[i]);
        }

        return segments;
    }
}
