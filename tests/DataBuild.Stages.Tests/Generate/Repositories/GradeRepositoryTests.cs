using System.Diagnostics;
using System.Text.Json;
using DataBuild.Stages.Generate.Repositories;
using DataBuild.Tests.Sandboxing;

namespace DataBuild.Tests.Generate.Repositories;

/// <summary>A repository of two files, whose tests are a shell script, is brought to run round by round and graded.</summary>
public sealed class GradeRepositoryTests : IDisposable
{
    private const string Patch = "--- a/value\n+++ b/value\n@@ -1 +1 @@\n-1\n+2\n";
    private const string TestPatch = "--- a/test.sh\n+++ b/test.sh\n@@ -1 +1 @@\n-test \"$(cat value)\" = 1\n+test \"$(cat value)\" = 2\n";
    private const string Finished = "{\"is_finish\": true}";

    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-repositories-").FullName;
    private readonly string _bundle;
    private readonly string _commit;

    public GradeRepositoryTests()
    {
        string repository = Path.Combine(_folder, "repository");
        Directory.CreateDirectory(repository);
        File.WriteAllText(Path.Combine(repository, "value"), "1\n");
        File.WriteAllText(Path.Combine(repository, "test.sh"), "test \"$(cat value)\" = 1\n");
        Git(repository, "init", "-q", ".");
        Git(repository, "add", ".");
        Git(repository, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "start");
        _commit = Git(repository, "rev-parse", "HEAD").Trim();
        _bundle = Path.Combine(_folder, "a__b.bundle");
        Git(repository, "bundle", "create", "-q", _bundle, "--all");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void TestsThatFailBeforeAndPassAfterAreATask()
    {
        StageResult result = Run(Instance(), Answers(), out int requests);
        Assert.Equal((null, "fail2pass", "1", "0", "1"), (result.Verdict.Reason, result.Columns[".category"], result.Columns[".before"], result.Columns[".after"], result.Columns[".rounds"]));
        Assert.Equal("echo set up > made\n", result.Columns[".setup"]);
        Assert.Equal(4, requests);
    }

    [SkippableTheory]
    [InlineData("", TestPatch, "fail2fail")]
    [InlineData(Patch, "", "pass2fail")]
    [InlineData("", "", "pass2pass")]
    public void OtherCategoriesAreDropped(string patch, string testPatch, string expected) => Assert.Equal(expected, Run(Instance(patch, testPatch), Answers(), out _).Verdict.Reason);

    [SkippableFact]
    public void AdviceLeadsToAnotherRound()
    {
        StageResult result = Run(
            Instance(),
            question => question.Contains("the prompt of analysis", StringComparison.Ordinal)
                ? question.Contains("no such program", StringComparison.Ordinal) ? "{\"is_finish\": false, \"evaluation\": \"run the script\"}" : Finished
                : question.Contains("the prompt of evaluation", StringComparison.Ordinal) && !question.Contains("run the script", StringComparison.Ordinal) ? "no such program"
                : Answers()(question),
            out int requests);
        Assert.Equal(("fail2pass", "2"), (result.Columns[".category"], result.Columns[".rounds"]));
        Assert.Equal(6, requests); // files, environment, commands, log; commands and log again: nobody asked for another environment
    }

    [SkippableFact]
    public void RoundsEnd()
    {
        StageResult result = Run(Instance(), q => q.Contains("the prompt of analysis", StringComparison.Ordinal) ? "{\"is_finish\": false}" : Answers()(q), out _);
        Assert.Equal(("no_environment", "3"), (result.Verdict.Reason, result.Columns[".rounds"]));
    }

    [SkippableFact]
    public void ARunWithoutAnExitCodeIsNotFinished()
    {
        // The test's patch does not fit, so that the tests never run.
        StageResult result = Run(Instance(Patch, "--- a/other\n+++ b/other\n@@ -1 +1 @@\n-1\n+2\n"), Answers(), out _);
        Assert.Equal("no_environment", result.Verdict.Reason);
    }

    [SkippableFact]
    public void AnEnvironmentThatCannotBeMadeIsToldToTheModel()
    {
        bool isTold = false;
        Run(
            Instance(),
            question =>
            {
                isTold |= question.Contains("the prompt of analysis", StringComparison.Ordinal) && question.Contains("setup_failed", StringComparison.Ordinal) && question.Contains("that went wrong", StringComparison.Ordinal);
                return question.Contains("the prompt of environment", StringComparison.Ordinal) ? "echo that went wrong; exit 3" : Answers()(question);
            },
            out _);
        Assert.True(isTold);
    }

    [SkippableTheory]
    [InlineData("--- a/value\n+++ b/value\n@@ -1 +1 @@\n-7\n+2\n", null, "patch_does_not_apply")]
    [InlineData(Patch, "0123456789abcdef0123456789abcdef01234567", "no_commit")]
    public void WhatDoesNotFitTheRepositoryIsDropped(string patch, string? commit, string expected) =>
        Assert.Equal(expected, Run(Instance(patch, TestPatch, commit), Answers(), out _).Verdict.Reason);

    [SkippableFact]
    public void ARepositoryThatIsNoBundleIsDropped() => Assert.Equal("no_repository", Run(Instance(repository: "a/other"), Answers(), out _).Verdict.Reason);

    [SkippableFact]
    public void ADocumentWithoutAnInstanceIsDropped() => Assert.Equal("no_instance", Run(Instance(id: "other"), Answers(), out _).Verdict.Reason);

    [SkippableFact]
    public void NothingIsAskedOrRunTwice()
    {
        Run(Instance(), Answers(), out _);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(_folder, "obj"), "*.json", SearchOption.AllDirectories))
        {
            RepositoryRun run = JsonSerializer.Deserialize<RepositoryRun>(File.ReadAllBytes(file))!;
            File.WriteAllText(file, JsonSerializer.Serialize(run with { Before = run.Before is null ? null : 77 }));
        }

