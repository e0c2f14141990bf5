using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Tests;

[Collection(TestStages.Collection)]
public sealed class SampleTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public SampleTests()
    {
        for (int input = 0; input < 3; input++)
        {
            _dataset.AddInput($"{(char)('a' + input)}.jsonl", Enumerable.Range(input * 100, 100).Select(i => ($"id{i}", $"text number {i} of the set")));
        }

        _dataset.Stage("Words", ("MinWords", "1"));
        TestStages.Take();
    }

    public void Dispose() => _dataset.Dispose();

    [Fact]
    public void RateTakesThatShareAndOnlyThoseAreMeasured()
    {
        _dataset.Properties["DataBuildSampleRate"] = "0.25";
        BuildLog log = _dataset.Build();
        int kept = _dataset.KeptIds().Count;

        // 300 draws at 0.25: mean 75, deviation 7.5.
        Assert.InRange(kept, 45, 105);
        Assert.Equal($"Words {kept}", TestStages.Take());
        Assert.Equal(300 - kept, log.Stages["read"].Counts.Dropped["not_sampled"]);
        Assert.All(log.Stages.Values, s => Assert.True(s.Counts.AddsUp));
        Assert.Equal(0.25, log.Manifest.Sample!.Rate);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(299)]
    [InlineData(300)]
    [InlineData(5000)]
    public void MaxDocumentsTakesThatManyOfAllInputsTogether(int most)
    {
        _dataset.Properties["DataBuildMaxDocuments"] = $"{most}";
        _dataset.Build();
        Assert.Equal(Math.Min(most, 300), _dataset.KeptIds().Count);
    }

    [Fact]
    public void ASmallerSampleIsPartOfALargerOne()
    {
        _dataset.Properties["DataBuildMaxDocuments"] = "20";
        _dataset.Build();
        IReadOnlyList<string> small = _dataset.KeptIds();
        _dataset.Properties["DataBuildMaxDocuments"] = "60";
        _dataset.Build();
        Assert.Subset(_dataset.KeptIds().ToHashSet(), small.ToHashSet());
    }

    [Fact]
    public void NamesAndOrderOfInputsDoNotMatter()
    {
        _dataset.Properties["DataBuildMaxDocuments"] = "40";
        _dataset.Build();
        string[] before = [.. _dataset.KeptIds().Order(StringComparer.Ordinal)];
        string crawl = Path.Combine(_dataset.Folder, "crawl");
        File.Move(Path.Combine(crawl, "a.jsonl"), Path.Combine(crawl, "z.jsonl"));
        _dataset.Build(threads: 1, reversed: true);
        Assert.Equal(before, _dataset.KeptIds().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AnotherSeedIsAnotherSample()
    {
        _dataset.Properties["DataBuildMaxDocuments"] = "40";
        _dataset.Build();
        IReadOnlyList<string> first = _dataset.KeptIds();
        _dataset.Properties["DataBuildSeed"] = "1";
        _dataset.Build();
        Assert.NotEqual(first, _dataset.KeptIds());
    }

    [Fact]
    public void TheWholeDatasetIsStillInTheStoreAfterASample()
    {
        _dataset.Build();
        TestStages.Take();
        _dataset.Properties["DataBuildSampleRate"] = "0.5";
        _dataset.Build();
        Assert.NotEqual("", TestStages.Take());
        _dataset.Properties.Clear();
        _dataset.Build();
        Assert.Equal("", TestStages.Take());
        Assert.Equal(300, _dataset.KeptIds().Count);
    }

    [Theory]
    [InlineData("DataBuildSampleRate", "0")]
    [InlineData("DataBuildSampleRate", "1.5")]
    [InlineData("DataBuildSampleRate", "1,5")]
    [InlineData("DataBuildSampleRate", "NaN")]
    [InlineData("DataBuildMaxDocuments", "0")]
    [InlineData("DataBuildMaxDocuments", "many")]
    [InlineData("DataBuildSeed", "x")]
    public void AWrongValueIsNamed(string property, string value)
    {
        _dataset.Properties["DataBuildSampleRate"] = "0.5";
        _dataset.Properties[property] = value;
        PlanException exception = Assert.Throws<PlanException>(() => _dataset.Build());
        Assert.Equal("DB0007", exception.Code);
        Assert.Contains($"{property} is '{value}'", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("Test.csproj", exception.File, StringComparison.Ordinal);
    }
}
