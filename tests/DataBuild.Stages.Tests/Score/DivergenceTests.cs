using System.Text.Json;
using DataBuild.Stages.Generate;
using DataBuild.Stages.Score.Onnx;
using DataBuild.Stages.Score.Paired;
using DataBuild.Tests.Generate;

namespace DataBuild.Stages.Tests.Score;

/// <summary>R2R's labels from the first differing token to the judge, over language models that are tables: what follows depends on the last token alone.</summary>
public sealed class DivergenceTests : IDisposable
{
    private const string Letters = "ABC. ";
    private const string Text = "AB. CB. AB.";

    private readonly TestModels _models = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-divergence-").FullName;

    public void Dispose()
    {
        _models.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Both_ways_are_continued_to_the_end_of_the_next_sentence()
    {
        StageResult result = Branches(new DivergenceBranchesStage(), Text)[0];
        Assert.Equal(
            [
                new DivergenceBranch(1, 0, "A<<C>>B. CB.", "A<<B>>. CB."),
                new DivergenceBranch(4, 4, "<<A>>B. CB.", "<<C>>B. AB."),
                new DivergenceBranch(9, 8, "A<<C>>B. CB.", "A<<B>>."),
            ],
            JsonSerializer.Deserialize<DivergenceBranch[]>(result.Columns[".branches"]!)!);
        Assert.Equal((Text, "3", "0"), (result.Columns[".text"], result.Columns[".count"], result.Columns[".beyond"]));
    }

    [Fact]
    public void Sentences_tokens_and_branches_have_their_limits()
    {
        DivergenceBranch[] Of(DivergenceBranchesStage stage) => JsonSerializer.Deserialize<DivergenceBranch[]>(Branches(stage, Text)[0].Columns[".branches"]!)!;
        Assert.Equal([("A<<C>>B.", "A<<B>>."), ("<<A>>B.", "<<C>>B."), ("A<<C>>B.", "A<<B>>.")], Of(new DivergenceBranchesStage { Sentences = 0 }).Select(b => (b.Small, b.Large)));
        Assert.Equal([("A<<C>>B.", "A<<B>>. C"), ("<<A>>B.", "<<C>>B."), ("A<<C>>B.", "A<<B>>.")], Of(new DivergenceBranchesStage { MaxNewTokens = 3 }).Select(b => (b.Small, b.Large)));
        StageResult one = Branches(new DivergenceBranchesStage { MaxBranches = 1 }, Text)[0];
        Assert.Equal(("1", "2"), (one.Columns[".count"], one.Columns[".beyond"]));
    }

    [Fact]
    public void Neighbours_and_windows_change_nothing()
    {
        string[] texts = [Text, "C", "", "AAAAAAAAAA. B", string.Concat(Enumerable.Repeat("AB. ", 30))];
        string?[] together = [.. Branches(new DivergenceBranchesStage(), texts).Select(r => r.Columns[".branches"])];
        Assert.Equal(together, texts.Select(t => Branches(new DivergenceBranchesStage(), t)[0].Columns[".branches"]));
        Assert.Equal(together, Branches(new DivergenceBranchesStage { MaxTokens = 4 }, texts).Select(r => r.Columns[".branches"]));
        Assert.Equal("[]", together[2]);
    }

    [Fact]
    public void A_way_that_ends_the_text_is_shown_as_it_is()
    {
        // Here the small model ends the text after A.
        StageResult result = Branches(new DivergenceBranchesStage(), "AB.", smallAfterA: Letters.Length)[0];
        Assert.Equal([new DivergenceBranch(1, 0, "A<<</s>>>", "A<<B>>.")], JsonSerializer.Deserialize<DivergenceBranch[]>(result.Columns[".branches"]!)!);
    }

    [Theory]
    [InlineData(".", true)]
    [InlineData("?\n", true)]
    [InlineData(").\n", true)]
    [InlineData("().", true)]
    [InlineData("。", true)]
    [InlineData("(.", false)]
    [InlineData(":\n", false)]
    [InlineData("\".", false)]
    [InlineData("....", true)]
    [InlineData(".....", false)]
    [InlineData(".a", false)]
    [InlineData("", false)]
    public void Sentences_end_with_certain_tokens(string token, bool expected) => Assert.Equal(expected, SentenceEndTokens.IsEnd(token));

    [Fact]
    public void White_space_before_a_word_belongs_to_the_sentence_before()
    {
        Assert.Equal("One.".Length, BranchSentences.StartOf("One."u8.ToArray(), " Two"u8.ToArray(), " three."u8.ToArray()));
        Assert.Equal("<<Two>> three. Four.", BranchSentences.Mark("One. "u8.ToArray(), "Two"u8.ToArray(), " three. Four. Five."u8.ToArray(), 5, 1));
    }

    [Theory]
    [InlineData("Output: 1\nThe method is another one.", 1)]
    [InlineData("**Answer (Output: 0)** as in example 1", 0)]
    [InlineData("0", 0)]
    [InlineData("I say 1.", 1)]
    [InlineData("Step 1: compare. Output 0", 0)]
    [InlineData("Output: 10", null)]
    [InlineData("2", null)]
    [InlineData("They differ.", null)]
    public void A_judge_is_understood_as_published(string answer, int? expected) => Assert.Equal(expected, JudgeDivergenceStage.Parse(answer));

    [Fact]
    public void A_judge_parts_the_neutral_from_the_divergent()
    {
        List<string> asked = [];
        using ScriptedServer server = new((_, body) =>
        {
            string question = JsonDocument.Parse(body).RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!;
            lock (asked)
            {
                asked.Add(question);
            }

            return ScriptedReply.Answer(question.Contains("<<A>>", StringComparison.Ordinal) ? "Output: 1" : question.Contains("Context:\n\n", StringComparison.Ordinal) ? "Output: 0" : "I cannot say.");
        });
        Document document = Document.Create(Text, "", "d", [.. Columns(Labels(Text, Small())[0]), .. BranchColumns(Branches(new DivergenceBranchesStage { Name = "branches" }, Text)[0])]);
        JudgeDivergenceStage stage = new() { Name = "judge", Endpoint = server.Address.ToString(), EndpointModel = "m", EndpointKeyVariable = "", ValidAttempts = 2 };
        StageResult result = Assert.Single(StageRun.On(stage, [document], new StageContext(_folder, _folder)));

        // The end of the text, where the small model would go on, is no place to part.
        Assert.Equal("0 0 0 0 1 0 0 0 0 -1 0 0", string.Join(' ', Numbers(result.Columns[".labels"]!)));
        Assert.Equal(("1", "1", "1"), (result.Columns[".neutral"], result.Columns[".divergent"], result.Columns[".undecided"]));
        Assert.Equal(Math.Round(1 / 12.0, 4).ToString(System.Globalization.CultureInfo.InvariantCulture), result.Columns[".share"]);
        Assert.Equal(4, asked.Count); // three branches, one of them twice
        Assert.Contains("Context:\nAB.\n\nFirst:\n<<A>>B. CB.\n\nSecond:\n<<C>>B. AB.", asked);
        Assert.Equal("divergent", (stage with { MaxShare = 0.05 }).Decide(new JudgeDivergenceFigures(default, 0, 1, 0, 0.1)).Reason);
    }

    private static string[] Numbers(string list) => list.Trim('[', ']').Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries);

