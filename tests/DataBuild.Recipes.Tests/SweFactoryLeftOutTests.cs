namespace DataBuild.Recipes.Tests;

/// <summary>Compiled in place of the example's tests where its programs have no sandbox.</summary>
public sealed class SweFactoryLeftOutTests
{
    [Fact(Skip = "the example of SWE-Factory was not built: there are no Linux user namespaces, no git or no python3, on this machine")]
    public void TheExampleIsVerified() => throw new InvalidOperationException("the example was not built");
}
