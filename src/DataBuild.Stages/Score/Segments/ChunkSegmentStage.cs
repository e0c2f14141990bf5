using Microsoft.ML.OnnxRuntime;

namespace DataBuild.Stages.Score.Segments;

/// <summary>Figures of <see cref="ChunkSegmentStage"/>.</summary>
/// <param name="Starts">Offsets in bytes at which chunks begin, ascending; the first is 0.</param>
/// <param name="Count">Chunks.</param>
/// <param name="BytesPerChunk">Bytes of a chunk on average; none for a text without bytes.</param>
[Figures]
public readonly partial record struct ChunkFigures(ReadOnlyMemory<int> Starts, int Count, double? BytesPerChunk);

/// <summary>
/// Cuts texts into the chunks that a trained router sees in their bytes, as H-Net's first stage does (Hwang et al. 2025). The model is an ONNX graph over bytes that gives the
/// probability of a boundary at each of them, or the states (queries and keys alike) of which the rule makes it. Boundaries within a character move to its beginning.
/// </summary>
[Stage("ChunkSegment", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "chunks")]
public sealed partial record ChunkSegmentStage : OnnxStage<ChunkFigures>
{
    private OnnxModelSession? _model;
    private OnnxScorerOptions _options = new();

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".starts", ".count"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string path = PathOf(Model, nameof(Model));
        if (Tokenizer is not null)
        {
            throw new StageException("DB4003", $"the stage '{Name}' reads bytes; it takes no Tokenizer (found '{Tokenizer.Value}')", path);
        }

        _options = BaseOptions(context) with { OutputDimensions = 3 };
        _model = OnnxModelSession.Load(path, _options, context.Report);
        if (_model.OutputShape.Count < 2)
        {
            throw new StageException("DB4004", $"output '{_model.Output}' of the model '{path}' has {_model.OutputShape.Count} dimensions; expected a probability [texts, bytes] or a state [texts, bytes, width] for each byte", path);
        }

        ReportProvider(context, Model!, _model.Provider);
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<ChunkFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        OnnxModelSession model = _model ?? throw new InvalidOperationException("Initialize was not called");
        int window = model.FixedLength > 0 ? Math.Min(model.FixedLength, MaxTokens) : MaxTokens;
        LengthBuckets buckets = new(_options.BatchTokens, 64, model.FixedLength, model.FixedRows);
        List<(int Document, int Start, int[] Bytes)> windows = [];
        for (int i = 0; i < documents.Count; i++)
        {
            int[] bytes = [.. documents[i].TextUtf8.ToArray().Select(b => (int)b)];
            for (int start = 0; start < bytes.Length; start += window)
            {
                windows.Add((i, start, bytes[start..Math.Min(bytes.Length, start + window)]));
            }
        }

        List<int>[] starts = [.. documents.Select(_ => new List<int>())];
        foreach (var bucket in windows.GroupBy(w => buckets.LengthFor(w.Bytes.Length)).OrderBy(g => g.Key))
        {
            foreach ((int Document, int Start, int[] Bytes)[] batch in bucket.Chunk(buckets.RowsFor(bucket.Key)))
            {
                Run(model, buckets.RowsFor(bucket.Key), bucket.Key, batch, starts);
            }
        }

        for (int i = 0; i < figures.Length; i++)
        {
            ReadOnlySpan<byte> text = documents[i].TextUtf8;
            SortedSet<int> snapped = [];
            foreach (int start in starts[i])
            {
                int at = start;
                while (at > 0 && (text[at] & 0xC0) == 0x80)
                {
                    at--;
                }

                snapped.Add(at);
            }

            figures[i] = new ChunkFigures(snapped.ToArray(), snapped.Count, snapped.Count == 0 ? null : Math.Round((double)text.Length / snapped.Count, Decimals, MidpointRounding.ToEven));
        }
    }

    private void Run(OnnxModelSession model, int rows, int length, (int Document, int Start, int[] Bytes)[] windows, List<int>[] starts)
    {
        using ScoreBatch batch = new(model, rows, length, PaddingId);
        using RunOptions run = new();
        for (int i = 0; i < windows.Length; i++)
        {
            batch.Add(i, windows[i].Bytes, new float[windows[i].Bytes.Length]);
        }

        float[] values = batch.Run(run, out int width);
        for (int row = 0; row < windows.Length; row++)
        {
            int count = windows[row].Bytes.Length;
            float[] probabilities = new float[count];
            if (model.OutputShape.Count == 3)
            {
                BoundaryRule.FromStates(values.AsSpan(row * width, width), width / length, probabilities);
            }
            else
            {
                values.AsSpan(row * width, count).CopyTo(probabilities);
            }

            starts[windows[row].Document].AddRange(BoundaryRule.Boundaries(probabilities).Select(b => windows[row].Start + b));
        }
    }
}
