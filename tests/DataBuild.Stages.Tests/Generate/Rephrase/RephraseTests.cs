using System.Text.Json;
using DataBuild.Stages.Generate.Rephrase;

namespace DataBuild.Tests.Generate.Rephrase;

/// <summary>Rephrasing with the four rewards of RePro as gates.</summary>
public sealed class RephraseTests : IDisposable
{
    private const string Original = "The quota system allows limiting disk space allocated to a user or group of users.";

    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-rephrase").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("<think>\nshort\n</think>\n\nHere is a paraphrased version: A text.", true, "A text.")]
    [InlineData("<think>\n\n</think>\n\nHere is a paraphrased version:\nA text.\n", true, "A text.")]
    [InlineData("<think>\nto\nlong\n</think>\n\nHere is a paraphrased version: A text.", false, "A text.")]
    [InlineData("<think>short</think>\n\nHere is a paraphrased version: A text.", false, "A text.")]
    [InlineData("Here is a paraphrased version: A text.", false, "A text.")]
    [InlineData("A text.", false, "")]
    [InlineData("", false, "")]
    public void TheTextStandsAfterTheMarker(string answer, bool hasFormat, string text) =>
        Assert.Equal((hasFormat, text), (RephraseAnswer.HasFormat(answer), RephraseAnswer.TextOf(answer)));

    [Fact]
    public void WithoutAMarkerThoughtsAreLeftOut() => Assert.Equal("A text.", RephraseAnswer.TextOf("<think>\na\nb</think>\nA text.", ""));

    [Theory]
    [InlineData("", 3, "")]
    [InlineData("abcdefg", 3, "abc|def|g")]
    [InlineData("abcdef", 3, "abc|def")]
    [InlineData("ab😀cd", 3, "ab|😀c|d")]
    public void DocumentsAreSliced(string text, int length, string slices) => Assert.Equal(slices, string.Join('|', RephraseAnswer.Slice(text, length)));

    [Fact]
    public void BertScorePairsEachTokenWithTheMostSimilar()
    {
        // Cosines: a-x 1, a-y 0, b-x 0.6, b-y 0.8, so precision (1 + 0.8) / 2, recall (1 + 0.8) / 2; c-x 0, c-y 1.
        float[] a = [2, 0], b = [0.6f, 0.8f], c = [0, 5], x = [1, 0], y = [0, 1];
        BertScore score = BertScore.Of([a, b], [x, y]);
        Assert.Equal((0.9, 0.9, 0.9), (Math.Round(score.Precision, 6), Math.Round(score.Recall, 6), Math.Round(score.F1, 6)));
        score = BertScore.Of([a], [x, y]);
        Assert.Equal((1, 0.5, 0.666667), (score.Precision, score.Recall, Math.Round(score.F1, 6)));
        Assert.Equal(1, BertScore.Of([a, c], [y, x]).F1);
        Assert.Equal(0, BertScore.Of([], [x]).F1);
    }

    [Theory]
    [InlineData("a b c d", "a b c d", 1, 0.0)]
    [InlineData("a b c d", "A, b. x D", 1, 0.25)]
    [InlineData("a b c d", "a c b d", 2, 1.0)]
    [InlineData("a b c d", "a b c x", 3, 0.5)]
    public void NewNGramsAreCounted(string original, string rewritten, int n, double expected) => Assert.Equal(expected, NGramNovelty.Of(original, rewritten, n));

    [Fact]
    public void FewerWordsThanAnNGramHaveNone() => Assert.Null(NGramNovelty.Of("a b", "a", 2));

    [Theory]
    [InlineData("1", true)]
    [InlineData("The answer is 0\n", false)]
    [InlineData("yes", null)]
    public void TheJudgesWordIsItsLastCharacter(string answer, bool? expected) => Assert.Equal(expected, RephraseStage.Judged(answer));

