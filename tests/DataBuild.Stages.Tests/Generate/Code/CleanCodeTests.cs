using System.Text.Json;
using DataBuild.Stages.Generate.Code;
using DataBuild.Stages.Sandboxing;
using DataBuild.Tests.Sandboxing;

namespace DataBuild.Tests.Generate.Code;

/// <summary>Programs are cleaned step by step, and a step that breaks one is undone.</summary>
public sealed class CleanCodeTests : IDisposable
{
    private const string Program = "int a = int.Parse(Console.ReadLine()!);\nConsole.WriteLine(a * 2);\n";
    private static readonly string[] AllPassed = ["2\n"];

    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-code-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void AStepThatPassesTheTestsIsKept()
    {
        StageResult result = Run(_ => """{"a": "number"}""");
        Assert.Equal((null, "accepted"), (result.Verdict.Reason, result.Columns[".rename"]));
        Assert.Equal(Program.Replace("a *", "number *", StringComparison.Ordinal).Replace("int a", "int number", StringComparison.Ordinal), result.Columns["text"]);
    }

    [SkippableFact]
    public void AnAnswerThatIsRightAtTheFourthTryIsKept()
    {
        StageResult result = Run(n => n < 3 ? "I would call it differently." : """{"a": "number"}""");
        Assert.Equal("accepted", result.Columns[".rename"]);
    }

    [SkippableFact]
    public void ChatterIsNoStep()
    {
        StageResult result = Run(_ => "As a language model, I like this program.");
        Assert.Equal(("no_answer", Program), (result.Columns[".rename"], result.Columns["text"]));
    }

