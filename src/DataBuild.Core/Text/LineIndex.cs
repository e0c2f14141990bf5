namespace DataBuild.Text;

/// <summary>The lines of a document's text, cut at U+000A: at least one, the empty one of an empty text. A final line feed is followed by one more, empty line.</summary>
public sealed class LineIndex : SpanIndex
{
    /// <inheritdoc />
    protected override void Segment(ReadOnlySpan<char> text)
    {
        int start = 0;
        while (true)
        {
            int length = text[start..].IndexOf('\n');
            if (length < 0)
            {
                Add(text, start, text.Length - start);
                return;
            }

            Add(text, start, length);
            start += length + 1;
        }
    }

    /// <inheritdoc />
    protected override void Describe(ReadOnlySpan<char> span, ref InternedSpan entry) => entry.CodePoints = CharacterTable.CountCodePoints(span);
}
