using System.Globalization;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Tests;

/// <summary>A text that a model has scored is not scored again, wherever it stands and whatever happened to the store in between.</summary>
[Collection(TestStages.Collection)]
public sealed class ScoredOnceTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public ScoredOnceTests()
    {
        _dataset.AddInput("a.jsonl", ("a1", "one two three four"), ("a2", "a text that both inputs hold"));
        _dataset.AddInput("b.jsonl", ("b1", "five six seven"), ("b2", "a text that both inputs hold"));
        _dataset.Stage("Model");
        TestStages.Take();
    }

    public void Dispose() => _dataset.Dispose();

    [Fact]
    public void Of_equal_texts_in_one_build_one_is_scored()
    {
        _dataset.AddInput("c.jsonl", ("c1", "five six seven"), ("c2", "five six seven"));
        _dataset.Build();
        Assert.Equal("Model 3", TestStages.Take());
        Assert.Equal(["a1", "a2", "b1", "b2", "c1", "c2"], _dataset.KeptIds());
    }

    [Fact]
    public void A_text_that_moved_to_another_shard_is_not_scored_again()
    {
        _dataset.Build();
        TestStages.Take();
        File.Delete(Path.Combine(_dataset.Folder, "crawl", "b.jsonl"));
        _dataset.AddInput("c.jsonl", ("c1", "five six seven"), ("c2", "a text of its own"));
        _dataset.Build();
        Assert.Equal("Model 1", TestStages.Take());
        EqualsBuildFromNothing();
    }

    [Fact]
    public void A_text_that_was_away_for_some_builds_is_not_scored_again()
    {
        _dataset.Build();
        for (int build = 0; build < 3; build++)
        {
            _dataset.AddInput("b.jsonl", ($"x{build}", $"another text {build}"));
            _dataset.Build();
        }

        TestStages.Take();
        _dataset.AddInput("z.jsonl", ("z1", "five six seven"), ("z2", "another text 0"));
        _dataset.Build();
        Assert.Equal("", TestStages.Take());
        EqualsBuildFromNothing();
    }

    [Fact]
    public void The_name_of_the_stage_and_the_other_stages_do_not_matter()
    {
        _dataset.Build();
        TestStages.Take();
        _dataset.Stages[0] = new() { Name = "Model", Metadata = new Dictionary<string, string> { ["Name"] = "quality", ["MinScore"] = "0.15" } };
        _dataset.Stages.Insert(0, new() { Name = "Words", Metadata = new Dictionary<string, string> { ["MinWords"] = "1" } });
        _dataset.Build();
        Assert.Equal("Words 4", TestStages.Take());
        EqualsBuildFromNothing();
    }

    [Fact]
    public void Another_dataset_with_the_same_store_does_not_score_it_again()
    {
        _dataset.Build();
        TestStages.Take();
        using TestDataset other = new();
        other.Stage("Model");
        other.AddInput("other.jsonl", ("o1", "five six seven"), ("o2", "nobody knows this text"));
        Assert.False(Directory.Exists(other.StoreFolder));
        Directory.CreateSymbolicLink(other.StoreFolder, _dataset.StoreFolder);
        other.Build();
        Assert.Equal("Model 1", TestStages.Take());
        Directory.Delete(other.StoreFolder);
    }

    [Fact]
    public void Lists_of_figures_are_found_as_well()
    {
        _dataset.Stages[0] = new() { Name = "Costly" };
        _dataset.Build(threads: 1);
        TestStages.Take();
        _dataset.AddInput("a.jsonl", ("a1", "five six seven"));
        _dataset.AddInput("c.jsonl", ("c1", "one two three four"));
        _dataset.Build();
        Assert.Equal("", TestStages.Take());
        EqualsBuildFromNothing();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Random_moves_score_every_text_once(int threads)
    {
        Random random = new(threads);
        HashSet<string> seen = [];
        for (int build = 0; build < 4; build++)
        {
            for (int input = 0; input < 5; input++)
            {
                _dataset.AddInput($"{input}.jsonl", Enumerable.Range(0, 150).Select(i => ($"{build}-{input}-{i}", $"text {random.Next(700)}")));
            }

            int before = seen.Count;
            seen.UnionWith(Directory.EnumerateFiles(Path.Combine(_dataset.Folder, "crawl")).SelectMany(File.ReadLines)
                .Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("text").GetString()!));
            _dataset.Build(threads);
            Assert.Equal(seen.Count == before ? "" : string.Create(CultureInfo.InvariantCulture, $"Model {seen.Count - before}"), TestStages.Take());
        }

        EqualsBuildFromNothing();
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("flipped")]
    [InlineData("removed")]
    public void Damage_costs_time_and_nothing_else(string damage)
    {
        _dataset.Build();
        _dataset.AddInput("b.jsonl", ("x", "another text"));
        _dataset.AddInput("c.jsonl", ("y", "five six seven"));
        string[] files = [.. Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "cas"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        Assert.True(files.Length > 6);
        string expected = OutputOfBuildFromNothing();
        foreach (string file in files)
        {
            byte[] bytes = File.ReadAllBytes(file);
            switch (damage)
            {
                case "cut":
                    File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
                    break;
                case "flipped":
                    File.WriteAllBytes(file, [.. bytes.Select((b, i) => i == bytes.Length / 2 ? (byte)(b ^ 1) : b)]);
                    break;
                default:
                    File.Delete(file);
                    break;
            }

            _dataset.Build();
            Assert.Equal(expected, _dataset.OutputDigests());
            _dataset.AddInput("b.jsonl", ("x", $"another text {Path.GetFileName(file)}"));
            expected = OutputOfBuildFromNothing();
        }
    }

    [Fact]
    public void A_collection_of_the_store_takes_what_only_the_catalogue_points_to()
    {
        _dataset.Build();
        _dataset.AddInput("b.jsonl", ("x", "another text"));
        _dataset.Build();
        StoreCollector.Collect(_dataset.StoreFolder, 0);
        TestStages.Take();
        _dataset.AddInput("b.jsonl", ("y", "five six seven"));
        _dataset.Build();
        EqualsBuildFromNothing();
    }

    private void EqualsBuildFromNothing() => Assert.Equal(OutputOfBuildFromNothing(), _dataset.OutputDigests());

    private string OutputOfBuildFromNothing()
    {
        using TestDataset scratch = new();
        foreach (StageItem stage in _dataset.Stages)
        {
            scratch.Stages.Add(stage);
        }

        foreach (string path in Directory.EnumerateFiles(Path.Combine(_dataset.Folder, "crawl")))
        {
            File.Copy(path, Path.Combine(scratch.Folder, "crawl", Path.GetFileName(path)));
        }

        scratch.Build(1);
        return scratch.OutputDigests();
    }
}
