using System.Buffers;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace DataBuild.Stages.Score;

/// <summary>
/// Scores texts with an ONNX classifier or regressor: length-bucketed batches, windows for long texts, and encoding of one batch while the one before runs.
/// A text's score does not depend on the texts around it. One thread may call it at a time.
/// </summary>
public sealed class OnnxTextScorer : IDisposable
{
    private const int ChunkSize = 64;

    private readonly OnnxModelSession _model;
    private readonly OnnxScorerOptions _options;
    private readonly LengthBuckets _buckets;
    private readonly ThreadLocal<ITextEncoder> _encoders;
    private readonly FeatureList[] _chunk = [.. Enumerable.Range(0, ChunkSize).Select(_ => new FeatureList())];
    private readonly Dictionary<int, (ScoreBatch Filling, ScoreBatch Other)> _batches = [];
    private readonly RunOptions _runOptions = new();
    private readonly int _windowLength;
    private int _width = -1;
    private int _labelIndex = -1;

    private OnnxTextScorer(OnnxModelSession model, OnnxScorerOptions options, Func<ITextEncoder> encoder)
    {
        _model = model;
        _options = options;
        _encoders = new ThreadLocal<ITextEncoder>(encoder);
        bool grams = model.Featurizer is not null;
        _buckets = new LengthBuckets(grams ? options.BatchTokens * 8 : options.BatchTokens, 64, model.FixedLength, model.FixedRows);
        int special = options.PrefixIds.Count + options.SuffixIds.Count;
        int tokens = model.FixedLength > 0 ? Math.Min(model.FixedLength, options.MaxTokens) : options.MaxTokens;
        _windowLength = grams ? int.MaxValue : tokens - special;
        if (_windowLength < 1)
        {
            throw new StageException("DB4003", $"a window of {tokens} tokens has no room for a text beside {special} special ones", model.Path);
        }
    }

    /// <summary>Name of the execution provider that the session was made with, as ONNX Runtime calls it.</summary>
    public string Provider => _model.Provider;

    /// <summary>Time that the runtime has spent in running the model; the rest of scoring is overhead.</summary>
    public TimeSpan RunTime { get; private set; }

    /// <summary>Labels of the model; empty when it names none.</summary>
    public IReadOnlyList<string> Labels => _model.Labels;

    /// <summary>Loads a model that makes its inputs itself from text: one whose metadata describes hashed n-grams.</summary>
    /// <param name="path">Path of the model.</param>
    /// <param name="options">How it is used.</param>
    /// <param name="report">Receives warnings.</param>
    /// <exception cref="StageException">
    /// DB4001 the model is unreadable; DB4002 the execution provider is missing; DB4003 its inputs, DB4004 its output are not understood; DB4005 it needs a tokenizer.
    /// </exception>
    public static OnnxTextScorer Load(string path, OnnxScorerOptions options, Action<StageNote>? report = null) => Load(path, options, null, report);

    /// <summary>Loads a model of token ids.</summary>
    /// <param name="path">Path of the model.</param>
    /// <param name="options">How it is used.</param>
    /// <param name="tokenIds">The tokenizer; called by several threads at once. Null where the model describes hashed n-grams.</param>
    /// <param name="report">Receives warnings.</param>
    /// <exception cref="StageException">See the other overload.</exception>
    public static OnnxTextScorer Load(string path, OnnxScorerOptions options, TokenIds? tokenIds, Action<StageNote>? report = null)
    {
        OnnxModelSession model = OnnxModelSession.Load(path, options, report);
        try
        {
            Func<ITextEncoder> encoder = (model.Featurizer, tokenIds) switch
            {
                ({ } grams, null) => () => new NGramTextEncoder(grams),
                (null, { } ids) => () => new TokenTextEncoder(ids),
                (null, null) => throw new StageException("DB4005", $"the model '{path}' takes token ids: name its tokenizer (option Tokenizer)", path),
                _ => throw new StageException("DB4005", $"the model '{path}' makes its inputs itself, of hashed n-grams: it takes no tokenizer", path),
            };
            return new OnnxTextScorer(model, options, encoder);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Scores texts.</summary>
    /// <param name="texts">Texts; their memory is read until the method returns.</param>
    /// <param name="scores">Receives a score for each.</param>
    /// <param name="cancellation">Ends the work.</param>
    public void Score(IReadOnlyList<ReadOnlyMemory<char>> texts, Span<TextScore> scores, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, texts.Count);
        List<WindowValues> windows = [];
        Combine(windows, Run(texts, windows, cancellation), scores);
    }

    /// <summary>Vectors of texts: the output's values, averaged over the tokens of a window where there is a vector a token, and over windows, weighted by tokens.</summary>
    /// <param name="texts">Texts; their memory is read until the method returns.</param>
    /// <param name="vectors">Receives a vector for each; empty for a text without any token.</param>
    /// <param name="normalize">Whether vectors are scaled to Euclidean length 1.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Fraction of each text that the model read, and how many windows that took.</returns>
    public TextScore[] Embed(IReadOnlyList<ReadOnlyMemory<char>> texts, Span<float[]> vectors, bool normalize, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vectors.Length, texts.Count);
        List<WindowValues> windows = [];
        double[] covered = Run(texts, windows, cancellation);
        TextScore[] read = new TextScore[texts.Count];
        VectorPooling pooling = new(_model, _options);
        int next = 0;
        for (int text = 0; text < covered.Length; text++)
        {
            int first = next;
            while (next < windows.Count && windows[next].Text == text)
            {
                next++;
            }

            vectors[text] = pooling.Pool(windows[first..next].Select(w => (new ReadOnlyMemory<float>(w.Values, w.Start, w.Width), w.Tokens)), normalize);
            read[text] = new TextScore(double.NaN, covered[text], next - first);
        }

        return read;
    }

