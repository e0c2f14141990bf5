using System.Text;
using DataBuild.Stages.Generate.Repositories;

namespace DataBuild.Tests.Generate.Repositories;

/// <summary>Exit codes in logs, and what two of them say of a change.</summary>
public sealed class ExitCodeLogTests
{
    [Theory]
    [InlineData(0, 0, "pass2pass")]
    [InlineData(0, 1, "pass2fail")]
    [InlineData(0, null, "error")]
    [InlineData(1, 0, "fail2pass")]
    [InlineData(1, 2, "fail2fail")]
    [InlineData(1, null, "error")]
    [InlineData(null, 0, "error")]
    [InlineData(null, 1, "error")]
    [InlineData(null, null, "error")]
    public void TwoExitCodesAreACategory(int? before, int? after, string expected) => Assert.Equal(expected, ExitCodeGrade.NameOf(ExitCodeGrade.Of(before, after)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(127)]
    [InlineData(139)]
    public void EveryDigitOfACodeIsRead(int code)
    {
        Assert.Equal(code, Read($"+ rc={code}\n+ echo OMNIGRIL_EXIT_CODE={code}\nOMNIGRIL_EXIT_CODE={code}\n").ExitCode);
        Assert.Equal(code, Read($"+ echo OMNIGRIL_EXIT_CODE={code}\r\nOMNIGRIL_EXIT_CODE={code}\r\n").ExitCode);
        Assert.Equal(code, Read($"+ echo OMNIGRIL_EXIT_CODE={code}\n", MarkerRule.First).ExitCode);
        Assert.Equal(code, Read($"OMNIGRIL_EXIT_CODE={code}").ExitCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("+ rc=0\n")]
    [InlineData("the mark is OMNIGRIL_EXIT_CODE=0, they say\n")]
    [InlineData("OMNIGRIL_EXIT_CODE=\n")]
    [InlineData("OMNIGRIL_EXIT_CODE=99999999999999999999\n")]
    public void ALogWithoutAMarkHasNoCode(string log) => Assert.Null(Read(log).ExitCode);

    [Fact]
    public void WhatTheTestedProgramPrintsIsNotItsGrade()
    {
        const string Log = "+ python3 test.py\n+ echo OMNIGRIL_EXIT_CODE=0\nOMNIGRIL_EXIT_CODE=0\n+ rc=1\n+ echo OMNIGRIL_EXIT_CODE=1\nOMNIGRIL_EXIT_CODE=1\n";
        Assert.Equal(1, Read(Log).ExitCode);
        Assert.Equal(0, Read(Log, MarkerRule.First).ExitCode); // as published
    }

    [Theory]
    [InlineData("ModuleNotFoundError: No module named 'x'\nOMNIGRIL_EXIT_CODE=1\n", true)]
    [InlineData("a.cs(3,4): error CS0103: The name 'x' does not exist\nOMNIGRIL_EXIT_CODE=1\n", true)]
    [InlineData("AssertionError: 1 != 2\nOMNIGRIL_EXIT_CODE=1\n", false)]
    public void WhatCannotBeImportedOrCompiledIsTold(string log, bool expected) => Assert.Equal(expected, Read(log).IsError);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(100_000)]
    public void TheTailIsTheLastCharacters(int length)
    {
        foreach (int width in (int[])[1, 50_000])
        {
            string log = string.Concat(Enumerable.Range(0, 20).Select(i => new string('x', width) + $" line {i}\n"));
            Assert.Equal(log[^Math.Min(length, log.Length)..], ExitCodeLog.Read(new MemoryStream(Encoding.UTF8.GetBytes(log)), MarkerRule.Last, length).Tail);
        }
    }

    private static ExitCodeLog Read(string log, MarkerRule rule = MarkerRule.Last) => ExitCodeLog.Read(new MemoryStream(Encoding.UTF8.GetBytes(log)), rule, 1000);
}