    private static (string Name, Column Column)[] Columns(DivergenceFigures figures) =>
        [("divergence.tokens", One(figures.Tokens)), ("divergence.small", One(figures.Small)), ("divergence.labels", One(figures.Labels))];

    private static (string Name, Column Column)[] BranchColumns(StageResult branches) => [("branches.text", One(branches.Columns[".text"]!)), ("branches.labels", One(Numbers(branches.Columns[".labels"]!).Select(int.Parse).ToArray())), ("branches.branches", One(branches.Columns[".branches"]!))];

    private static Column One(ReadOnlyMemory<int> values)
    {
        ListColumnBuilder<int> list = new();
        list.Append(values.Span);
        return list.Build();
    }

    private static Column One(string text)
    {
        StringColumnBuilder builder = new();
        builder.Append(text);
        return builder.Build();
    }

    // After A: B, B: a full stop, C: B, a full stop: a space, a space: C, the beginning: A.
    private static int[] Large() => [1, 3, 1, 4, 2, 0];

    private static int[] Small(int afterA = 2) => [afterA, 3, 1, 4, 0, 0];

    private DivergenceFigures[] Labels(string text, int[] small)
    {
        DivergenceLabelStage stage = new() { Name = "divergence", Model = Table(small), LargeModel = Table(Large()), Tokenizer = Tokenizer(), Overlap = 1, MaxTokens = 1024 };
        stage.Initialize(new StageContext(_folder, _folder, threads: 1));
        DivergenceFigures[] figures = new DivergenceFigures[1];
        stage.Measure([Document.Create(text)], figures);
        return figures;
    }

    private IReadOnlyList<StageResult> Branches(DivergenceBranchesStage stage, params string[] texts) => Branches(stage, texts, 2);

    private IReadOnlyList<StageResult> Branches(DivergenceBranchesStage stage, string text, int smallAfterA) => Branches(stage, [text], smallAfterA);

    private IReadOnlyList<StageResult> Branches(DivergenceBranchesStage stage, string[] texts, int smallAfterA) => StageRun.On(
        stage with { Model = Table(Large()), Tokenizer = Tokenizer() },
        [.. texts.Select((t, i) => Document.Create(t, "", $"{i}", Columns(Labels(t, Small(smallAfterA))[0])))],
        new StageContext(_folder, _folder, threads: 1));

    private InputFile Table(int[] next)
    {
        float[] table = new float[next.Length * next.Length];
        for (int i = 0; i < next.Length; i++)
        {
            table[(i * next.Length) + next[i]] = 1;
        }

        return InputFile.FromPath(_models.Write(
            new OnnxModelBuilder("table")
                .Input("input_ids", OnnxElementType.Int64, "texts", "tokens")
                .Output("logits", OnnxElementType.Single, "texts", "tokens", $"{next.Length}")
                .Constant<float>("table", table, next.Length, next.Length)
                .Node("Gather", ["table", "input_ids"], "logits")
                .Build(),
            $"{Guid.NewGuid():N}.onnx"));
    }

    private InputFile Tokenizer() => InputFile.FromPath(_models.Write(
        """{ "added_tokens": [{"id": 5, "content": "</s>", "special": true, "normalized": false}], "model": {"type": "BPE", "vocab": {"A": 0, "B": 1, "C": 2, ".": 3, " ": 4, "</s>": 5}, "merges": []} }"""u8.ToArray(), "tokenizer.json"));
}
