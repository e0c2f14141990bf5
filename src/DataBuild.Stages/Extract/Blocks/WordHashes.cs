namespace DataBuild.Stages.Extract.Blocks;

/// <summary>
/// The words of a UTF-8 text (runs of ASCII letters and digits and of all bytes beyond ASCII), each as the FNV-1a hash (32 bits; Fowler, Noll, Vo) of its bytes with ASCII letters
/// in lower case. Allocates nothing.
/// </summary>
internal ref struct WordHashes(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _next;

    /// <summary>The hash of the word that <see cref="MoveNext"/> has found.</summary>
    public uint Current { get; private set; }

    /// <summary>Goes to the next word; false at the end of the text.</summary>
    public bool MoveNext()
    {
        int i = _next;
        while (i < _text.Length && !IsOfWord(_text[i]))
        {
            i++;
        }

        if (i >= _text.Length)
        {
            return false;
        }

        uint hash = 2166136261;
        for (; i < _text.Length && IsOfWord(_text[i]); i++)
        {
            byte c = _text[i];
            hash = (hash ^ (c is >= (byte)'A' and <= (byte)'Z' ? (uint)(c | 0x20) : c)) * 16777619;
        }

        _next = i;
        Current = hash;
        return true;
    }

    private static bool IsOfWord(byte c) => char.IsAsciiLetterOrDigit((char)c) || c >= 0x80;
}
