using System.Text;
using CsCheck;
using DataBuild.Stages.Score;

namespace DataBuild.Stages.Tests.Score;

public sealed class OnnxTextScorerTests : IDisposable
{
    private static readonly OnnxScorerOptions First = new() { Label = "0", Threads = 2, Decimals = 12 };
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void A_text_gets_the_mean_of_its_tokens()
    {
        using OnnxTextScorer scorer = OnnxTextScorer.Load(_models.Write(TestModels.MeanOfIds()), First, TestModels.Characters);

        Assert.Equal(('a' + 'b') / 32.0, scorer.Score("ab").Score, 6);
        Assert.Equal("CPUExecutionProvider", scorer.Provider);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("weights.bin")]
    public void Weights_in_other_files_are_refused_before_they_are_opened(string location)
    {
        // TensorProto: data_type = 2, name = 8, external_data = 13 (key = 1, value = 2), data_location = 14; GraphProto.initializer = 5; ModelProto: ir_version = 1, graph = 7.
        byte[] entry = [.. Field(1, "location"u8), .. Field(2, Encoding.UTF8.GetBytes(location))];
        byte[] tensor = [0x10, 1, .. Field(8, "w"u8), .. Field(13, entry), 0x70, 1];
        byte[] model = [0x08, 8, .. Field(7, Field(5, tensor))];

        StageException error = Assert.Throws<StageException>(() => OnnxTextScorer.Load(_models.Write(model), First, TestModels.Characters));

        Assert.Equal("DB4001", error.Code);
        Assert.Contains(location, error.Message, StringComparison.Ordinal);
        Assert.Contains("model.onnx", error.Message, StringComparison.Ordinal);
        static byte[] Field(int number, ReadOnlySpan<byte> bytes) => [(byte)((number << 3) | 2), (byte)bytes.Length, .. bytes];
    }

