namespace DataBuild.Tasks.Tests;

public sealed class StageLocationsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Stages_of_one_name_are_told_apart_by_their_order()
    {
        File.WriteAllText(_file, "<Project>\n  <ItemGroup>\n    <Stage Include=\"Extract\" />\n    <!-- <Stage Include=\"Extract\" /> -->\n    <Stage\n        Include=\"Language;Extract\" />\n  </ItemGroup>\n</Project>\n");
        PlannedStage[] located = new StageLocations().Locate([Stage("Extract"), Stage("Language"), Stage("Extract")]);
        Assert.Equal([3, 5, 5], located.Select(s => s.Line));
    }

    [Fact]
    public void A_hidden_element_makes_the_place_unknown_rather_than_wrong()
    {
        File.WriteAllText(_file, "<Project>\n  <ItemGroup>\n    <Stage Include=\"Score\" Condition=\"false\" />\n    <Stage Include=\"Score\" />\n  </ItemGroup>\n</Project>\n");
        Assert.Null(Assert.Single(new StageLocations().Locate([Stage("Score")])).Line);
    }

    private PlannedStage Stage(string name) => new(name, [], _file, null);
}
