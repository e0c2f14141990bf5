using System.Globalization;
using System.Xml.Linq;
using DataBuild.Tests;

namespace DataBuild.Stages.Tests;

/// <summary>The recipe BluWerp holds DCLM-baseline's sixteen steps in their order, with their limits (mlfoundations/dclm, dclm_baseline_refinedweb.yaml).</summary>
public class BluWerpRecipeTests
{
    private static readonly XElement[] Stages = [.. XDocument
        .Load(Path.Combine(TestPaths.RepositoryRoot, "msbuild/DataBuild.Sdk/recipes/BluWerp.props"))
        .Descendants("Stage")];

    [Fact]
    public void Stages_stand_in_the_order_of_the_steps() =>
        Assert.Equal(
            ["JusText", "UrlFilter", "RemoveUrls", "CollapseLineFeeds", "Language", "GopherQuality", "GopherRepetition", "RefinedWebLines", "BffDedup", "BenchmarkLabels", "TrainClassifier", "Score", "Score"],
            Stages.Select(s => s.Attribute("Include")!.Value));

    [Theory]
    [InlineData("UrlFilter", "MinSoftWords", 2)]
    [InlineData("CollapseLineFeeds", "MaxConsecutive", 2)]
    [InlineData("Language", "MinScore", 0.65)]
    [InlineData("GopherQuality", "MinWords", 50)]
    [InlineData("GopherQuality", "MaxWords", 100000)]
    [InlineData("GopherQuality", "MinMeanWordLength", 3)]
    [InlineData("GopherQuality", "MaxMeanWordLength", 10)]
    [InlineData("GopherQuality", "MaxSymbolsPerWord", 0.1)]
    [InlineData("GopherQuality", "MaxBulletLines", 0.9)]
    [InlineData("GopherQuality", "MaxEllipsisLines", 0.3)]
    [InlineData("GopherQuality", "MinAlphabeticWords", 0.8)]
    [InlineData("GopherQuality", "MinStopWords", 2)]
    [InlineData("GopherRepetition", "MaxDuplicateLines", 0.3)]
    [InlineData("GopherRepetition", "MaxDuplicateParagraphs", 0.3)]
    [InlineData("GopherRepetition", "MaxDuplicateLineCharacters", 0.2)]
    [InlineData("GopherRepetition", "MaxDuplicateParagraphCharacters", 0.2)]
    [InlineData("GopherRepetition", "MaxTop2Gram", 0.2)]
    [InlineData("GopherRepetition", "MaxTop3Gram", 0.18)]
    [InlineData("GopherRepetition", "MaxTop4Gram", 0.16)]
    [InlineData("GopherRepetition", "MaxDuplicate5Grams", 0.15)]
    [InlineData("GopherRepetition", "MaxDuplicate6Grams", 0.14)]
    [InlineData("GopherRepetition", "MaxDuplicate7Grams", 0.13)]
    [InlineData("GopherRepetition", "MaxDuplicate8Grams", 0.12)]
    [InlineData("GopherRepetition", "MaxDuplicate9Grams", 0.11)]
    [InlineData("GopherRepetition", "MaxDuplicate10Grams", 0.1)]
    [InlineData("RefinedWebLines", "MaxUppercase", 0.5)]
    [InlineData("RefinedWebLines", "MaxNumeric", 0.999999)]
    [InlineData("RefinedWebLines", "MinWordsPerLine", 2)]
    [InlineData("RefinedWebLines", "MaxWordsOfPhraseLine", 10)]
    [InlineData("RefinedWebLines", "MaxRemovedWords", 0.05)]
    [InlineData("BffDedup", "MinNgram", 13)]
    [InlineData("BffDedup", "MaxNgram", 13)]
    [InlineData("BffDedup", "MaxKnown", 0.8)]
    [InlineData("BffDedup", "FalsePositiveRate", 0.01)]
    public void Limits_are_those_published(string stage, string option, double limit) =>
        Assert.Equal(limit, double.Parse(Stages.Single(s => s.Attribute("Include")!.Value == stage).Attribute(option)!.Value, CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("GopherQuality")]
    [InlineData("GopherRepetition")]
    public void Filters_read_the_rules_as_DCLM_does(string stage) =>
        Assert.Equal("Dclm", Stages.Single(s => s.Attribute("Include")!.Value == stage).Attribute("Dialect")!.Value);
}
