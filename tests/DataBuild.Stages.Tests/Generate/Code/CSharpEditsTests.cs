using DataBuild.Stages.Generate.Code;
using Microsoft.CodeAnalysis;

namespace DataBuild.Tests.Generate.Code;

/// <summary>Edits that Roslyn makes of C# programs.</summary>
public sealed class CSharpEditsTests
{
    private const string Program =
        """
        int n = int.Parse(Console.ReadLine()!);
        int s = 0;
        for (int i = 1; i <= n; i++)
        {
            s += i;
        }

        Console.WriteLine($"s = {s}");
        """;

    [Fact]
    public void NamesAreChangedWhereverTheyStandForTheSame()
    {
        CodeEdit edit = CSharpEdits.Rename(Program, new Dictionary<string, string> { ["n"] = "limit", ["s"] = "sum" });
        Assert.Equal(Program.Replace("int n", "int limit", StringComparison.Ordinal).Replace("<= n", "<= limit", StringComparison.Ordinal)
            .Replace("int s", "int sum", StringComparison.Ordinal).Replace("s +=", "sum +=", StringComparison.Ordinal).Replace("{s}", "{sum}", StringComparison.Ordinal), edit.Program);
    }

    [Theory]
    [InlineData("n", "s", "name_taken")]
    [InlineData("n", "Console", "name_taken")]
    [InlineData("n", "class", "not_a_name")]
    [InlineData("n", "2x", "not_a_name")]
    [InlineData("n", "n", "nothing_renamed")]
    [InlineData("Parse", "Read", "unknown_name")]
    [InlineData("q", "queue", "unknown_name")]
    public void ARenamingThatCannotBeIsRejected(string from, string to, string reason) =>
        Assert.Equal((null, reason), (CSharpEdits.Rename(Program, new Dictionary<string, string> { [from] = to }) is var e ? e.Program : "", e.Reason));

    [Fact]
    public void TwoNamesDoNotBecomeOne() => Assert.Equal("name_taken", CSharpEdits.Rename(Program, new Dictionary<string, string> { ["n"] = "x", ["s"] = "x" }).Reason);

    [Fact]
    public void MembersOfTheProgramAreRenamedAndThoseOfOthersStay()
    {
        const string source = "class A { int v; int Add(int v) => this.v + v; static void Main() { A a = new(); Console.WriteLine(a.Add(v: 1)); } }";
        Assert.Equal("class A { int value; int Sum(int value) => this.value + value; static void Main() { A a = new(); Console.WriteLine(a.Sum(value: 1)); } }", CSharpEdits.Rename(source, new Dictionary<string, string> { ["v"] = "value", ["Add"] = "Sum" }).Program);
    }

    [Fact]
    public void WhatFlowsInBecomesParametersAndWhatFlowsOutTheResult()
    {
        string program = CSharpEdits.Extract(Program, 2, 6, "SumUpTo").Program!;
        Assert.Equal(
            """
            int n = int.Parse(Console.ReadLine()!);
            int s = SumUpTo(n);

            Console.WriteLine($"s = {s}");

            static int SumUpTo(int n)
            {
                int s = 0;
                for (int i = 1; i <= n; i++)
                {
                    s += i;
                }
                return s;
            }

            """,
            program.ReplaceLineEndings());
        Assert.Empty(CSharpProgram.Compile([CSharpProgram.Parse(program)]).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }

    [Theory]
    [InlineData(1, 2, "more_than_one_result")]
    [InlineData(3, 4, "no_whole_statements")]
    [InlineData(0, 2, "no_such_lines")]
    [InlineData(5, 99, "no_such_lines")]
    [InlineData(7, 7, "no_whole_statements")]
    public void LinesThatCannotBeAMethodAreRejected(int from, int to, string reason) => Assert.Equal(reason, CSharpEdits.Extract(Program, from, to, "Part").Reason);

    [Theory]
    [InlineData("break;", "leaves_the_lines")]
    [InlineData("return;", "leaves_the_lines")]
    [InlineData("continue;", "leaves_the_lines")]
    [InlineData("int x = y;", "")]
    public void StatementsThatLeaveTheLinesStay(string statement, string reason)
    {
        string source = $"class A\n{{\n    static void Main()\n    {{\n        while (true)\n        {{\n            {statement}\n        }}\n    }}\n}}\n";
        CodeEdit edit = CSharpEdits.Extract(source, 7, 7, "Part");
        Assert.True(reason.Length == 0 ? edit.Reason is null or "does_not_compile" : edit.Reason == reason, edit.Reason);
    }

    [Fact]
    public void AMethodThatUsesItsObjectIsNoStaticOne()
    {
        const string source = "class A\n{\n    int _v = 2;\n\n    void Run()\n    {\n        int x = _v * 2;\n        Console.WriteLine(x);\n    }\n\n    static void Main() => new A().Run();\n}\n";
        string program = CSharpEdits.Extract(source, 7, 7, "Twice").Program!;
        Assert.Contains("        int x = Twice();\n", program, StringComparison.Ordinal);
        Assert.Contains("    private int Twice()\n    {\n        int x = _v * 2;\n        return x;\n    }\n", program, StringComparison.Ordinal);
        Assert.Empty(CSharpProgram.Compile([CSharpProgram.Parse(program)]).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void PlansStandAboveTheirMethods()
    {
        const string source = "class A\n{\n    static void Main()\n    {\n    }\n}\n";
        Assert.Equal("class A\n{\n    // One.\n    // Two.\n    static void Main()\n    {\n    }\n}\n", CSharpEdits.Comment(source, new Dictionary<string, string> { ["Main"] = "One.\nTwo." }).Program);
        Assert.Equal("no_plan", CSharpEdits.Comment(source, new Dictionary<string, string> { ["Main"] = "1\n2\n3\n4\n5" }).Reason);
        Assert.Equal("no_plan", CSharpEdits.Comment(source, new Dictionary<string, string>()).Reason);
        Assert.Equal("unknown_name", CSharpEdits.Comment(source, new Dictionary<string, string> { ["Other"] = "One." }).Reason);
    }
}
