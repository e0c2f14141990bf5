namespace DataBuild.Text;

/// <summary>Words as runs of characters between white space (Python's <c>str.split</c>): punctuation stays with its word.</summary>
public sealed class WhitespaceWordIndex : TokenIndex
{
    /// <inheritdoc />
    protected override void Segment(ReadOnlySpan<char> text)
    {
        int at = 0;
        while (at < text.Length)
        {
            if (CharacterTable.Is(text[at], CharacterTraits.Whitespace))
            {
                at++;
                continue;
            }

            int start = at++;
            while (at < text.Length && !CharacterTable.Is(text[at], CharacterTraits.Whitespace))
            {
                at++;
            }

            Add(text, start, at - start);
        }
    }
}
