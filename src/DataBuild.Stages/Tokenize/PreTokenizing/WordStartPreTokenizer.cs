namespace DataBuild.Stages.Tokenize.PreTokenizing;

/// <summary>
/// Cuts before every mark that follows none. Where no token has a mark after another character, no merge crosses such a
/// cut: the ids stay the same, and the parts can be remembered, where the definition itself has no pre-tokeniser.
/// </summary>
/// <param name="mark">The mark, in UTF-8.</param>
internal sealed class WordStartPreTokenizer(byte[] mark) : IPreTokenizer
{
    /// <inheritdoc/>
    public void Apply(PreTokenizedText text) => text.Cut((source, start, end, pieces) =>
    {
        ReadOnlySpan<byte> piece = source.Bytes[start..end];
        int from = 0;
        int at = 0;
        while (at < piece.Length)
        {
            int next = piece[at..].IndexOf(mark);
            if (next < 0)
            {
                break;
            }

            at += next;
            if (at > from && next > 0)
            {
                pieces.Add((start + from, start + at));
                from = at;
            }

            at += mark.Length;
        }

        pieces.Add((start + from, end));
    });
}
