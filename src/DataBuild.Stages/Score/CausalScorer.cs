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
    private readonly LengthBuckets _buckets = new(options.BatchTokens, 64, model.FixedLength, model.FixedRows);
    private readonly Dictionary<int, ScoreBatch> _batches = [];
    private readonly RunOptions _run = new();

    /// <summary>A scorer, to which the model then belongs.</summary>
    public static CausalScorer Over(OnnxModelSession model, TextTokenizer tokenizer, OnnxScorerOptions options, int startId, int? endId, int overlap, int maxWindows) =>
        new(model, tokenizer, options, startId, endId, overlap, maxWindows);

    /// <summary>Scores texts.</summary>
    public CausalScore[] Score(IReadOnlyList<Document> documents)
    {
        CausalScore[] scores = new CausalScore[documents.Count];
        List<Window> windows = [];
        using TokenBuffer ids = new();
        for (int i = 0; i < documents.Count; i++)
        {
            ids.Clear();
            ids.Add(startId);
            ReadOnlySpan<byte> text = documents[i].TextUtf8;
            tokenizer.Encode(text, ids);
            if (endId is int end)
            {
                ids.Add(end);
            }

            scores[i] = Cut(ids.Span, text, i, windows);
        }

        foreach (IGrouping<int, Window> bucket in windows.GroupBy(w => _buckets.LengthFor(w.Ids.Length)).OrderBy(g => g.Key))
        {
            Run(bucket.Key, [.. bucket], scores);
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

    private CausalScore Cut(ReadOnlySpan<int> ids, ReadOnlySpan<byte> text, int document, List<Window> windows)
    {
        int length = model.FixedLength > 0 ? Math.Min(model.FixedLength, options.MaxTokens) : options.MaxTokens;
        int step = Math.Max(1, length - overlap);
        int predicted = 0;
        int read = 0;
        for (int start = 0, count = 0; read < ids.Length - 1 && count < maxWindows; start += step, count++)
        {
            int end = Math.Min(ids.Length, start + length);
            windows.Add(new Window(document, ids[start..end].ToArray(), read - start));
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

    private void Run(int length, Window[] windows, CausalScore[] scores)
    {
        if (!_batches.TryGetValue(length, out ScoreBatch? batch))
        {
            _batches[length] = batch = new ScoreBatch(model, _buckets.RowsFor(length), length, options.PaddingId);
        }

        float[] weights = new float[length];
        Array.Fill(weights, 1);
        for (int start = 0; start < windows.Length; start += _buckets.RowsFor(length))
        {
            ArraySegment<Window> part = new(windows, start, Math.Min(_buckets.RowsFor(length), windows.Length - start));
            for (int i = 0; i < part.Count; i++)
            {
                batch.Add(i, part[i].Ids, weights.AsSpan(0, part[i].Ids.Length));
            }

            batch.Run(_run, (values, width) => Take(part, values, width, length, scores));
            batch.Clear();
        }
    }

    private void Take(ArraySegment<Window> windows, ReadOnlySpan<float> values, int width, int length, CausalScore[] scores)
    {
        int vocabulary = width / length;
        for (int row = 0; row < windows.Count; row++)
        {
            Window window = windows[row];
            double bits = 0;
            for (int position = window.FirstPrediction; position < window.Ids.Length - 1; position++)
            {
                ReadOnlySpan<float> logits = values.Slice((row * width) + (position * vocabulary), vocabulary);
                int target = window.Ids[position + 1];
                if (target >= vocabulary)
                {
                    throw new StageException("DB4079", $"the tokenizer gives the id {target}; the model '{model.Path}' knows {vocabulary}", model.Path);
                }

                bits += (LogSumExp(logits) - logits[target]) / Math.Log(2);
            }

            scores[window.Document] = scores[window.Document] with { Bits = scores[window.Document].Bits + bits };
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

    /// <param name="Document">Ordinal of the document.</param>
    /// <param name="Ids">Tokens of the window.</param>
    /// <param name="FirstPrediction">Position in the window from which on the next token counts.</param>
    private sealed record Window(int Document, int[] Ids, int FirstPrediction);
}
