using CsCheck;
using DataBuild.Stages.Generate.Code;

namespace DataBuild.Tests.Generate.Code;

/// <summary>What is said of Python programs by their tokens.</summary>
public sealed class PythonProgramTests
{
    [Theory]
    [InlineData("a = 1\nprint(a)\n", "total = 1\nprint(total)\n", true)]
    [InlineData("a = 1\nprint(a)\n", "total = 1  # comment\n\n\nprint(total)\n", true)]
    [InlineData("a = b\n", "x = x\n", false)] // two names become one
    [InlineData("a = a\n", "x = y\n", false)] // one becomes two
    [InlineData("a = 1\n", "a = 2\n", false)]
    [InlineData("if a:\n    b\n", "if x:\n  y\n", false)] // other indentation
    [InlineData("print(f'{a} a')\n", "print(f'{total} a')\n", true)]
    [InlineData("print(f'{a} a')\n", "print(f'{total} b')\n", false)]
    [InlineData("s = 'a'\n", "t = 'b'\n", false)]
    [InlineData("s = '''a\n# no comment'''\n", "t = '''a\n# no comment'''\n", true)]
    [InlineData("x = (a,\n  b)\n", "x = (a, b)\n", true)]
    [InlineData("for a in b: pass\n", "while a in b: pass\n", false)]
    [InlineData("s = 'it\\'s' # x\n", "t = 'it\\'s'\n", true)]
    public void ARenamingIsAOneToOneChangeOfNames(string before, string after, bool expected) =>
        Assert.Equal(expected, PythonProgram.IsRenaming(PythonProgram.Tokens(before), PythonProgram.Tokens(after)));

    [Fact]
    public void EveryInjectiveChangeOfNamesIsARenaming() =>
        Gen.Select(Gen.Int[0, 25].Array[1, 12], Gen.Int[1, 25]).Sample((letters, shift) =>
        {
            string Program(Func<int, char> name) => string.Concat(letters.Select(l => $"{name(l)} = f({name((l + 1) % 26)}, \"text {'x'}\")\n"));
            return PythonProgram.IsRenaming(PythonProgram.Tokens(Program(l => (char)('A' + l))), PythonProgram.Tokens(Program(l => (char)('A' + ((l + shift) % 26)))));
        });

    [Theory]
    [InlineData("```python\nx = 1\n```", "x = 1\n")]
    [InlineData("Sure!\n```\nx = 1\ny = 2\n```\nDone.", "x = 1\ny = 2\n")]
    [InlineData("x = 1", "x = 1\n")]
    [InlineData("```python\nx = 1", "```python\nx = 1\n")]
    [InlineData("", "\n")]
    public void TheProgramStandsInTheBlock(string answer, string program) => Assert.Equal(program, PythonProgram.Of(answer));

    [Theory]
    [InlineData("Rename", "a = 1\n", "a = 1  # same\n", "nothing_renamed")]
    [InlineData("Rename", "a = 1\n", "b = 2\n", "not_a_renaming")]
    [InlineData("Modularize", "a = 1\n", "b = 1\n", "no_new_function")]
    [InlineData("Modularize", "a = 1\n", "def f():\n    return 1\na = f()\n", null)]
    [InlineData("Plan", "a = 1\n", "# One.\na = 1\n", null)]
    [InlineData("Plan", "a = 1\n", "a = 1\n", "no_plan")]
    [InlineData("Plan", "a = 1\n", "# 1\n# 2\n# 3\n# 4\n# 5\na = 1\n", "no_plan")]
    [InlineData("Plan", "a = 1\n", "# One.\na = 2\n", "code_changed")]
    [InlineData("Plan", "a = 1\n", "I am sorry.", "code_changed")]
    public void EachStepMayChangeWhatItIsFor(string step, string before, string after, string? reason) =>
        Assert.Equal(reason, PythonProgram.Check(Enum.Parse<CodeStep>(step), before, after).Reason);

    [Fact]
    public void NoTextMakesTheTokenizerFail() => Gen.String.Sample(text => PythonProgram.Tokens(text).Count >= 0);
}
