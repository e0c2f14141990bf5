using Microsoft.ML.OnnxRuntime;

namespace DataBuild.Stages.Score.Paired;

/// <summary>
/// Continues rows of tokens by a causal language model whose graph gives logits at every position, taking the likeliest token each time (of equals the lowest id). Every token reads
/// the window before it anew; rows of a length share a run of a fixed shape, so that what a row becomes does not depend on the others.
/// </summary>
internal sealed class GreedyDecoder(OnnxModelSession model, OnnxScorerOptions options) : IDisposable
{
    private const int MaxRows = 64;

    private readonly LengthBuckets _buckets = new(options.BatchTokens, MaxRows, model.FixedLength, model.FixedRows);
    private readonly Dictionary<int, ScoreBatch> _batches = [];
    private readonly RunOptions _run = new();
    private readonly int _window = model.FixedLength > 0 ? Math.Min(model.FixedLength, options.MaxTokens) : options.MaxTokens;

    /// <summary>A decoder that lives as long as the build.</summary>
    public static GreedyDecoder Over(OnnxModelSession model, OnnxScorerOptions options) => new(model, options);

    /// <summary>Continues rows in place.</summary>
    /// <param name="rows">Tokens of each row; at least one each.</param>
    /// <param name="maxNew">Tokens that a row gets at most.</param>
    /// <param name="isEnd">Says of a row, after each token that it got, whether it ends there.</param>
    /// <exception cref="StageException">DB4079: a row holds a token that the model does not know.</exception>
    public void Continue(IReadOnlyList<List<int>> rows, int maxNew, Func<int, bool> isEnd)
    {
        List<int> open = [.. Enumerable.Range(0, rows.Count)];
        for (int step = 0; step < maxNew && open.Count > 0; step++)
        {
            int[] next = new int[rows.Count];
            foreach (IGrouping<int, int> bucket in open.GroupBy(r => _buckets.LengthFor(Math.Min(rows[r].Count, _window))).OrderBy(g => g.Key))
            {
                foreach (int[] batch in bucket.Chunk(_buckets.RowsFor(bucket.Key)))
                {
                    Predict(bucket.Key, batch, rows, next);
                }
            }

            foreach (int row in open)
            {
                rows[row].Add(next[row]);
            }

            open.RemoveAll(row => isEnd(row));
        }
    }

    public void Dispose()
    {
        foreach (ScoreBatch batch in _batches.Values)
        {
            batch.Dispose();
        }

        _run.Dispose();
    }

    private void Predict(int length, int[] rows, IReadOnlyList<List<int>> tokens, int[] next)
    {
        if (!_batches.TryGetValue(length, out ScoreBatch? batch))
        {
            _batches[length] = batch = new ScoreBatch(model, _buckets.RowsFor(length), length, options.PaddingId);
        }

        float[] weights = new float[length];
        Array.Fill(weights, 1);
        int[] counts = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int[] ids = [.. tokens[rows[i]].Skip(Math.Max(0, tokens[rows[i]].Count - _window))];
            counts[i] = ids.Length;
            batch.Add(i, ids, weights.AsSpan(0, ids.Length));
        }

        batch.Run(_run, (values, width) =>
        {
            int vocabulary = width / length;
            for (int i = 0; i < rows.Length; i++)
            {
                if (tokens[rows[i]][^1] >= vocabulary)
                {
                    throw new StageException("DB4079", $"the tokenizer gives the id {tokens[rows[i]][^1]}; the model '{model.Path}' knows {vocabulary}", model.Path);
                }

                next[rows[i]] = Logits.ArgMax(values.Slice((i * width) + ((counts[i] - 1) * vocabulary), vocabulary));
            }
        });
        batch.Clear();
    }
}
