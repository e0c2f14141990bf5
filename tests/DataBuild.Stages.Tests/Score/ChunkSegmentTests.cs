using System.Text;
using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Onnx;
using DataBuild.Stages.Score.Segments;

namespace DataBuild.Stages.Tests.Score;

/// <summary>ChunkSegment over graphs whose answers are known, and long embeddings.</summary>
public sealed class ChunkSegmentTests : IDisposable
{
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void The_rule_on_synthetic_states()
    {
        // Equal states: no boundary. Opposite: one. Orthogonal: a tie, none. Zeros have no direction: a tie.
        float[] states = [1, 0, 1, 0, -1, 0, 0, 1, 0, 0, 3, 0];
        float[] probabilities = new float[6];
        BoundaryRule.FromStates(states, 2, probabilities);
        Assert.Equal([1f, 0f, 1f, 0.5f, 0.5f, 0.5f], probabilities);
        Assert.Equal([0, 2], BoundaryRule.Boundaries(probabilities));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(7)]
    public void Chunks_begin_where_the_graph_says(int window)
    {
        // A boundary at every space.
        ChunkFigures[] figures = Measure(Probabilities(b => b == ' ' ? 0.9f : 0.5f), window, "to be or not", "one", "");
        int[] expected = window == 64 ? [0, 2, 5, 8] : [0, 2, 5, 7, 8];
        Assert.Equal(expected, figures[0].Starts.ToArray());
        Assert.Equal([0], figures[1].Starts.ToArray());
        Assert.Equal((0, (double?)null), (figures[2].Count, figures[2].BytesPerChunk));
        Assert.Equal(Math.Round(12.0 / expected.Length, 4), figures[0].BytesPerChunk);
    }

    [Fact]
    public void Boundaries_within_a_character_move_to_its_beginning()
    {
        // A boundary at every byte that continues a character: at the beginning of each character of more than one byte.
        ChunkFigures figures = Measure(Probabilities(b => (b & 0xC0) == 0x80 ? 1f : 0f), 64, "aé𝄞b")[0];
        Assert.Equal([0, 1, 3], figures.Starts.ToArray());
    }

    [Fact]
    public void States_become_boundaries()
    {
        // Letters point one way, all else the other.
        float[] table = new float[256 * 2];
        for (int b = 0; b < 256; b++)
        {
            table[b * 2] = char.IsAsciiLetter((char)b) ? 1 : -1;
        }

        string model = _models.Write(new OnnxModelBuilder("states").Input("input_ids", OnnxElementType.Int64, "texts", "bytes").Output("states", OnnxElementType.Single, "texts", "bytes", "2")
            .Constant<float>("table", table, 256, 2).Node("Gather", ["table", "input_ids"], "states").Build(), "states.onnx");
        Assert.Equal([0, 2, 4], Measure(model, 64, "ab--cd")[0].Starts.ToArray());
    }

    [Fact]
    public void Long_texts_are_embedded_whole_or_in_windows_and_the_fraction_is_said()
    {
        // A table of vectors a token as an encoder without positions: whole and mean of windows must agree, as both weigh tokens.
        float[] table = [.. Enumerable.Range(0, 256).SelectMany(i => new[] { i / 256f, 1 - (i / 256f), 1f })];
        string model = _models.Write(new OnnxModelBuilder("vectors").Input("input_ids", OnnxElementType.Int64, "texts", "tokens").Output("last_hidden_state", OnnxElementType.Single, "texts", "tokens", "3")
            .Constant<float>("table", table, 256, 3).Node("Gather", ["table", "input_ids"], "last_hidden_state").Build(), "vectors.onnx");
        string vocabulary = string.Join(",", Enumerable.Range(0, 26).Select(i => $"\"{(char)('a' + i)}\":{i + 1}"));
        InputFile tokenizer = InputFile.FromPath(_models.Write(Encoding.UTF8.GetBytes($$"""{ "model": { "type": "BPE", "unk_token": "?", "vocab": { "?":0, {{vocabulary}} }, "merges": [] } }"""), "letters.json"));
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => (char)('a' + (i * i % 26))));

        EmbedFigures whole = Embed(32_768, WindowPolicy.Truncate);
        EmbedFigures windows = Embed(2_048, WindowPolicy.Mean);
        EmbedFigures start = Embed(2_048, WindowPolicy.Truncate);
        Assert.Equal((1.0, 1, 1.0, 10), (whole.Covered, whole.Windows, windows.Covered, windows.Windows));
        Assert.Equal(2048.0 / 20_000, start.Covered, 1e-3);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(whole.Vector.Span[i], windows.Vector.Span[i], 2e-4);
        }

        EmbedFigures Embed(int tokens, WindowPolicy policy)
        {
            EmbedStage stage = new() { Model = InputFile.FromPath(model), Tokenizer = tokenizer, MaxTokens = tokens, Window = policy };
            stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath(), threads: 1));
            EmbedFigures[] figures = new EmbedFigures[1];
            stage.Measure([Document.Create(text)], figures);
            return figures[0];
        }
    }

    private string Probabilities(Func<byte, float> of) => _models.Write(
        new OnnxModelBuilder("probabilities").Input("input_ids", OnnxElementType.Int64, "texts", "bytes").Output("boundary_prob", OnnxElementType.Single, "texts", "bytes")
            .Constant<float>("table", [.. Enumerable.Range(0, 256).Select(b => of((byte)b))], 256).Node("Gather", ["table", "input_ids"], "boundary_prob").Build(),
        $"{Guid.NewGuid():N}.onnx");

    private static ChunkFigures[] Measure(string model, int window, params string[] texts)
    {
        ChunkSegmentStage stage = new() { Model = InputFile.FromPath(model), MaxTokens = window };
        stage.Initialize(new StageContext(Path.GetTempPath(), Path.GetTempPath(), threads: 1));
        ChunkFigures[] figures = new ChunkFigures[texts.Length];
        stage.Measure([.. texts.Select(t => Document.Create(t))], figures);
        return figures;
    }
}
