using System.Text;

namespace DataBuild.Stages.Extract.Formulas;

/// <summary>
/// A growing buffer of LaTeX, reused from formula to formula. It keeps a control word apart from a letter that follows it.
/// </summary>
internal sealed class LatexWriter
{
    private char[] _buffer = new char[1024];
    private bool _afterWord;

    /// <summary>Characters written.</summary>
    public int Length { get; private set; }

    /// <summary>What is written.</summary>
    public ReadOnlySpan<char> Written => _buffer.AsSpan(0, Length);

    /// <summary>Empties the buffer; one that a very large formula made is let go.</summary>
    public void Clear()
    {
        if (_buffer.Length > 1 << 18)
        {
            _buffer = new char[1024];
        }

        Length = 0;
        _afterWord = false;
    }

    /// <summary>Cuts back to an earlier length, at a place where no control word ended.</summary>
    public void Truncate(int length)
    {
        Length = length;
        _afterWord = false;
    }

    /// <summary>Writes LaTeX; a control word at its end is kept apart from what follows.</summary>
    public void Write(ReadOnlySpan<char> latex)
    {
        if (latex.IsEmpty)
        {
            return;
        }

        if (_afterWord && char.IsAsciiLetter(latex[0]))
        {
            Append(' ');
        }

        Reserve(latex.Length);
        latex.CopyTo(_buffer.AsSpan(Length));
        Length += latex.Length;
        _afterWord = EndsInControlWord();
    }

    /// <summary>Writes a character.</summary>
    public void Write(char c)
    {
        if (_afterWord && char.IsAsciiLetter(c))
        {
            Append(' ');
        }

        _afterWord = false;
        Append(c);
    }

    /// <summary>Writes a character of any plane.</summary>
    public void Write(Rune rune)
    {
        if (rune.IsBmp)
        {
            Write((char)rune.Value);
            return;
        }

        Reserve(2);
        Length += rune.EncodeToUtf16(_buffer.AsSpan(Length));
        _afterWord = false;
    }

    /// <summary>Writes a space, at most one.</summary>
    public void Space()
    {
        if (Length > 0 && _buffer[Length - 1] is not (' ' or '{' or '\n'))
        {
            Append(' ');
        }

        _afterWord = false;
    }

    /// <summary>Says that a control word written in pieces ends here.</summary>
    public void EndWord() => _afterWord = true;

    private bool EndsInControlWord()
    {
        int i = Length;
        while (i > 0 && char.IsAsciiLetter(_buffer[i - 1]))
        {
            i--;
        }

        // A backslash of "\\" starts no control word.
        int slashes = 0;
        while (i - slashes > 0 && _buffer[i - slashes - 1] == '\\')
        {
            slashes++;
        }

        return i < Length && (slashes & 1) == 1;
    }

    private void Append(char c)
    {
        Reserve(1);
        _buffer[Length++] = c;
    }

    private void Reserve(int count)
    {
        if (Length + count > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }
    }
}
