namespace DataBuild.Stages.Tokenize.Packing;

/// <summary>A part of a document inside of a training sequence.</summary>
/// <param name="Document">Ordinal of the document.</param>
/// <param name="Start">First token of the part, counted in the document.</param>
/// <param name="Length">Tokens of the part; at least 1.</param>
public readonly record struct SequencePart(int Document, int Start, int Length);

/// <summary>A training sequence: parts of documents one after the other, and the boundaries between them.</summary>
/// <param name="Parts">The parts in order.</param>
public sealed record PackedSequence(IReadOnlyList<SequencePart> Parts)
{
    /// <summary>Tokens of the sequence.</summary>
    public int Length => Parts.Sum(p => p.Length);

    /// <summary>Where each part begins in the sequence, then the sequence's length: the boundaries that attention must not cross.</summary>
    public int[] Boundaries()
    {
        int[] boundaries = new int[Parts.Count + 1];
        for (int i = 0; i < Parts.Count; i++)
        {
            boundaries[i + 1] = boundaries[i] + Parts[i].Length;
        }

        return boundaries;
    }
}