    [SkippableFact]
    public void AStepThatBreaksTheProgramIsUndone()
    {
        // Main gets another name: no entry point is left.
        StageResult result = Run(_ => """{"Main": "Start"}""", "class P { static void Main() { Console.WriteLine(int.Parse(Console.ReadLine()!) * 2); } }\n");
        Assert.Equal("does_not_compile", result.Columns[".rename"]);
        Assert.Contains("Main", result.Columns["text"], StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("Console.WriteLine(3);", "original_wrong_output")]
    [InlineData("Console.WriteLine(", "original_does_not_compile")]
    [InlineData("throw new Exception();", "original_exit_code")]
    [InlineData("while (true) { }", "original_time_limit")]
    [InlineData("while (true) { Console.WriteLine(new string('x', 100000)); }", "original_output_limit")]
    [InlineData("var all = new List<byte[]>(); while (true) { all.Add(new byte[1 << 20]); Array.Fill(all[^1], (byte)1); }", "original_exit_code")]
    [InlineData("using var c = new System.Net.Sockets.TcpClient(\"192.0.2.1\", 80); Console.WriteLine(2);", "original_exit_code")]
    [InlineData("File.WriteAllText(\"/work/x\", \"\"); Console.WriteLine(2);", "original_exit_code")]
    public void AProgramThatFailsItsOwnTestsIsDropped(string program, string reason) => Assert.Equal(reason, Run(_ => "{}", program).Verdict.Reason);

    [SkippableFact]
    public void AProgramWithoutTestsIsDropped()
    {
        SandboxTests.Here();
        Assert.Equal("no_tests", Run(_ => "{}", Program, id: "other").Verdict.Reason);
    }

    [SkippableFact]
    public void NothingRunsTwice()
    {
        Sandbox sandbox = SandboxTests.Here();
        GradeStore<ProgramGrade> store = new(Path.Combine(_folder, "grades"));
        CodeTests tests = new(CodeLanguage.CSharp, [("1\n", "2")], null, "t");
        ProgramGrade first = new ProgramGrader(sandbox, store, new SandboxLimits(), "python3", CancellationToken.None).Grade(Program, tests);
        string file = Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder, "grades"), "*.json", SearchOption.AllDirectories));
        File.WriteAllText(file, JsonSerializer.Serialize(first with { Passed = 77 }));
        Assert.Equal(77, new ProgramGrader(sandbox, store, new SandboxLimits(), "python3", CancellationToken.None).Grade(Program, tests).Passed);
        Assert.Equal(1, new ProgramGrader(sandbox, store, new SandboxLimits(CpuSeconds: 9), "python3", CancellationToken.None).Grade(Program, tests).Passed);
        File.WriteAllText(file, "{damaged");
        Assert.Equal(first, new ProgramGrader(sandbox, store, new SandboxLimits(), "python3", CancellationToken.None).Grade(Program, tests));
    }

    [SkippableFact]
    public void TestsInSourceAreCompiledWithTheProgram()
    {
        ProgramGrader grader = new(SandboxTests.Here(), new GradeStore<ProgramGrade>(_folder), new SandboxLimits(), "python3", CancellationToken.None);
        CodeTests tests = new(CodeLanguage.CSharp, [], "return Numbers.Twice(2) == 4 ? 0 : 1;", "s");
        Assert.Null(grader.Grade("static class Numbers { public static int Twice(int n) => n * 2; }", tests).Reason);
        Assert.Equal("exit_code", grader.Grade("static class Numbers { public static int Twice(int n) => n * 3; }", tests).Reason);
        Assert.Equal("does_not_compile", grader.Grade("static class Numbers { public static int Double(int n) => n * 2; }", tests).Reason);
    }

    [SkippableFact]
    public void PythonProgramsRunWithTheMachinesInterpreter()
    {
        SkipWithoutPython();
        ProgramGrader grader = new(SandboxTests.Here(), new GradeStore<ProgramGrade>(_folder), new SandboxLimits(CpuSeconds: 2), "python3", CancellationToken.None);
        CodeTests tests = new(CodeLanguage.Python, [("1 2", "3\n"), ("4 5", "9")], null, "p");
        Assert.Equal(new ProgramGrade(2, 2, null, null), grader.Grade("print(sum(map(int, input().split())))\n", tests));
        Assert.Equal((1, "wrong_output"), (grader.Grade("print(3)\n", tests) is var g ? g.Passed : 0, g.Reason));
        Assert.Equal("time_limit", grader.Grade("while True: pass\n", tests).Reason);
        Assert.Equal("exit_code", grader.Grade("import socket\nsocket.create_connection(('192.0.2.1', 80), 1)\n", tests).Reason);
        Assert.Null(grader.Grade("def twice(n):\n    return 2 * n\n", new CodeTests(CodeLanguage.Python, [], "from program import twice\nassert twice(2) == 4\n", "q")).Reason);
    }

    [Fact]
    public void AnInterpreterThatIsNotThereIsSaid() => Assert.Equal("DB4098", Assert.Throws<StageException>(() => PythonInterpreter.Find("no-such-python")).Code);

    [Theory]
    [InlineData("{\"id\": \"a\"}", "line 1")]
    [InlineData("{\"id\": \"a\", \"language\": \"cobol\", \"tests\": {}}", "cobol")]
    [InlineData("{\"id\": \"a\", \"language\": \"python\", \"tests\": {\"inputs\": [\"1\"], \"outputs\": []}}", "1 inputs and 0 outputs")]
    [InlineData("{\"id\": \"a\", \"language\": \"python\", \"tests\": {\"inputs\": [], \"outputs\": []}}", "at least one")]
    [InlineData("no json", "line 1")]
    public void TestsThatCannotBeReadAreSaid(string line, string expected)
    {
        string path = Path.Combine(_folder, "tests.jsonl");
        File.WriteAllText(path, line + "\n");
        StageException error = Assert.Throws<StageException>(() => CodeTests.Read(path));
        Assert.Equal(("DB4097", path), (error.Code, error.File));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 2\n3", "1  2 3\n", true)]
    [InlineData("", " \n", true)]
    [InlineData("12", "1 2", false)]
    [InlineData("a", "A", false)]
    public void OutputsAreComparedTokenByToken(string a, string b, bool expected) => Assert.Equal(expected, ProgramGrader.SameTokens(a, b));

    private static void SkipWithoutPython()
    {
        try
        {
            PythonInterpreter.Find("python3");
        }
        catch (StageException e)
        {
            Skip.If(true, e.Message);
        }
    }

    private StageResult Run(Func<int, string> answer, string program = Program, string id = "p")
    {
        SandboxTests.Here();
        string tests = Path.Combine(_folder, "tests.jsonl");
        string prompts = Path.Combine(_folder, "prompts.md");
        File.WriteAllText(tests, JsonSerializer.Serialize(new { id = "p", language = "csharp", tests = new { inputs = new[] { "1\n" }, outputs = AllPassed } }) + "\n");
        File.WriteAllText(prompts, "## CSharp Rename\nRename.\n");
        using ScriptedServer server = new((number, _) => ScriptedReply.Answer(answer(number)));
        CleanCodeStage stage = new()
        {
            Name = "code",
            Tests = InputFile.FromPath(tests),
            PromptFile = InputFile.FromPath(prompts),
            Endpoint = server.Address.ToString(),
            EndpointModel = "m",
            ValidAttempts = 5,
            Modularize = false,
            Plan = false,
            RunSeconds = 2,
            RunMemory = 256,
        };
        return Assert.Single(StageRun.On(stage, [Document.Create(program, id: id)], new StageContext(_folder, _folder)));
    }
}