    [Fact]
    public void A_text_without_tokens_has_no_score()
    {
        using OnnxTextScorer scorer = OnnxTextScorer.Load(_models.Write(TestModels.MeanOfIds()), First, TestModels.Characters);

        Assert.Equal(new TextScore(double.NaN, 1, 0), scorer.Score(""));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_score_that_is_no_number_is_an_error_and_no_missing_score(float value)
    {
        using OnnxTextScorer scorer = OnnxTextScorer.Load(_models.Write(TestModels.MeanOfIds(edit: table => table['?' * 3] = value)), First, TestModels.Characters);

        Assert.Contains("model.onnx", Assert.Throws<NotFiniteNumberException>(() => scorer.Score("what?")).Message, StringComparison.Ordinal);
        Assert.Equal(('a' + 'b') / 32.0, scorer.Score("ab").Score, 6);
    }

    [Fact]
    public void Special_tokens_surround_every_window()
    {
        OnnxScorerOptions options = First with { PrefixIds = [16], SuffixIds = [32], MaxTokens = 3, Window = WindowPolicy.Mean };
        using OnnxTextScorer scorer = OnnxTextScorer.Load(_models.Write(TestModels.MeanOfIds()), options, TestModels.Characters);

        TextScore score = scorer.Score("@`");

        Assert.Equal((((1 + 4 + 2) / 3.0) + ((1 + 6 + 2) / 3.0)) / 2, score.Score, 6);
        Assert.Equal(2, score.Windows);
    }

    [Theory]
    [InlineData(WindowPolicy.Truncate, 1.0, 0.4, 1)]
    [InlineData(WindowPolicy.Mean, 2.6, 1.0, 3)]
    [InlineData(WindowPolicy.Max, 5.0, 1.0, 3)]
    public void A_long_text_is_read_by_window(WindowPolicy policy, double expected, double covered, int windows)
    {
        // Ids 16 | 16, 48 | 48, 80: windows of two tokens with means 1, 3 and 5 (the last of one token).
        OnnxScorerOptions options = First with { MaxTokens = 2, Window = policy };
        using OnnxTextScorer scorer = OnnxTextScorer.Load(_models.Write(TestModels.MeanOfIds()), options, TestModels.Characters);

        TextScore score = scorer.Score("\u0010\u001000P");

        Assert.Equal(expected, score.Score, 6);
        Assert.Equal(covered, score.Covered, 6);
        Assert.Equal(windows, score.Windows);
    }

    [Fact]
    public void The_score_of_a_text_does_not_depend_on_its_neighbours()
    {
        string path = _models.Write(TestModels.MeanOfIds());
        OnnxScorerOptions options = First with { BatchTokens = 256, MaxTokens = 100, Window = WindowPolicy.Mean };
        using OnnxTextScorer scorer = OnnxTextScorer.Load(path, options, TestModels.Characters);

        Gen.Char['!', '~'].Array[1, 400].Array[1, 30].Sample(
            texts =>
            {
                TextScore[] together = new TextScore[texts.Length];
                scorer.Score([.. texts.Select(t => (ReadOnlyMemory<char>)t.AsMemory())], together);
                for (int i = 0; i < texts.Length; i++)
                {
                    // To the bit: 12 decimals hide nothing of a float.
                    Assert.Equal(scorer.Score(new string(texts[i])), together[i]);
                }
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public void A_graph_of_fixed_shape_is_fed_with_that_shape()
    {
        string path = _models.Write(TestModels.MeanOfIds(rows: "2", length: "4"));
        using OnnxTextScorer scorer = OnnxTextScorer.Load(path, First with { Window = WindowPolicy.Mean }, TestModels.Characters);

        TextScore[] scores = new TextScore[3];
        scorer.Score(["\u0010".AsMemory(), "00000000".AsMemory(), "P".AsMemory()], scores);

        Assert.Equal([1.0, 3.0, 5.0], scores.Select(s => s.Score));
        Assert.Equal(2, scores[1].Windows);
    }

    [Theory]
    [InlineData("lower", ScoreActivation.None, -1.0)]
    [InlineData("2", ScoreActivation.None, 1.0)]
    [InlineData("upper", ScoreActivation.Sigmoid, 0.7311)]
    [InlineData("upper", ScoreActivation.Softmax, 0.4683)]
    public void A_label_selects_the_value(string label, ScoreActivation activation, double expected)
    {
        string path = _models.Write(TestModels.MeanOfIds(m => m.Metadata("databuild.labels", """["upper","lower","one"]""")));
        using OnnxTextScorer scorer = OnnxTextScorer.Load(path, new() { Label = label, Activation = activation }, TestModels.Characters);

        Assert.Equal(expected, scorer.Score("\u0010").Score);
    }

    [Fact]
    public void Label_values_give_the_expected_value()
    {
        string path = _models.Write(TestModels.MeanOfIds(m => m.Metadata("databuild.label_values", "[0,1,2]")));
        using OnnxTextScorer scorer = OnnxTextScorer.Load(path, new() { Activation = ScoreActivation.Softmax }, TestModels.Characters);

        double[] weights = [Math.Exp(1), Math.Exp(-1), Math.Exp(1)];
        Assert.Equal(Math.Round((weights[1] + (2 * weights[2])) / weights.Sum(), 4), scorer.Score("\u0010").Score);
    }

    [Fact]
    public void Several_values_without_a_label_are_an_error()
    {
        using OnnxTextScorer scorer = OnnxTextScorer.Load(_models.Write(TestModels.MeanOfIds()), new(), TestModels.Characters);

        StageException e = Assert.Throws<StageException>(() => scorer.Score("a"));

        Assert.Equal("DB4004", e.Code);
        Assert.Contains("3 values", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no model at all")]
    [InlineData("")]
    public void An_unreadable_model_is_named(string content)
    {
        string path = _models.Write(System.Text.Encoding.ASCII.GetBytes(content));

        StageException e = Assert.Throws<StageException>(() => OnnxTextScorer.Load(path, new()));

        Assert.Equal("DB4001", e.Code);
        Assert.Equal(path, e.File);
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_model_is_unreadable()
    {
        byte[] model = TestModels.MeanOfIds();

        StageException e = Assert.Throws<StageException>(() => OnnxTextScorer.Load(_models.Write(model[..(model.Length / 2)]), new(), TestModels.Characters));

        Assert.Equal("DB4001", e.Code);
    }

    [Fact]
    public void A_missing_model_and_a_folder_are_unreadable()
    {
        string folder = Path.GetDirectoryName(_models.Write([]))!;

        Assert.Equal("DB4001", Assert.Throws<StageException>(() => OnnxTextScorer.Load(Path.Combine(folder, "absent.onnx"), new())).Code);
        Assert.Contains("folder", Assert.Throws<StageException>(() => OnnxTextScorer.Load(folder, new())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("tensorrt")]
    [InlineData("CUDA")]
    public void A_provider_that_is_not_installed_says_what_to_install(string provider)
    {
        string path = _models.Write(TestModels.MeanOfIds());

        StageException e = Assert.Throws<StageException>(() => OnnxTextScorer.Load(path, First with { Provider = new(provider) }, TestModels.Characters));

        Assert.Equal("DB4002", e.Code);
        Assert.Contains("DataBuildAccelerator=cuda", e.Message, StringComparison.Ordinal);
        Assert.Contains("CPUExecutionProvider", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_provider_and_a_missing_library_are_errors()
    {
        string path = _models.Write(TestModels.MeanOfIds());

        Assert.Equal("DB4002", Assert.Throws<StageException>(() => OnnxTextScorer.Load(path, First with { Provider = new("gpu") }, TestModels.Characters)).Code);
        StageException library = Assert.Throws<StageException>(() => OnnxTextScorer.Load(path, First with { Provider = new("CudaEp", "/absent/libcuda.so") }, TestModels.Characters));
        Assert.Contains("/absent/libcuda.so", library.Message, StringComparison.Ordinal);
        StageException noLibrary = Assert.Throws<StageException>(() => OnnxTextScorer.Load(path, First with { Provider = new("CudaEp", path) }, TestModels.Characters));
        Assert.Equal(("DB4002", path), (noLibrary.Code, noLibrary.File));
    }

    [Fact]
    public void Auto_falls_back_to_the_CPU_with_a_warning()
    {
        List<StageNote> notes = [];
        using OnnxTextScorer scorer = OnnxTextScorer.Load(
            _models.Write(TestModels.MeanOfIds()), First with { Provider = new("auto") }, TestModels.Characters, notes.Add);

        Assert.Equal("CPUExecutionProvider", scorer.Provider);
        Assert.Equal(("DB4006", true), (notes.Single().Code, notes.Single().IsWarning));
    }

    [Fact]
    public void An_input_that_texts_do_not_give_is_named()
    {
        string path = _models.Write(TestModels.MeanOfIds(m => m.Input("pixel_values", Stages.Score.Onnx.OnnxElementType.Single, "n", "m")));

        StageException e = Assert.Throws<StageException>(() => OnnxTextScorer.Load(path, First, TestModels.Characters));

        Assert.Equal("DB4003", e.Code);
        Assert.Contains("pixel_values", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_is_not_there_lists_those_that_are()
    {
        string path = _models.Write(TestModels.MeanOfIds());

        StageException e = Assert.Throws<StageException>(() => OnnxTextScorer.Load(path, First with { Output = "scores" }, TestModels.Characters));

        Assert.Equal("DB4004", e.Code);
        Assert.Contains("logits", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_token_ids_needs_a_tokenizer() =>
        Assert.Equal("DB4005", Assert.Throws<StageException>(() => OnnxTextScorer.Load(_models.Write(TestModels.MeanOfIds()), First)).Code);

    [Fact]
    public void Cancelling_leaves_a_scorer_that_works()
    {
        using OnnxTextScorer scorer = OnnxTextScorer.Load(_models.Write(TestModels.MeanOfIds()), First, TestModels.Characters);
        using CancellationTokenSource source = new();
        source.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => scorer.Score([.. Enumerable.Repeat("abc".AsMemory(), 500)], new TextScore[500], source.Token));

        Assert.Equal('a' / 16.0, scorer.Score("a").Score, 6);
    }

    [Theory]
    [InlineData(1, 32)]
    [InlineData(32, 32)]
    [InlineData(33, 48)]
    [InlineData(49, 64)]
    [InlineData(65, 96)]
    [InlineData(97, 128)]
    [InlineData(513, 768)]
    [InlineData(100_000, 131_072)]
    public void Lengths_fall_into_few_buckets(int count, int length) => Assert.Equal(length, new LengthBuckets(8192, 64).LengthFor(count));

    [Fact]
    public void The_nodes_that_ran_on_a_provider_are_counted()
    {
        using OnnxTextScorer scorer = OnnxTextScorer.Load(_models.Write(TestModels.MeanOfIds()), new() { Label = "0", CountNodes = true }, TestModels.Characters);
        Assert.Matches("^CPUExecutionProvider \\([1-9][0-9]* nodes\\)$", scorer.Provider);
        Assert.Equal(0.0625, scorer.Score("\u0001").Score);
    }
}
