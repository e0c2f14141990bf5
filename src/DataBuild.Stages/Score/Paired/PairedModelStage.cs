using DataBuild.Stages.Tokenize;
using Microsoft.ML.OnnxRuntime;

namespace DataBuild.Stages.Score.Paired;

/// <summary>
/// Base of the stages that compare what two graphs of one vocabulary, with values at every position [texts, tokens, vocabulary], say of the tokens of a text.
/// </summary>
/// <typeparam name="TFigures">Figures of a document.</typeparam>
/// <typeparam name="TPosition">What is found at a position.</typeparam>
public abstract record PairedModelStage<TFigures, TPosition> : OnnxStage<TFigures>
    where TFigures : struct, IFigures<TFigures>
{
    private OnnxModelSession? _first;
    private OnnxModelSession? _second;
    private TextTokenizer? _tokenizer;
    private OnnxScorerOptions _options = new();
    private LengthBuckets? _buckets;
    private int _startId;
    private int? _endId;

    /// <summary>Token that the models read before the text; without it the one that ends texts.</summary>
    public string StartToken { get; init; } = "";

    /// <summary>Token that ends a text; without it the one that the tokenizer names.</summary>
    public string EndToken { get; init; } = "";

    /// <summary>Whether the end is looked at as well.</summary>
    public bool PredictEnd { get; init; } = true;

    /// <summary>Tokens that a window of a long text shares with the one before.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "tokens")]
    public int Overlap { get; init; } = 64;

    /// <summary>Most windows of a text; what lies beyond is not covered.</summary>
    [Option(Min = 1, Max = 1000000)]
    public int MaxWindows { get; init; } = 1000;

    /// <summary>The tokenizer, once the stage is initialized.</summary>
    private protected TextTokenizer LoadedTokenizer => _tokenizer ?? throw new InvalidOperationException("Initialize was not called");

    /// <summary>Loads both models.</summary>
    /// <param name="context">The build.</param>
    /// <param name="second">The second model.</param>
    /// <param name="option">Name of the option that names it.</param>
    /// <exception cref="StageException">One cannot be used, or they have different vocabularies.</exception>
    protected void Load(StageContext context, InputFile? second, string option)
    {
        ArgumentNullException.ThrowIfNull(context);
        string path = PathOf(Model, nameof(Model));
        _tokenizer = LoadTokenizer(Tokenizer) ?? throw new StageException("DB4005", $"the model '{path}' takes token ids: name its tokenizer (option Tokenizer)", path);
        int end = StageTokenizer.EndOfText(_tokenizer, Tokenizer!, EndToken);
        _endId = PredictEnd ? end : null;
        _startId = StartToken.Length == 0 ? end : StageTokenizer.Find(_tokenizer, Tokenizer!, StartToken, nameof(StartToken));
        if (Overlap >= MaxTokens)
        {
            throw new StageException("DB4079", $"the Overlap of the stage '{Name}' is {Overlap}; expected less than MaxTokens, {MaxTokens}");
        }

        _options = BaseOptions(context) with { OutputDimensions = 3 };
        _first = Open(context, Model!, path);
        _second = Open(context, second!, PathOf(second, option));
        _buckets = new LengthBuckets(_options.BatchTokens, 64, Math.Max(_first.FixedLength, _second.FixedLength), Math.Max(_first.FixedRows, _second.FixedRows));
    }

    /// <inheritdoc />
    public sealed override void Measure(IReadOnlyList<Document> documents, Span<TFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        OnnxModelSession first = _first ?? throw new InvalidOperationException("Initialize was not called");
        List<Window> windows = [];
        double[] covered = new double[documents.Count];
        using TokenBuffer ids = new();
        for (int i = 0; i < documents.Count; i++)
        {
            ids.Clear();
            ids.Add(_startId);
            _tokenizer!.Encode(documents[i].TextUtf8, ids);
            if (_endId is int end)
            {
                ids.Add(end);
            }

            int length = Math.Min(MaxTokens, Math.Max(first.FixedLength, _second!.FixedLength) is > 0 and var most ? most : int.MaxValue);
            int read = 0;
            foreach ((int start, int stop, int from) in CausalWindows.Cut(ids.Count, length, Overlap, MaxWindows))
            {
                windows.Add(new Window(i, ids.Span[start..stop].ToArray(), from));
                read = stop - 1;
            }

            covered[i] = ids.Count < 2 ? 1 : (double)read / (ids.Count - 1);
        }

        foreach (IGrouping<int, Window> bucket in windows.GroupBy(w => _buckets!.LengthFor(w.Ids.Length)).OrderBy(g => g.Key))
        {
            RunBucket(bucket.Key, [.. bucket]);
        }

        ILookup<int, Window> byDocument = windows.ToLookup(w => w.Document);
        for (int i = 0; i < figures.Length; i++)
        {
            figures[i] = Summarise([.. byDocument[i].SelectMany(w => w.Ids[(w.First + 1)..])], [.. byDocument[i].SelectMany(w => w.Found)], covered[i]);
        }
    }

    /// <summary>Looks at a position.</summary>
    /// <param name="first">Values of the first graph for the next token.</param>
    /// <param name="second">Values of the second.</param>
    /// <param name="next">The token that follows in the text.</param>
    protected abstract TPosition Look(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int next);

    /// <summary>Figures of a document from what was found at its positions.</summary>
    /// <param name="tokens">The tokens that follow each position.</param>
    /// <param name="positions">What was found.</param>
    /// <param name="covered">Fraction of the tokens that was looked at.</param>
    protected abstract TFigures Summarise(IReadOnlyList<int> tokens, IReadOnlyList<TPosition> positions, double covered);

    private OnnxModelSession Open(StageContext context, InputFile file, string path)
    {
        OnnxModelSession model = OnnxModelSession.Load(path, _options, context.Report);
        if (model.OutputShape.Count != 3)
        {
            model.Dispose();
            throw new StageException("DB4004", $"output '{model.Output}' of the model '{path}' has {model.OutputShape.Count} dimensions; expected a value for each token of the vocabulary at each position [texts, tokens, vocabulary]", path);
        }

        ReportProvider(context, file, model.Provider);
        return model;
    }

    private void RunBucket(int length, Window[] windows)
    {
        int rows = _buckets!.RowsFor(length);
        using ScoreBatch first = new(_first!, rows, length, PaddingId);
        using ScoreBatch second = new(_second!, rows, length, PaddingId);
        using RunOptions run = new();
        float[] weights = new float[length];
        Array.Fill(weights, 1);
        foreach (Window[] batch in windows.Chunk(rows))
        {
            for (int i = 0; i < batch.Length; i++)
            {
                first.Add(i, batch[i].Ids, weights.AsSpan(0, batch[i].Ids.Length));
                second.Add(i, batch[i].Ids, weights.AsSpan(0, batch[i].Ids.Length));
            }

            float[] values = first.Run(run, out int width);
            float[] others = second.Run(run, out int otherWidth);
            if (width != otherWidth)
            {
                throw new StageException("DB4079", $"the models '{_first!.Path}' and '{_second!.Path}' know {width / length} and {otherWidth / length} tokens; expected one vocabulary", _second.Path);
            }

            Take(batch, values, others, width, length);
            first.Clear();
            second.Clear();
        }
    }

    private void Take(Window[] batch, float[] values, float[] others, int width, int length)
    {
        int vocabulary = width / length;
        for (int row = 0; row < batch.Length; row++)
        {
            Window window = batch[row];
            for (int position = window.First; position < window.Ids.Length - 1; position++)
            {
                int next = window.Ids[position + 1];
                if (next >= vocabulary)
                {
                    throw new StageException("DB4079", $"the tokenizer gives the id {next}; the model '{_first!.Path}' knows {vocabulary}", _first.Path);
                }

                int at = (row * width) + (position * vocabulary);
                window.Found.Add(Look(values.AsSpan(at, vocabulary), others.AsSpan(at, vocabulary), next));
            }
        }
    }

    private sealed record Window(int Document, int[] Ids, int First)
    {
        public List<TPosition> Found { get; } = [];
    }
}