    private double[] Run(IReadOnlyList<ReadOnlyMemory<char>> texts, List<WindowValues> windows, CancellationToken cancellation)
    {
        double[] covered = new double[texts.Count];
        Task running = Task.CompletedTask;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = Math.Max(1, _options.Threads), CancellationToken = cancellation };
        try
        {
            for (int start = 0; start < texts.Count; start += ChunkSize)
            {
                int first = start;
                Parallel.For(0, Math.Min(ChunkSize, texts.Count - first), parallel, i => _encoders.Value!.Encode(texts[first + i].Span, _chunk[i]));
                for (int i = first; i < Math.Min(first + ChunkSize, texts.Count); i++)
                {
                    covered[i] = AddWindows(i, _chunk[i - first], windows, ref running);
                }
            }

            foreach (int length in _batches.Keys.Order().ToArray())
            {
                Submit(length, windows, ref running);
            }
        }
        finally
        {
            // Also when cancelled: nothing may still write when the caller goes on.
            running.GetAwaiter().GetResult();
            foreach ((ScoreBatch filling, ScoreBatch other) in _batches.Values)
            {
                filling.Clear();
                other.Clear();
            }
        }

        return covered;
    }

    /// <summary>Scores one text.</summary>
    public TextScore Score(string text)
    {
        TextScore[] scores = new TextScore[1];
        Score([text.AsMemory()], scores);
        return scores[0];
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach ((ScoreBatch filling, ScoreBatch other) in _batches.Values)
        {
            filling.Dispose();
            other.Dispose();
        }

        _encoders.Dispose();
        _runOptions.Dispose();
        _model.Dispose();
    }

    private double AddWindows(int text, FeatureList features, List<WindowValues> windows, ref Task running)
    {
        int count = features.Count;
        if (count == 0)
        {
            return features.Covered;
        }

        int special = _options.PrefixIds.Count + _options.SuffixIds.Count;
        int read = 0;
        while (read < count)
        {
            int length = Math.Min(_windowLength, count - read);
            int bucket = _buckets.LengthFor(length + special);
            if (!_batches.TryGetValue(bucket, out var pair))
            {
                int rows = _buckets.RowsFor(bucket);
                pair = (new ScoreBatch(_model, rows, bucket, _options.PaddingId), new ScoreBatch(_model, rows, bucket, _options.PaddingId));
                _batches.Add(bucket, pair);
            }

            lock (windows)
            {
                windows.Add(new WindowValues(text, length));
            }

            if (special == 0)
            {
                pair.Filling.Add(windows.Count - 1, features.Ids.Slice(read, length), features.Weights.Slice(read, length));
            }
            else
            {
                AddWithSpecials(pair.Filling, windows.Count - 1, features, read, length);
            }

            read += length;
            if (pair.Filling.IsFull)
            {
                Submit(bucket, windows, ref running);
            }

            if (_options.Window == WindowPolicy.Truncate)
            {
                break;
            }
        }

        return features.Covered * read / count;
    }

    private void AddWithSpecials(ScoreBatch batch, int window, FeatureList features, int start, int length)
    {
        int prefix = _options.PrefixIds.Count;
        int total = prefix + length + _options.SuffixIds.Count;
        int[] ids = ArrayPool<int>.Shared.Rent(total);
        float[] weights = ArrayPool<float>.Shared.Rent(total);
        weights.AsSpan(0, total).Fill(1);
        for (int i = 0; i < prefix; i++)
        {
            ids[i] = _options.PrefixIds[i];
        }

        features.Ids.Slice(start, length).CopyTo(ids.AsSpan(prefix));
        features.Weights.Slice(start, length).CopyTo(weights.AsSpan(prefix));
        for (int i = 0; i < _options.SuffixIds.Count; i++)
        {
            ids[prefix + length + i] = _options.SuffixIds[i];
        }

        batch.Add(window, ids.AsSpan(0, total), weights.AsSpan(0, total));
        ArrayPool<int>.Shared.Return(ids);
        ArrayPool<float>.Shared.Return(weights);
    }

    private void Submit(int length, List<WindowValues> windows, ref Task running)
    {
        (ScoreBatch batch, ScoreBatch other) = _batches[length];
        if (batch.Count == 0)
        {
            return;
        }

        // One batch runs at a time; waiting here also frees the other one of the pair.
        running.GetAwaiter().GetResult();
        _batches[length] = (other, batch);
        running = Task.Run(() =>
        {
            float[] values = batch.Run(_runOptions, out int width);
            RunTime += batch.LastRun;
            lock (windows)
            {
                for (int row = 0; row < batch.Count; row++)
                {
                    windows[batch.Window[row]] = windows[batch.Window[row]] with { Values = values, Start = row * width, Width = width };
                }
            }

            batch.Clear();
        });
    }

    private void Combine(List<WindowValues> windows, double[] covered, Span<TextScore> scores)
    {
        int next = 0;
        for (int text = 0; text < covered.Length; text++)
        {
            double sum = 0;
            double max = double.NegativeInfinity;
            long tokens = 0;
            int count = 0;
            for (; next < windows.Count && windows[next].Text == text; next++, count++)
            {
                double value = ValueOf(windows[next]);
                if (!double.IsFinite(value))
                {
                    // Kept back from the figures, where a missing number means a text without tokens.
                    throw new NotFiniteNumberException(string.Create(CultureInfo.InvariantCulture, $"output '{_model.Output}' of the model '{_model.Path}' gave {value} for window {count + 1} of the text, expected a number"), value);
                }

                sum += value * windows[next].Tokens;
                tokens += windows[next].Tokens;
                max = Math.Max(max, value);
            }

            double score = count == 0 ? double.NaN : _options.Window == WindowPolicy.Max ? max : sum / tokens;
            scores[text] = new TextScore(Math.Round(score, _options.Decimals, MidpointRounding.ToEven), covered[text], count);
        }
    }

    private double ValueOf(WindowValues window)
    {
        ReadOnlySpan<float> raw = window.Values.AsSpan(window.Start, window.Width);
        if (_width != window.Width)
        {
            _width = window.Width;
            _labelIndex = SelectLabel(window.Width);
        }

        Span<double> values = raw.Length <= 64 ? stackalloc double[raw.Length] : new double[raw.Length];
        Activate(raw, values);
        if (_labelIndex >= 0)
        {
            return values[_labelIndex];
        }

        double expected = 0;
        for (int k = 0; k < values.Length; k++)
        {
            expected += values[k] * _model.LabelValues[k];
        }

        return expected;
    }

    private int SelectLabel(int width)
    {
        string labels = _model.Labels.Count == 0 ? "no labels" : "the labels " + string.Join(", ", _model.Labels);
        if (_options.Label is { } label)
        {
            int index = _model.Labels.ToList().IndexOf(label);
            if (index < 0 && int.TryParse(label, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                index = number;
            }

            return index >= 0 && index < width
                ? index
                : throw new StageException("DB4004", $"output '{_model.Output}' of the model '{_model.Path}' has {width} values and {labels}; there is no '{label}' (option ScoreLabel)", _model.Path);
        }

        return width == 1 ? 0
            : _model.LabelValues.Count == width ? -1
            : throw new StageException("DB4004", $"output '{_model.Output}' of the model '{_model.Path}' has {width} values and {labels}: say which one is the score (option ScoreLabel)", _model.Path);
    }

    private void Activate(ReadOnlySpan<float> raw, Span<double> values)
    {
        double max = double.NegativeInfinity;
        foreach (float value in raw)
        {
            max = Math.Max(max, value);
        }

        double sum = 0;
        for (int k = 0; k < raw.Length; k++)
        {
            values[k] = _options.Activation switch
            {
                ScoreActivation.Sigmoid => 1 / (1 + Math.Exp(-raw[k])),
                ScoreActivation.Softmax => Math.Exp(raw[k] - max),
                _ => raw[k],
            };
            sum += values[k];
        }

        for (int k = 0; k < values.Length && _options.Activation == ScoreActivation.Softmax; k++)
        {
            values[k] /= sum;
        }
    }

    private readonly record struct WindowValues(int Text, int Tokens)
    {
        public float[] Values { get; init; } = [];

        public int Start { get; init; }

        public int Width { get; init; }
    }
}
