namespace DataBuild.Stages.Score.Vision.Reduction;

/// <summary>
/// Attention of one layer of a vision encoder, [heads, tokens, tokens]: row i holds how much token i attends to every token, and sums to 1. The first tokens may be
/// a class token and registers; all others are patches, row by row of the image.
/// </summary>
public sealed class AttentionMap
{
    private readonly ReadOnlyMemory<float> _values;

    /// <summary>Takes the attention of a layer.</summary>
    /// <param name="values">Probabilities, head by head and row by row.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="tokens">All tokens.</param>
    /// <param name="prefix">Tokens before the first patch; the first one is the class token.</param>
    /// <exception cref="ArgumentException">The number of values is another, or one is negative or not finite.</exception>
    public AttentionMap(ReadOnlyMemory<float> values, int heads, int tokens, int prefix = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(heads);
        ArgumentOutOfRangeException.ThrowIfNegative(prefix);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(prefix, tokens);
        if (values.Length != heads * tokens * tokens)
        {
            throw new ArgumentException($"{values.Length} values; expected {heads} heads of {tokens} x {tokens}", nameof(values));
        }

        foreach (float value in values.Span)
        {
            if (!(value >= 0) || !float.IsFinite(value))
            {
                throw new ArgumentException($"attention holds {value}; expected probabilities", nameof(values));
            }
        }

        _values = values;
        Heads = heads;
        Tokens = tokens;
        Prefix = prefix;
    }

    /// <summary>Heads.</summary>
    public int Heads { get; }

    /// <summary>All tokens, class token and registers among them.</summary>
    public int Tokens { get; }

    /// <summary>Tokens before the first patch.</summary>
    public int Prefix { get; }

    /// <summary>Patches.</summary>
    public int Patches => Tokens - Prefix;

    /// <summary>How much a patch attends to a patch in a head.</summary>
    public double Between(int head, int from, int to) =>
        _values.Span[(((head * Tokens) + Prefix + from) * Tokens) + Prefix + to];

    /// <summary>How much a patch attends to a patch, on average over heads.</summary>
    public double Between(int from, int to)
    {
        double sum = 0;
        for (int head = 0; head < Heads; head++)
        {
            sum += Between(head, from, to);
        }

        return sum / Heads;
    }

    /// <summary>Attention that each patch receives from all tokens, on average over heads and tokens.</summary>
    public double[] Received()
    {
        double[] received = new double[Patches];
        ReadOnlySpan<float> values = _values.Span;
        for (int row = 0; row < Heads * Tokens; row++)
        {
            for (int i = 0; i < received.Length; i++)
            {
                received[i] += values[(row * Tokens) + Prefix + i];
            }
        }

        for (int i = 0; i < received.Length; i++)
        {
            received[i] /= Heads * Tokens;
        }

        return received;
    }

    /// <summary>Attention that each patch receives from the class token, on average over heads; <see cref="Received"/> where there is no such token.</summary>
    public double[] FromClass()
    {
        if (Prefix == 0)
        {
            return Received();
        }

        double[] given = new double[Patches];
        ReadOnlySpan<float> values = _values.Span;
        for (int i = 0; i < given.Length; i++)
        {
            for (int head = 0; head < Heads; head++)
            {
                given[i] += values[(head * Tokens * Tokens) + Prefix + i];
            }

            given[i] /= Heads;
        }

        return given;
    }
}