        StageResult again = Run(Instance(), _ => throw new InvalidOperationException("asked again"), out int requests);
        Assert.Equal((0, "77"), (requests, again.Columns[".before"]));
    }

    [SkippableFact]
    public void ABuildThatWasKilledBetweenTheTwoRunsGoesOn()
    {
        Run(Instance(), Answers(), out _);
        string both = Directory.EnumerateFiles(Path.Combine(_folder, "obj"), "*.json", SearchOption.AllDirectories).Single(f => JsonSerializer.Deserialize<RepositoryRun>(File.ReadAllBytes(f))!.Before is not null);
        File.Delete(both);
        StageResult again = Run(Instance(), _ => throw new InvalidOperationException("asked again"), out int requests);
        Assert.Equal((0, "fail2pass"), (requests, again.Columns[".category"]));
        Assert.True(File.Exists(both));
    }

    [SkippableFact]
    public void AnEnvironmentOfThePoolIsTriedBeforeTheModelIsAsked()
    {
        StageResult result = Run(Instance(), _ => throw new InvalidOperationException("asked"), out int requests, "{\"repo\": \"a/b\", \"version\": \"1.0\", \"setup\": \"true\\n\", \"evaluation\": \"sh test.sh\\n\"}\n");
        Assert.Equal((0, "fail2pass", "0"), (requests, result.Columns[".category"], result.Columns[".rounds"]));
    }

    [SkippableFact]
    public void AnEnvironmentOfALowerVersionIsAnExample()
    {
        int shown = 0;
        StageResult result = Run(
            Instance(),
            question =>
            {
                shown += question.Contains("worked for version 0.9", StringComparison.Ordinal) && question.Contains("echo older", StringComparison.Ordinal) ? 1 : 0;
                return Answers()(question);
            },
            out _,
            "{\"repo\": \"a/b\", \"version\": \"0.9\", \"setup\": \"echo older\\n\", \"evaluation\": \"echo older\\n\"}\n");
        Assert.Equal(("fail2pass", 2), (result.Columns[".category"], shown));
    }

    [SkippableFact]
    public void EachRunHasWhatTheSetupMadeAndNothingOfTheOtherRun()
    {
        StageResult result = Run(
            Instance(), q => q.Contains("the prompt of evaluation", StringComparison.Ordinal) ? "cat made && test ! -e left && echo x > left && sh test.sh" : Answers()(q), out _);
        Assert.Equal(("fail2pass", "1"), (result.Columns[".category"], result.Columns[".before"]));
    }

    [SkippableFact]
    public void ALinkInTheLogsPlaceIsNotRead()
    {
        StageResult result = Run(Instance(), q => q.Contains("the prompt of evaluation", StringComparison.Ordinal) ? "ln -sf /etc/passwd ../after.log; sh test.sh" : Answers()(q), out _);
        Assert.Equal("no_environment", result.Verdict.Reason);
    }

    // Answers of a model that does its work in one round.
    private static Func<string, string> Answers() => question =>
        question.Contains("the prompt of context", StringComparison.Ordinal) ? "{\"files\": [\"test.sh\", \"no-such-file\"]}"
        : question.Contains("the prompt of environment", StringComparison.Ordinal) ? "Here:\n```bash\necho set up > made\n```\n"
        : question.Contains("the prompt of evaluation", StringComparison.Ordinal) ? "```bash\nsh test.sh\n```"
        : Finished;

    private object Instance(string patch = Patch, string testPatch = TestPatch, string? commit = null, string repository = "a/b", string id = "p") =>
        new { id, repo = repository, base_commit = commit ?? _commit, version = "1.0", patch, test_patch = testPatch };

    private StageResult Run(object instance, Func<string, string> answer, out int requests, string? pool = null)
    {
        SandboxTests.Here();
        string instances = Write("instances.jsonl", JsonSerializer.Serialize(instance) + "\n");
        string prompts = Write("prompts.md", string.Concat(((string[])["Context", "Environment", "Evaluation", "Analysis"]).Select(s => $"## {s}\nthe prompt of {s.ToLowerInvariant()}\n\n")));
        Exception? thrown = null;
        using ScriptedServer server = new((_, body) =>
        {
            try
            {
                return ScriptedReply.Answer(answer(JsonDocument.Parse(body).RootElement.GetProperty("messages").EnumerateArray().Aggregate("", (all, m) => all + m.GetProperty("content").GetString() + "\n")));
            }
            catch (InvalidOperationException e)
            {
                thrown = e;
                return ScriptedReply.Answer("");
            }
        });
        GradeRepositoryStage stage = new()
        {
            Name = "grade",
            Instances = InputFile.FromPath(instances),
            Repositories = [InputFile.FromPath(_bundle)],
            PromptFile = InputFile.FromPath(prompts),
            Pool = pool is null ? null : InputFile.FromPath(Write("pool.jsonl", pool)),
            Endpoint = server.Address.ToString(),
            EndpointModel = "m",
            MaxRounds = 3,
            RunSeconds = 60,
        };
        StageResult result = Assert.Single(StageRun.On(stage, [Document.Create("the issue", id: "p")], new StageContext(_folder, _folder)));
        requests = server.Requests.Count;
        return thrown is null ? result : throw thrown;
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Git(string folder, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("git", ["-C", folder, .. arguments]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with {process.ExitCode}");
    }
}
