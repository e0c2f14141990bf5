using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of code cleaning: what became of each step of each program.</summary>
public sealed class CodeCleaningTests() : DatasetTests("CodeCleaning")
{
    [Fact]
    public void EachStepHasItsVerdict() => Assert.Equal(
        [
            "cs-even-sum accepted accepted accepted",
            "cs-frequent name_taken accepted accepted",
            "py-primes accepted accepted accepted",
            "py-reverse not_a_renaming wrong_output code_changed",
            "py-squares accepted exit_code accepted",
        ],
        Dataset.Rows(["id", "code_rename", "code_modularize", "code_plan"]).Select(r => string.Join(' ', r.Values)).Order(StringComparer.Ordinal));

    [Fact]
    public void AProgramThatFailsItsOwnTestsIsDropped()
    {
        var code = Dataset.Manifest.Stages.Single(s => s.Name == "code").Counts;
        Assert.Equal((6, 5), (code.In, code.Kept));
    }
}
