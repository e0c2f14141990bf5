namespace DataBuild.Stages.Generate;

/// <summary>
/// Puts the cleaned chunks of a document together (NeMo Curator 1e2e4275e, nemo_curator/stages/math/modifiers/merge_chunks.py): of a number the first, without those that hold nothing, in order, a line end
/// between them; the tokens of those that are left are added up.
/// </summary>
public sealed record ChunkMerge
{
    /// <summary>What the model is told to say of a chunk without content.</summary>
    public const string NoUsefulContent = "NO USEFUL CONTENT";

    /// <summary>Characters of a document at most; a longer one is none.</summary>
    public int MaxLength { get; init; } = 900_000;

    /// <summary>What stands between chunks.</summary>
    public string Separator { get; init; } = "\n";

    /// <summary>Puts chunks together.</summary>
    /// <returns>The document; a null text where no chunk holds anything, or the whole is too long.</returns>
    public CleanedChunk Merge(IEnumerable<CleanedChunk> chunks)
    {
        CleanedChunk[] left = [.. chunks.DistinctBy(c => c.Chunk).Where(c => Holds(c.Text)).OrderBy(c => c.Chunk)];
        string text = string.Join(Separator, left.Select(c => c.Text));
        return new CleanedChunk(0, text is "" or "\n" || text.Length > MaxLength ? null : text, left.Sum(c => c.InputTokens), left.Sum(c => c.OutputTokens));
    }

    /// <summary>Whether a chunk holds anything.</summary>
    public static bool Holds(string? text) => text is not (null or "" or "\n" or NoUsefulContent or "\"" + NoUsefulContent + "\"");
}
