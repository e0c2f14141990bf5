using DataBuild.Stages.Tokenize.Normalizing;

namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>Takes ids and, where asked, the bytes of the input that each stands for.</summary>
internal sealed class TokenSink
{
    private TokenBuffer? _starts;
    private TokenBuffer? _ends;

    /// <summary>The ids.</summary>
    public TokenBuffer Ids { get; private set; } = null!;

    /// <summary>Whether offsets are asked for.</summary>
    public bool Tracks => _starts is not null;

    /// <summary>Sets where things go.</summary>
    public void Reset(TokenBuffer ids, TokenBuffer? starts, TokenBuffer? ends)
    {
        Ids = ids;
        _starts = starts;
        _ends = ends;
    }

    /// <summary>Adds an id that stands for a part of a normalised text.</summary>
    public void Add(int id, NormalizedText text, int from, int to)
    {
        Ids.Add(id);
        if (_starts is not null)
        {
            (int start, int end) = text.Origin(from, to);
            _starts.Add(start);
            _ends!.Add(end);
        }
    }

    /// <summary>Adds an id that stands for a part of the input.</summary>
    public void Add(int id, int start, int end)
    {
        Ids.Add(id);
        _starts?.Add(start);
        _ends?.Add(end);
    }

    /// <summary>Encodes a part of the input with an encoder whose tokens' bytes, one after the other, are the text itself.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="table">Its vocabulary.</param>
    /// <param name="text">The part.</param>
    /// <param name="start">Where it starts in the input, in bytes.</param>
    /// <param name="state">The calling thread's state.</param>
    public void AddTiled(TextEncoder encoder, TokenTable table, ReadOnlySpan<byte> text, int start, EncoderState state)
    {
        int before = Ids.Count;
        encoder.Encode(text, Ids, state);
        if (_starts is null)
        {
            return;
        }

        foreach (int id in Ids.Span[before..])
        {
            int end = start + table.LengthOf(id);
            _starts.Add(start);
            _ends!.Add(end);
            start = end;
        }
    }
}
