using DataBuild.Testing;

namespace DataBuild.Recipes.Tests;

/// <summary>The example of Binary BPE: its inputs lie beside it, so the tokenizers are the same on every machine, to the byte.</summary>
public sealed class BinaryBpeTests() : DatasetTests("BinaryBpe")
{
    [Fact]
    public void EveryProgramIsReadAndKept() => Assert.Equal(3, Dataset.Manifest.Inputs.Sum(i => i.Documents));
}