    [Fact]
    public void EachGateDropsWithItsReason()
    {
        RephraseStage stage = new() { Name = "rephrase" };
        RephraseFigures good = new("t", "id", "p", "m", 0, 0.65, true, 1.25, 1, 6, 0, 0, 0, 0, null);
        Assert.Null(stage.Decide(good).Reason);
        Assert.Equal("quality_not_gained", stage.Decide(good with { QualityGain = -0.0001 }).Reason);
        Assert.Equal("bert_score_too_low", stage.Decide(good with { BertScore = 0.6499 }).Reason);
        Assert.Equal("structure_changed", stage.Decide(good with { Structure = false }).Reason);
        Assert.Equal("too_long", stage.Decide(good with { LengthRatio = 1.250001 }).Reason);
        Assert.Null(stage.Decide(good with { QualityGain = null, Structure = null }).Reason);
        Assert.Null((stage with { AllowOtherStructure = true }).Decide(good with { Structure = false }).Reason);
        Assert.Equal("invalid_answer", stage.Decide(good with { Reason = "invalid_answer" }).Reason);
    }

    [Fact]
    public void DocumentsAreRephrasedJudgedAndSayWhereTheyComeFrom()
    {
        string judge = Path.Combine(_folder, "judge.md");
        File.WriteAllText(judge, "Judge.");
        using ScriptedServer server = new((_, body) =>
        {
            using JsonDocument json = JsonDocument.Parse(body);
            JsonElement messages = json.RootElement.GetProperty("messages");
            string text = messages[1].GetProperty("content").GetString()!;
            return messages[0].GetProperty("content").GetString() == "Judge."
                ? ScriptedReply.Answer(text.Contains("- ", StringComparison.Ordinal) ? "0" : "1")
                : ScriptedReply.Answer(text switch
                {
                    "none" => "I would rather not.",
                    "list" => "Here is a paraphrased version: - list",
                    "other" => "Here is a paraphrased version: Violins.",
                    "more" => "Here is a paraphrased version: more more",
                    _ => "<think>\nx\n</think>\n\nHere is a paraphrased version: The quota system allows limiting the disk space of a user or a group of users.",
                });
        });
        RephraseStage stage = new() { Name = "rephrase", Prompt = "Rephrase.", JudgePromptFile = InputFile.FromPath(judge), Endpoint = server.Address.ToString(), EndpointModel = "m", ValidAttempts = 2 };
        IReadOnlyList<StageResult> results = StageRun.On(
            stage,
            [Document.Create(Original, id: "d1"), Document.Create("none", id: "d2"), Document.Create("list", id: "d3"), Document.Create("other", id: "d4"), Document.Create("more", id: "d5")],
            new StageContext(_folder, _folder));
        Assert.Equal([null, "invalid_answer", "structure_changed", "bert_score_too_low", "too_long"], results.Select(r => r.Verdict.Reason));
        Assert.Equal("The quota system allows limiting the disk space of a user or a group of users.", results[0].Columns["text"]);
        Assert.Equal(("d1", "m", 16), (results[0].Columns[".source"], results[0].Columns[".model"], results[0].Columns[".prompt"]!.Length));

        // BERTScore, structure, length and format; without a model of quality there is no gain.
        Assert.Equal(("4", "1"), (results[0].Columns[".reward"], results[0].Columns[".format"]));
        Assert.Equal("none", results[1].Columns["text"]);
    }

    [Fact]
    public void LongDocumentsAreJoinedFromTheirSlices()
    {
        using ScriptedServer server = new((_, body) => ScriptedReply.Answer(
            "Here is a paraphrased version: " + JsonDocument.Parse(body).RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!.ToUpperInvariant()));
        RephraseStage stage = new() { Name = "rephrase", Prompt = "p", SliceLength = 4, Endpoint = server.Address.ToString(), EndpointModel = "m", MaxLengthRatio = 2 };
        Assert.Equal("ABCD EFGH I", Assert.Single(StageRun.On(stage, [Document.Create("abcdefghi", id: "d")], new StageContext(_folder, _folder))).Columns["text"]);
    }
}
