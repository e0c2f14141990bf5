using DataBuild.Stages.Tokenize;
using DataBuild.Stages.Tokenize.Packing;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary>The order in which documents stand in token files, repetitions among them.</summary>
internal static class TokenOrder
{
    /// <summary>Ordinals of documents, in their order.</summary>
    /// <param name="documents">Kept documents in the order of the corpus.</param>
    /// <param name="source">Gives their ids; read in the order of the corpus.</param>
    /// <param name="epochs">Epochs of each shard; null for once each.</param>
    /// <param name="seed">Seed of the shuffle; null keeps the order of the corpus, epoch after epoch.</param>
    public static int[] Of(IReadOnlyList<TokenDocument> documents, TokenSource source, double[]? epochs, long? seed)
    {
        List<(ulong Key, int Document)> keyed = new(documents.Count);
        for (int i = 0; i < documents.Count; i++)
        {
            source.Read(i, out ReadOnlySpan<byte> id);
            ulong draw = unchecked((ulong)seed.GetValueOrDefault());
            int repetitions = epochs is null ? 1 : Mixture.Repetitions(epochs[documents[i].Shard], draw, id);
            for (int repetition = 0; repetition < repetitions; repetition++)
            {
                keyed.Add((seed is null ? (ulong)repetition : SeededOrder.Key(draw, id, repetition), i));
            }
        }

        // Equal keys of a shuffle are as good as impossible; without one they are what keeps the order.
        keyed.Sort(static (a, b) => a.Key != b.Key ? a.Key.CompareTo(b.Key) : a.Document.CompareTo(b.Document));
        return [.. keyed.Select(k => k.Document)];
    }
}
