namespace DataBuild.Stages.Generate;

/// <summary>
/// Cuts a text into chunks of whole paragraphs (NeMo Curator 1e2e4275e, nemo_curator/stages/math/modifiers/chunking.py): paragraphs that are not blank keep their separator, except the last;
/// a chunk takes paragraphs while their tokens fit; one that is longer is not cut.
/// </summary>
/// <param name="countTokens">Counts the tokens of a paragraph.</param>
/// <param name="maxTokens">Tokens of a chunk at most.</param>
/// <param name="separator">What stands between paragraphs.</param>
public sealed class ParagraphChunker(Func<string, int> countTokens, int maxTokens, string separator = "\n\n")
{
    /// <summary>Cuts a text; nothing for a blank one.</summary>
    public List<TextChunk> Cut(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<TextChunk> chunks = [];
        List<string> current = [];
        int tokens = 0;
        string[] paragraphs = text.Split(separator);
        for (int i = 0; i < paragraphs.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(paragraphs[i]))
            {
                continue;
            }

            string paragraph = i == paragraphs.Length - 1 ? paragraphs[i] : paragraphs[i] + separator;
            int length = countTokens(paragraph);
            if (tokens > 0 && tokens + length > maxTokens)
            {
                chunks.Add(new TextChunk(string.Concat(current), tokens));
                current.Clear();
                tokens = 0;
            }

            current.Add(paragraph);
            tokens += length;
        }

        if (current.Count > 0)
        {
            chunks.Add(new TextChunk(string.Concat(current), tokens));
        }

        return chunks;
    }
}
