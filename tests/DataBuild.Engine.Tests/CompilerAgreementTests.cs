extern alias generators;

using DataBuild.Engine.Planning;
using generators::DataBuild.Generators.Plan;

namespace DataBuild.Engine.Tests;

public sealed class CompilerAgreementTests
{
    [Fact]
    public void The_compiler_knows_the_columns_of_reading_as_the_worker_does() => Assert.Equal(
        PlanResolver.ReadColumns.Append(new ColumnSchema("text", ColumnType.String)).Select(c => (c.Name, c.Type.ToString())).Order(),
        new PlanColumns().All.Select(c => (c.Key, c.Value)).Order());
}
