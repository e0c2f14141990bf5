using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Stages.Tokenize.PreTokenizing;

/// <summary>A text and the pieces that it is cut into, in order. Reused from text to text.</summary>
internal sealed class PreTokenizedText
{
    private NormalizedText _spareText = new();
    private List<(int Start, int End)> _sparePieces = [];

    /// <summary>The text.</summary>
    public NormalizedText Text { get; private set; } = new();

    /// <summary>Pieces of the text, in bytes; none is empty.</summary>
    public List<(int Start, int End)> Pieces { get; private set; } = [];

    /// <summary>Whether the text starts where the input starts.</summary>
    public bool AtInputStart { get; set; }

    /// <summary>Makes the whole text one piece.</summary>
    public void TakeWhole()
    {
        Pieces.Clear();
        if (Text.Length > 0)
        {
            Pieces.Add((0, Text.Length));
        }
    }

    /// <summary>Rewrites the text.</summary>
    public void Normalize(ITextNormalizer normalizer)
    {
        _spareText.Clear(Text.Tracks);
        normalizer.Apply(Text, _spareText);
        (Text, _spareText) = (_spareText, Text);
    }

    /// <summary>Cuts every piece into smaller ones.</summary>
    /// <param name="cut">Given a piece, adds its parts.</param>
    public void Cut(Action<NormalizedText, int, int, List<(int Start, int End)>> cut)
    {
        _sparePieces.Clear();
        foreach ((int start, int end) in Pieces)
        {
            cut(Text, start, end, _sparePieces);
        }

        (Pieces, _sparePieces) = (_sparePieces, Pieces);
    }

    /// <summary>Rewrites every piece, and the text with it.</summary>
    /// <param name="rewrite">Given a piece and its ordinal, appends its new form to the target.</param>
    public void Rewrite(Action<NormalizedText, int, int, int, NormalizedText> rewrite)
    {
        _spareText.Clear(Text.Tracks);
        _sparePieces.Clear();
        for (int i = 0; i < Pieces.Count; i++)
        {
            int before = _spareText.Length;
            rewrite(Text, i, Pieces[i].Start, Pieces[i].End, _spareText);
            if (_spareText.Length > before)
            {
                _sparePieces.Add((before, _spareText.Length));
            }
        }

        (Text, _spareText) = (_spareText, Text);
        (Pieces, _sparePieces) = (_sparePieces, Pieces);
    }
}
