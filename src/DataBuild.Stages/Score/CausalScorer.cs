using System.Numerics.Tensors;
using DataBuild.Stages.Tokenize;
using Microsoft.ML.OnnxRuntime;

namespace DataBuild.Stages.Score;

/// <summary>What a causal language model says of a text.</summary>
/// <param name="Bits">-log2 of the probability of its tokens and its end.</param>
/// <param name="Predicted">Tokens that were predicted, the end included.</param>
/// <param name="Bytes">Bytes of the part that was read.</param>
/// <param name="Covered">Fraction of the text that was read, in [0, 1].</param>
internal readonly record struct CausalScore(double Bits, int Predicted, long Bytes, double Covered);

/// <summary>
/// Negative log-likelihood of texts under a causal language model whose graph gives logits at every position: [texts, tokens, vocabulary]. Long texts are read in windows
/// that overlap, so that every token is predicted once, from at least the overlap before it.
/// </summary>
internal sealed class CausalScorer(OnnxModelSession model, TextTokenizer tokenizer, OnnxScorerOptions options, int startId, int? endId, int overlap, int maxWindows) : IDisposable
{
    private const int ChunkSize = 64;

    private readonly LengthBuckets _buckets = new(options.BatchTokens, 64, model.FixedLength, model.FixedRows);
    private readonly Dictionary<int, ScoreBatch> _batches = [];
    private readonly RunOptions _run = new();

    /// <summary>A scorer, to which the model then belongs.</summary>
    public static CausalScorer Over(OnnxModelSession model, TextTokenizer tokenizer, OnnxScorerOptions options, int startId, int? endId, int overlap, int maxWindows) =>
        new(model, tokenizer, options, startId, endId, overlap, maxWindows);

    /// <summary>Scores texts; some are encoded while the model runs over those before.</summary>
    public CausalScore[] Score(IReadOnlyList<Document> documents)
    {
        // Documents are read by one thread: what is encoded elsewhere is a copy.
        byte[][] texts = [.. documents.Select(d => d.TextUtf8.ToArray())];
        CausalScore[] scores = new CausalScore[texts.Length];
        SortedDictionary<int, List<Window>> pending = [];
        List<Window> all = [];
        Task<List<Window>>? next = texts.Length > 0 ? Task.Run(() => Encode(texts, 0, scores)) : null;
        for (int start = 0; next is not null; start += ChunkSize)
        {
            List<Window> windows = next.GetAwaiter().GetResult();
            int following = start + ChunkSize;
            next = following < texts.Length ? Task.Run(() => Encode(texts, following, scores)) : null;
            foreach (Window window in windows)
            {
                all.Add(window);
                int length = _buckets.LengthFor(window.Ids.Length);
                List<Window> batch = pending.TryGetValue(length, out List<Window>? found) ? found : pending[length] = [];
                batch.Add(window);
                if (batch.Count == _buckets.RowsFor(length))
                {
                    Run(length, batch);
                    batch.Clear();
                }
            }
        }

        foreach ((int length, List<Window> batch) in pending.Where(p => p.Value.Count > 0))
        {
            Run(length, batch);
        }

        // In the order of the windows, whatever batches they ran in: sums of floats depend on their order.
        foreach (Window window in all)
        {
            scores[window.Document] = scores[window.Document] with { Bits = scores[window.Document].Bits + window.Bits };
        }

        return scores;
    }

    public void Dispose()
    {
        foreach (ScoreBatch batch in _batches.Values)
        {
            batch.Dispose();
        }

        _run.Dispose();
        model.Dispose();
    }

    private List<Window> Encode(byte[][] texts, int start, CausalScore[] scores)
    {
        List<Window> windows = [];
        using TokenBuffer ids = new();
        for (int i = start; i < Math.Min(texts.Length, start + ChunkSize); i++)
        {
            ids.Clear();
            ids.Add(startId);
            tokenizer.Encode(texts[i], ids);
            if (endId is int end)
            {
                ids.Add(end);
            }

            scores[i] = Cut(ids.Span, texts[i], i, windows);
        }

        return windows;
    }

    private CausalScore Cut(ReadOnlySpan<int> ids, ReadOnlySpan<byte> text, int document, List<Window> windows)
    {
        int length = model.FixedLength > 0 ? Math.Min(model.FixedLength, options.MaxTokens) : options.MaxTokens;
        int predicted = 0;
        int read = 0;
        foreach ((int start, int end, int first) in CausalWindows.Cut(ids.Length, length, overlap, maxWindows))
        {
            windows.Add(new Window(document, ids[start..end].ToArray(), first));
            predicted += end - 1 - read;
            read = end - 1;
        }

        bool whole = read == ids.Length - 1;
        long bytes = whole ? text.Length : DecodedLength(ids[1..(read + 1)]);
        return new CausalScore(0, predicted, bytes, text.Length == 0 ? 1 : (double)bytes / text.Length);
    }

    private long DecodedLength(ReadOnlySpan<int> ids)
    {
        System.Buffers.ArrayBufferWriter<byte> decoded = new();
        tokenizer.Decode(ids, decoded);
        return decoded.WrittenCount;
    }

    private void Run(int length, List<Window> windows)
    {
        if (!_batches.TryGetValue(length, out ScoreBatch? batch))
        {
            _batches[length] = batch = new ScoreBatch(model, _buckets.RowsFor(length), length, options.PaddingId);
        }

        float[] weights = new float[length];
        Array.Fill(weights, 1);
        for (int i = 0; i < windows.Count; i++)
        {
            batch.Add(i, windows[i].Ids, weights.AsSpan(0, windows[i].Ids.Length));
        }

        batch.Run(_run, (values, width) => Take(windows, values, width, length));
        batch.Clear();
    }

    private void Take(List<Window> windows, ReadOnlySpan<float> values, int width, int length)
    {
        int vocabulary = width / length;
        for (int row = 0; row < windows.Count; row++)
        {
            Window window = windows[row];
            for (int position = window.FirstPrediction; position < window.Ids.Length - 1; position++)
            {
                ReadOnlySpan<float> logits = values.Slice((row * width) + (position * vocabulary), vocabulary);
                int target = window.Ids[position + 1];
                if (target >= vocabulary)
                {
                    throw new StageException("DB4079", $"the tokenizer gives the id {target}; the model '{model.Path}' knows {vocabulary}", model.Path);
                }

                window.Bits += (LogSumExp(logits) - logits[target]) / Math.Log(2);
            }
        }
    }

    private static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float max = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - (double)max);
        }

        return max + Math.Log(sum);
    }

    /// <param name="document">Ordinal of the document.</param>
    /// <param name="ids">Tokens of the window.</param>
    /// <param name="firstPrediction">Position in the window from which on the next token counts.</param>
    private sealed class Window(int document, int[] ids, int firstPrediction)
    {
        public int Document { get; } = document;

        public int[] Ids { get; } = ids;

        public int FirstPrediction { get; } = firstPrediction;

        /// <summary>-log2 of the probability of what is predicted in it.</summary>
        public double Bits { get; set; }
    }
}
