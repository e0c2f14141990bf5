using System.Buffers;
using System.Text;
using DataBuild.Stages.Tokenize;

namespace DataBuild.Stages.Score.Paired;

/// <summary>Figures of <see cref="DivergenceBranchesStage"/>.</summary>
/// <param name="Text">The text as its tokens give it back: what the branches' <c>start</c> counts in.</param>
/// <param name="Labels">For each token 1 where the small model writes another one; the end of the text, which nothing follows, is never one.</param>
/// <param name="Branches">The branches as a JSON list of <c>at</c>, <c>start</c>, <c>small</c> and <c>large</c>.</param>
/// <param name="Count">Branches.</param>
/// <param name="Beyond">Tokens that differ beyond MaxBranches, which were not continued.</param>
[Figures]
public readonly partial record struct DivergenceBranchesFigures(string? Text, ReadOnlyMemory<int> Labels, string Branches, int Count, int Beyond);

/// <summary>
/// Continues, from every token that <c>DivergenceLabel</c> found a small model to write differently, with the large model from the small one's token on, and sets beside it how the
/// text itself goes on: the second step of R2R's data (Fu et al. 2025, arXiv 2505.21600). A judge then says which of them differ in meaning: <c>JudgeDivergence</c>.
/// </summary>
[Stage("DivergenceBranches", Version = 1, Phase = StagePhase.Score, ColumnPrefix = "branches")]
public sealed partial record DivergenceBranchesStage : OnnxStage<DivergenceBranchesFigures>
{
    private TextTokenizer? _tokenizer;
    private SentenceEndTokens? _ends;
    private GreedyDecoder? _decoder;
    private int _startId;
    private int _endId;

    /// <summary>Name of the stage <c>DivergenceLabel</c> whose labels say where the branches begin. <c>Model</c> is that stage's large model, <c>Tokenizer</c> the tokenizer of both.</summary>
    public string Labels { get; init; } = "divergence";

    /// <summary>Token that the model reads before the text; without it the one that ends texts.</summary>
    public string StartToken { get; init; } = "";

    /// <summary>Token that ends a text, and with it a branch; without it the one that the tokenizer names.</summary>
    public string EndToken { get; init; } = "";

    /// <summary>Sentences that are shown after the one that holds the token.</summary>
    [Option(Min = 0, Max = 1000, Unit = "sentences")]
    public int Sentences { get; init; } = 1;

    /// <summary>Tokens that a branch gets at most.</summary>
    [Option(Min = 1, Max = 1048576, Unit = "tokens")]
    public int MaxNewTokens { get; init; } = 8192;

    /// <summary>Branches of a document at most, from its beginning on.</summary>
    [Option(Min = 1, Max = 1048576)]
    public int MaxBranches { get; init; } = 1048576;

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => ["text", Labels + ".tokens", Labels + ".small", Labels + ".labels"];

    /// <inheritdoc />
    public override IReadOnlyList<string> PublishedColumns => [".branches"];

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        string path = PathOf(Model, nameof(Model));
        _tokenizer = LoadTokenizer(Tokenizer) ?? throw new StageException("DB4005", $"the model '{path}' takes token ids: name its tokenizer (option Tokenizer)", path);
        _endId = StageTokenizer.EndOfText(_tokenizer, Tokenizer!, EndToken);
        _startId = StartToken.Length == 0 ? _endId : StageTokenizer.Find(_tokenizer, Tokenizer!, StartToken, nameof(StartToken));
        OnnxScorerOptions options = BaseOptions(context) with { OutputDimensions = 3 };
        OnnxModelSession model = OnnxModelSession.Load(path, options, context.Report);
        if (model.OutputShape.Count != 3)
        {
            model.Dispose();
            throw new StageException("DB4004", $"output '{model.Output}' of the model '{path}' has {model.OutputShape.Count} dimensions; expected a value for each token of the vocabulary at each position [texts, tokens, vocabulary]", path);
        }

