using DataBuild.Stages.Extract;
using DataBuild.Stages.Extract.Blocks;

namespace DataBuild.ExtractionBenchmark;

/// <summary>A page with a label per block: the share of its words that the ground truth holds, and a weight.</summary>
internal sealed record LabelledPage(TruthPage Page, float[] Labels, float[] Weights, PageTokens Tokens)
{
    private const int LeastCopiedWords = 5;

    /// <summary>The pages of the training or the validation sites.</summary>
    public static List<LabelledPage> Load(bool validation)
    {
        List<TruthPage> pages = [];
        foreach (string set in (string[])["wcxb", "fulltext", "segments"])
        {
            pages.AddRange(PageSet.Read(set).Where(p => p.IsValidation == validation));
        }

        LabelledPage[] labelled = new LabelledPage[pages.Count];
        Parallel.For(0, pages.Count, () => new ExtractScratch(null), (i, _, scratch) =>
        {
            labelled[i] = Label(pages[i], scratch);
            return scratch;
        }, _ => { });
        return [.. labelled.Where(p => p.Labels.Length > 0)];
    }

    /// <summary>Labels the blocks of a page by its ground truth, with a scratch that is not used elsewhere meanwhile.</summary>
    public static LabelledPage Label(TruthPage page, ExtractScratch scratch)
    {
        PageTokens tokens = new();
        scratch.Observer = tokens;
        scratch.Parse(page.Html, page.Charset, page.Url, ExtractOptions.Default, out _);
        scratch.Observer = null;
        int n = scratch.Segments.Count;
        string[] texts = [.. Enumerable.Range(0, n).Select(scratch.TextOf)];
        (float[] labels, float[] weights) = page.Truth.Text is null ? FromSegments(page.Truth, texts) : FromText(page.Truth.Text, texts, scratch.Segments.Blocks, page.Set == "fulltext" ? 2 : 1);
        tokens.Finish(scratch.Tree, scratch.Segments, labels, weights);
        return new LabelledPage(page, labels, weights, tokens);
    }

    private static (float[] Labels, float[] Weights) FromText(string truth, string[] texts, ReadOnlySpan<Block> blocks, float factor)
    {
        List<string>[] words = [.. texts.Select(Scoring.Words)];
        List<string> truthWords = Scoring.Words(truth);
        int[] matched = TruthAlignment.Match(words, truthWords);
        FirstCopies(texts, words, blocks, matched);
        float total = words.Sum(w => w.Count);
        float norm = truthWords.Count + (0.3f * Math.Max(0, total - truthWords.Count)) + 20;
        float[] labels = new float[texts.Length];
        float[] weights = new float[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            int size = words[i].Count;
            labels[i] = size == 0 ? 0 : matched[i] / (float)size;
            weights[i] = size == 0 ? 0 : factor * (size + 0.5f) / norm;
        }

        return (labels, weights);
    }

    // Of a text that stands on the page more often than in the truth any copy scores the same: let it be the first ones outside navigation, quotes and
    // what readers do not see, so that labels say the same on all pages.
    private static void FirstCopies(string[] texts, List<string>[] words, ReadOnlySpan<Block> blocks, int[] matched)
    {
        const BlockContext Around = BlockContext.Nav | BlockContext.Header | BlockContext.Footer | BlockContext.Aside | BlockContext.Invisible | BlockContext.Noscript
            | BlockContext.Dialog | BlockContext.Quote;
        Dictionary<string, List<int>> copies = [];
        for (int i = 0; i < texts.Length; i++)
        {
            if (words[i].Count >= LeastCopiedWords && (blocks[i].Context & Around) == 0)
            {
                (copies.TryGetValue(texts[i], out List<int>? list) ? list : copies[texts[i]] = []).Add(i);
            }
        }

        foreach (List<int> places in copies.Values)
        {
            if (places.Count > 1)
            {
                int[] counts = [.. places.Select(i => matched[i]).OrderDescending()];
                for (int k = 0; k < counts.Length; k++)
                {
                    matched[places[k]] = counts[k];
                }
            }
        }
    }

    // Only blocks that hold a wanted or an unwanted segment, or most of one, are labelled; the others have no weight.
    private static (float[] Labels, float[] Weights) FromSegments(Truth truth, string[] texts)
    {
        float[] labels = new float[texts.Length];
        float[] weights = new float[texts.Length];
        string[] squeezed = [.. texts.Select(Scoring.Squeeze)];
        Mark(truth.Without, 0);
        Mark(truth.With, 1);
        return (labels, weights);

        void Mark(string[] segments, float label)
        {
            foreach (string segment in segments)
            {
                string s = Scoring.Squeeze(segment);
                for (int i = 0; i < squeezed.Length; i++)
                {
                    if (s.Length > 0 && squeezed[i].Length > 0
                        && (squeezed[i].Contains(s, StringComparison.Ordinal) || (squeezed[i].Length > 20 && s.Contains(squeezed[i], StringComparison.Ordinal))))
                    {
                        labels[i] = label;
                        weights[i] = 0.18f;
                    }
                }
            }
        }
    }
}
