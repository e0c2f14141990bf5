namespace DataBuild.Stages.Tokenize.PreTokenizing;

/// <summary>When Metaspace puts its mark before a piece.</summary>
internal enum PrependScheme
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>Before the first piece of the input.</summary>
    First,

    /// <summary>Before every piece.</summary>
    Always,
}

/// <summary>Puts a mark (U+2581 as a rule) in the place of spaces and cuts before it.</summary>
internal sealed class MetaspacePreTokenizer : IPreTokenizer
{
    private readonly byte[] _mark;
    private readonly PrependScheme _scheme;
    private readonly SplitPreTokenizer? _split;

    /// <summary>Makes the pre-tokeniser.</summary>
    /// <param name="mark">The mark, in UTF-8.</param>
    /// <param name="scheme">When a mark is put before a piece.</param>
    /// <param name="split">Whether pieces are cut before marks.</param>
    public MetaspacePreTokenizer(byte[] mark, PrependScheme scheme, bool split)
    {
        _mark = mark;
        _scheme = scheme;
        _split = split ? new SplitPreTokenizer(new LiteralMatcher(mark), SplitBehavior.MergedWithNext) : null;
    }

    /// <inheritdoc/>
    public void Apply(PreTokenizedText text)
    {
        bool atInputStart = text.AtInputStart;
        text.Rewrite((source, index, start, end, target) =>
        {
            ReadOnlySpan<byte> piece = source.Bytes[start..end];
            bool prepend = _scheme == PrependScheme.Always || (_scheme == PrependScheme.First && index == 0 && atInputStart);
            if (prepend && piece[0] != ' ' && !piece.StartsWith(_mark))
            {
                target.Append(_mark, source, start, start);
            }

            int copied = 0;
            while (copied < piece.Length)
            {
                int space = piece[copied..].IndexOf((byte)' ');
                int run = space < 0 ? piece.Length - copied : space;
                target.AppendUnchanged(source, start + copied, start + copied + run);
                copied += run;
                if (space >= 0)
                {
                    target.Append(_mark, source, start + copied, start + copied + 1);
                    copied++;
                }
            }
        });
        _split?.Apply(text);
    }
}

/// <summary>Puts a space before every piece that does not start with one: the byte-level pre-tokeniser's <c>add_prefix_space</c>.</summary>
internal sealed class PrefixSpacePreTokenizer : IPreTokenizer
{
    /// <inheritdoc/>
    public void Apply(PreTokenizedText text) => text.Rewrite((source, index, start, end, target) =>
    {
        if (source.Bytes[start] != ' ')
        {
            target.Append(" "u8, source, start, start);
        }

        target.AppendUnchanged(source, start, end);
    });
}
