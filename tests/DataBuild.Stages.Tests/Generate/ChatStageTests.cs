using System.Text.Json;
using DataBuild.Stages.Generate;

namespace DataBuild.Tests.Generate;

/// <summary>Stages that ask a language model, against a real HTTP server.</summary>
public sealed class ChatStageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-chat").FullName;
    private readonly List<StageNote> _notes = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_batch_is_asked_side_by_side_up_to_the_limit()
    {
        using ScriptedServer server = new((_, body) => ScriptedReply.Answer(Question(body).ToUpperInvariant()) with { UntilOpen = 3 });
        IReadOnlyList<StageResult> results = Run(Stage(server) with { EndpointConcurrency = 3 }, [.. Enumerable.Range(0, 12).Select(i => $"text {i}")]);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"TEXT {i}"), results.Select(r => r.Columns[".answer"]));
        Assert.Equal((12, 3), (server.Requests.Count, server.MostOpen));
        Assert.Contains("12 answers of 'm' (0 wrong) to 12 requests, 0 kept from before;", Assert.Single(_notes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_json_is_asked_for_again_and_in_the_end_drops_the_document()
    {
        int mended = 0;
        using ScriptedServer server = new((_, body) => Question(body) switch
        {
            "good" => ScriptedReply.Answer("Here it is:\n```json\n{\"topic\": \"sea\", \"quality\": 4}\n```"),
            "mends" => ScriptedReply.Answer(Interlocked.Increment(ref mended) < 3 ? "{\"topic\": \"sea\", \"quality\": " : "{\"quality\":1,\"topic\":\"land\"}"),
            "cut" => ScriptedReply.Answer("{\"topic\": \"se", finish: "length"),
            "shape" => ScriptedReply.Answer("{\"topic\": \"sea\", \"quality\": 9}"),
            _ => ScriptedReply.Answer("I cannot answer that."),
        });
        string schema = Path.Combine(_folder, "schema.json");
        File.WriteAllText(schema, """{"type":"object","required":["topic","quality"],"properties":{"topic":{"enum":["sea","land"]},"quality":{"type":"integer","minimum":0,"maximum":5}}}""");
        IReadOnlyList<StageResult> results = Run(
            Stage(server) with { Format = AnswerFormat.Json, Schema = InputFile.FromPath(schema), ScoreField = "quality", LabelField = "topic", MinScore = 2 },
            "good", "mends", "cut", "shape", "chat");
        Assert.Equal([null, "score_too_low", "answer_cut_off", "invalid_answer", "invalid_answer"], results.Select(r => r.Verdict.Reason));
        Assert.Equal("""{"topic":"sea","quality":4}""", results[0].Columns[".answer"]);
        Assert.Equal(("land", "1"), (results[1].Columns[".label"], results[1].Columns[".score"]));

        // One for the first, three for each of the others.
        Assert.Equal(13, server.Requests.Count);
        Assert.Contains("\"response_format\":{\"type\":\"json_schema\"", server.Requests.First().Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4", AnswerFormat.Number, null, "4", null)]
    [InlineData("four", AnswerFormat.Number, "invalid_answer", null, null)]
    [InlineData(" \"Sea\". ", AnswerFormat.Label, null, null, "sea")]
    [InlineData("ocean", AnswerFormat.Label, "invalid_answer", null, null)]
    [InlineData("  ", AnswerFormat.Text, "invalid_answer", null, null)]
    public void Answers_are_judged_by_their_format(string answer, AnswerFormat format, string? reason, string? score, string? label)
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer(answer));
        StageResult result = Assert.Single(Run(Stage(server) with { Format = format, Labels = ["sea", "land"] }, "text"));
        Assert.Equal((reason, score, label), (result.Verdict.Reason, result.Columns[".score"], result.Columns[".label"]));
    }

    [Fact]
    public void A_spent_budget_fails_and_the_next_build_asks_for_the_rest_only()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer("yes", usage: (90, 10)));
        GenerateStage stage = Stage(server) with { EndpointConcurrency = 1, TokenBudget = 450, InputPrice = 1000, OutputPrice = 2000 };
        string[] texts = [.. Enumerable.Range(0, 12).Select(i => $"text {i}")];
        StageException spent = Assert.Throws<StageException>(() => Run(stage, texts));
        Assert.Equal("DB4009", spent.Code);
        Assert.StartsWith("the budget for the language model 'm' is spent: 500 of 450 tokens, cost 0.55, 5 answers", spent.Message, StringComparison.Ordinal);
        Assert.Equal(5, server.Requests.Count);

        Assert.All(Run(stage with { TokenBudget = 0, CostBudget = 2 }, texts), r => Assert.Equal("yes", r.Columns[".answer"]));
        Assert.Equal(12, server.Requests.Count);
        Assert.EndsWith("7 answers of 'm' (0 wrong) to 7 requests, 5 kept from before; 700 tokens, cost 0.77 of 2", _notes[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cost_budget_is_held_too()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer("yes", usage: (90, 10)));
        GenerateStage stage = Stage(server) with { EndpointConcurrency = 1, CostBudget = 0.3, InputPrice = 1000, OutputPrice = 2000 };
        Assert.Equal("DB4009", Assert.Throws<StageException>(() => Run(stage, [.. Enumerable.Range(0, 9).Select(i => $"text {i}")])).Code);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public void A_server_that_goes_away_fails_the_stage_at_once_and_the_next_build_goes_on()
    {
        bool down = true;
        using ScriptedServer server = new((i, _) => down && i >= 4 ? new ScriptedReply("gone", 503) : ScriptedReply.Answer("yes"));
        GenerateStage stage = Stage(server) with { EndpointConcurrency = 1, EndpointAttempts = 1 };
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => $"text {i}")];
        Assert.Equal("DB4056", Assert.Throws<StageException>(() => Run(stage, texts)).Code);
        Assert.Equal(5, server.Requests.Count);

        down = false;
        Assert.All(Run(stage, texts), r => Assert.True(r.Verdict.IsKeep));
        Assert.Equal(5 + 36, server.Requests.Count);
        Assert.Equal(40, server.Requests.Select(r => Question(r.Body)).Distinct().Count());
    }

    [Fact]
    public void The_key_is_never_shown()
    {
        const string Key = "sk-very-secret-0123456789";
        string variable = "DATABUILD_TEST_" + Guid.NewGuid().ToString("N");
        Environment.SetEnvironmentVariable(variable, Key);
        using ScriptedServer server = new((_, _) => new ScriptedReply($"Incorrect API key provided: {Key}", 401));
        StageException refused = Assert.Throws<StageException>(() => Run(Stage(server) with { EndpointKeyVariable = variable }, "text"));
        Assert.Contains("HTTP 401: Incorrect API key provided: ***", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, refused.ToString(), StringComparison.Ordinal);
        Assert.Contains(Key, Assert.Single(server.Requests).Head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://user:hidden@localhost/v1", "m", "has a user name or password in Endpoint ('***@localhost/v1')")]
    [InlineData("localhost", "m", "(found 'localhost')")]
    [InlineData(null, "m", "(found '')")]
    [InlineData("http://localhost/v1", null, "EndpointModel, the model's name there (found '')")]
    public void What_is_missing_is_said(string? endpoint, string? model, string expected)
    {
        GenerateStage stage = new() { Name = "generate", Prompt = "p", Endpoint = endpoint, EndpointModel = model };
        StageException wrong = Assert.Throws<StageException>(() => Run(stage, "text"));
        Assert.Equal("DB4008", wrong.Code);
        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_texts_lose_their_middle()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer("yes"));
        Run(Stage(server) with { MaxTextLength = 7 }, "abc😀defghi");
        Assert.Equal("abc\n...\nfghi", Question(server.Requests.Single().Body));
    }

    [Fact]
    public void Sampling_reaches_the_server()
    {
        using ScriptedServer server = new((_, _) => ScriptedReply.Answer("yes"));
        Run(Stage(server) with { Temperature = 0.7, TopP = 0.8, TopK = 20, MinP = 0, Seed = 5, MaxOutputTokens = 256 }, "text");
        Assert.EndsWith("\"temperature\":0.7,\"top_p\":0.8,\"max_tokens\":256,\"seed\":5,\"top_k\":20,\"min_p\":0}", server.Requests.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_answers_in_place_of_a_server()
    {
        string script = Path.Combine(_folder, "answers.jsonl");
        File.WriteAllLines(script,
        [
            """{"when": ["sea", "ship"], "answer": "both", "fail": [429, 503]}""",
            "",
            """{"when": "sea", "prompt": "what", "answer": "sea"}""",
            """{"when": "long", "answer": "cut", "finish": "length"}""",
        ]);
        GenerateStage stage = new() { Name = "generate", Prompt = "say what", Script = InputFile.FromPath(script) };
        Assert.Equal(["both", "sea", null], Run(stage, "a ship at sea", "the sea", "too long").Select(r => r.Columns[".answer"]));
        Assert.Contains("5 answers of '" + script, Assert.Single(_notes).Message, StringComparison.Ordinal);
        StageException none = Assert.Throws<StageException>(() => Run(stage, "land"));
        Assert.Contains("no line fits the question that begins 'land'", none.Message, StringComparison.Ordinal);

        File.WriteAllText(script, """{"when": "a", "answr": "b"}""");
        Assert.Equal(
            "the script of answers cannot be read: line 1: found 'answr', known are when, prompt, answer, fail, finish; expected JSON lines such as {\"when\": \"text\", \"answer\": \"text\"}",
            Assert.Throws<StageException>(() => Run(stage, "a")).Message);
    }

    [Theory]
    [InlineData("""{"type":"array","items":{"type":"string","maxLength":2},"minItems":1}""", """["ab","abc"]""", "$[1]: found 3, expected maxLength 2")]
    [InlineData("""{"type":"array","items":{"type":"string"},"minItems":1}""", "[]", "$: found 0, expected minItems 1")]
    [InlineData("""{"type":"object","required":["a"]}""", "{}", "$: found no 'a'")]
    [InlineData("""{"properties":{"a":{"type":["integer","null"]}},"additionalProperties":false}""", """{"a":1.5}""", "$.a: found Number, expected [\"integer\",\"null\"]")]
    [InlineData("""{"properties":{"a":{"type":["integer","null"]}},"additionalProperties":false}""", """{"a":null,"b":1}""", "$: found 'b', which the schema does not name")]
    [InlineData("""{"properties":{"a":{"properties":{"b":{"minimum":0}}}}}""", """{"a":{"b":-1}}""", "$.a.b: found -1, expected minimum 0")]
    [InlineData("""{"enum":[1,"x",{"k":[1]}]}""", """{"k":[1]}""", null)]
    [InlineData("""{"type":"boolean"}""", "true", null)]
    public void Schemas_say_what_is_wrong_and_where(string schema, string value, string? expected) =>
        Assert.Equal(expected, JsonShape.Parse(schema).Check(JsonElement.Parse(value)));

    [Theory]
    [InlineData("""{"properties":{"a":{"pattern":"x"}}}""", "$.a: the keyword 'pattern' is not understood")]
    [InlineData("[]", "$: found Array, expected a schema object")]
    [InlineData("{", "Expected depth to be zero")]
    public void Schemas_that_are_not_understood_are_refused(string schema, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => JsonShape.Parse(schema)).Message, StringComparison.Ordinal);

    private static string Question(string body) => JsonDocument.Parse(body).RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!;

    private static GenerateStage Stage(ScriptedServer server) => new() { Name = "generate", Prompt = "p", Endpoint = server.Address.ToString(), EndpointModel = "m", EndpointKeyVariable = "" };

    private IReadOnlyList<StageResult> Run(GenerateStage stage, params string[] texts) => StageRun.On(
        stage, [.. texts.Select((t, i) => Document.Create(t, id: $"{i}"))], new StageContext(_folder, _folder, report: _notes.Add));
}