        ReportProvider(context, Model!, model.Provider);
        _decoder = GreedyDecoder.Over(model, options);
        _ends = new SentenceEndTokens(_tokenizer);
    }

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<DivergenceBranchesFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        GreedyDecoder decoder = _decoder ?? throw new InvalidOperationException("Initialize was not called");
        List<Branch> branches = [];
        int[][] texts = new int[documents.Count][];
        int[][] labels = new int[documents.Count][];
        int[] beyond = new int[documents.Count];
        for (int i = 0; i < documents.Count; i++)
        {
            int[] tokens = texts[i] = ListOf(documents[i], ".tokens");
            int[] small = ListOf(documents[i], ".small");
            labels[i] = [.. ListOf(documents[i], ".labels").Zip(tokens, (label, token) => token == _endId ? 0 : label)];
            int[] differing = [.. labels[i].Index().Where(l => l.Item == 1).Select(l => l.Index)];
            beyond[i] = Math.Max(0, differing.Length - MaxBranches);
            branches.AddRange(differing.Take(MaxBranches).Select(at => new Branch(i, at, [_startId, .. tokens[..at], small[at]], small[at] == _endId)));
        }

        Branch[] open = [.. branches.Where(b => !b.IsEnded)];
        decoder.Continue([.. open.Select(b => b.Tokens)], MaxNewTokens, row => IsEnd(open[row]));
        ILookup<int, Branch> byDocument = branches.ToLookup(b => b.Document);
        for (int i = 0; i < figures.Length; i++)
        {
            int[] text = texts[i];
            DivergenceBranch[] found = [.. byDocument[i].Select(b => Show(b, text))];
            figures[i] = new DivergenceBranchesFigures(_tokenizer!.Decode(Without(text)), labels[i], DivergenceJson.Write(found), found.Length, beyond[i]);
        }
    }

    private bool IsEnd(Branch branch)
    {
        int last = branch.Tokens[^1];
        branch.Ends += _ends!.Contains(last) ? 1 : 0;
        return last == _endId || branch.Ends > Sentences;
    }

    private DivergenceBranch Show(Branch branch, int[] text)
    {
        Way small = WayOf(text[..branch.At], branch.Tokens[branch.At + 1], Without([.. branch.Tokens.Skip(branch.At + 2)]));
        Way large = WayOf(text[..branch.At], text[branch.At], Without(GoesOn(text, branch.At)));

        // Both ways begin where the earlier of their sentences does.
        int start = Math.Min(BranchSentences.StartOf(small.Before, small.Token, small.After), BranchSentences.StartOf(large.Before, large.Token, large.After));
        return new DivergenceBranch(
            branch.At,
            Encoding.UTF8.GetCharCount(large.Before, 0, start),
            BranchSentences.Mark(small.Before, small.Token, small.After, start, Sentences),
            BranchSentences.Mark(large.Before, large.Token, large.After, start, Sentences));
    }

    // Decoded as a whole: what a token says may depend on those before it (a space between words).
    private Way WayOf(int[] before, int token, int[] after)
    {
        byte[] whole = Bytes([.. before, token, .. after]);
        int start = whole.AsSpan().CommonPrefixLength(Bytes(before));
        int end = Math.Max(start, whole.AsSpan().CommonPrefixLength(Bytes([.. before, token])));
        return new Way(whole[..start], whole[start..end], whole[end..]);
    }

    // How the text goes on behind a token, for as many ends of sentences as a branch gets.
    private int[] GoesOn(int[] text, int at)
    {
        int ends = 0;
        int stop = at + 1;
        while (stop < text.Length && stop - at <= MaxNewTokens && ends <= Sentences)
        {
            ends += _ends!.Contains(text[stop++]) ? 1 : 0;
        }

        return text[(at + 1)..stop];
    }

    private int[] Without(int[] tokens) => tokens.Length > 0 && tokens[^1] == _endId ? tokens[..^1] : tokens;

    private byte[] Bytes(int[] tokens)
    {
        ArrayBufferWriter<byte> bytes = new();
        _tokenizer!.Decode(tokens, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private int[] ListOf(Document document, string column) => ((ListColumn<int>)document.Batch[Labels + column])[document.Row].ToArray();

    private readonly record struct Way(byte[] Before, byte[] Token, byte[] After);

    private sealed record Branch(int Document, int At, List<int> Tokens, bool IsEnded)
    {
        public int Ends { get; set; }
    }
}
