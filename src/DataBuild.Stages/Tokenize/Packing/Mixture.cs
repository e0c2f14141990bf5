namespace DataBuild.Stages.Tokenize.Packing;

/// <summary>A part of a mixture.</summary>
/// <param name="Name">Name of the dataset.</param>
/// <param name="Tokens">Its tokens; at least 1.</param>
/// <param name="Weight">Its share of the mixture's tokens, relative to the other parts; above 0.</param>
/// <param name="MaxEpochs">How often it may be repeated at most; above 0.</param>
public sealed record MixturePart(string Name, long Tokens, double Weight, double MaxEpochs = 1);

/// <summary>How often the documents of a mixture's parts occur.</summary>
public static class Mixture
{
    /// <summary>
    /// Epochs of each part, so that tokens stand in the proportion of the weights. Without a budget the mixture is as large
    /// as it can be before the first part would exceed its epochs.
    /// </summary>
    /// <param name="parts">The parts.</param>
    /// <param name="budget">Tokens of the mixture; null for as many as possible.</param>
    /// <exception cref="ArgumentException">A part's number is out of range, or the budget asks for more epochs of a part than it allows.</exception>
    public static double[] Epochs(IReadOnlyList<MixturePart> parts, long? budget = null)
    {
        ArgumentNullException.ThrowIfNull(parts);
        foreach (MixturePart part in parts)
        {
            if (part.Tokens < 1 || part.Weight is not (> 0 and < double.PositiveInfinity) || part.MaxEpochs is not (> 0 and < double.PositiveInfinity))
            {
                throw new ArgumentException($"The part '{part.Name}' needs at least one token and a weight and epochs above 0; found {part}.", nameof(parts));
            }
        }

        double weights = parts.Sum(p => p.Weight);
        double largest = parts.Count == 0 ? 0 : parts.Min(p => p.Tokens * p.MaxEpochs * weights / p.Weight);
        double total = budget ?? largest;
        if (total > largest * (1 + 1e-12))
        {
            MixturePart first = parts.MinBy(p => p.Tokens * p.MaxEpochs / p.Weight)!;
            throw new ArgumentException(FormattableString.Invariant(
                $"A mixture of {budget} tokens asks for {total * first.Weight / weights / first.Tokens:0.##} epochs of '{first.Name}', which allows {first.MaxEpochs}; at most {(long)largest} tokens are possible."), nameof(budget));
        }

        return [.. parts.Select(p => total * p.Weight / weights / p.Tokens)];
    }

    /// <summary>
    /// How often a document occurs at a part's epochs: the whole epochs, and once more for the seeded share of documents
    /// that the fraction asks for.
    /// </summary>
    /// <param name="epochs">Epochs of the part; 0 or more.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="id">What names the document.</param>
    public static int Repetitions(double epochs, ulong seed, ReadOnlySpan<byte> id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epochs);
        double whole = Math.Floor(epochs);
        return (int)whole + (SeededOrder.Fraction(seed, SeededOrder.Key(seed, id), 0) < epochs - whole ? 1 : 0);
    }

    /// <summary>The documents of a mixture in their shuffled order, repetitions among them; the same for any order of the input.</summary>
    /// <param name="documents">Id and epochs of each document; ids must differ.</param>
    /// <param name="seed">Seed.</param>
    /// <returns>Ordinals into <paramref name="documents"/>.</returns>
    public static int[] Order(IReadOnlyList<(ReadOnlyMemory<byte> Id, double Epochs)> documents, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var keyed = new List<(ulong Key, int Document)>();
        for (int i = 0; i < documents.Count; i++)
        {
            ReadOnlySpan<byte> id = documents[i].Id.Span;
            int repetitions = Repetitions(documents[i].Epochs, seed, id);
            for (int repetition = 0; repetition < repetitions; repetition++)
            {
                keyed.Add((SeededOrder.Key(seed, id, repetition), i));
            }
        }

        // Equal keys are as good as impossible; the id settles them, since ordinals would follow the input's order.
        keyed.Sort((a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : documents[a.Document].Id.Span.SequenceCompareTo(documents[b.Document].Id.Span));
        return [.. keyed.Select(k => k.Document)];
    }
}
