using System.Text.Json;
using DataBuild.Engine.Execution;

namespace DataBuild.Engine.Tests.Faults;

/// <summary>A stage that throws on one document: who pays, and what is left for a bug report.</summary>
[Collection(TestStages.Collection)]
public sealed class FailingStageTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public FailingStageTests() =>
        _dataset.AddInput("a.jsonl", ("a1", "fine and well"), ("a2", "some poison in here"), ("a3", "a spoiled text it is"), ("a4", "let it explode now"), ("a5", "the last of five"));

    public void Dispose()
    {
        TouchStage.OnMeasure = null;
        _dataset.Dispose();
    }

    [Fact]
    public void DefectOfTheCodeFailsTheBuildAndSavesTheDocument()
    {
        _dataset.Stage("Fragile");
        StageFailedException failure = Assert.Throws<StageFailedException>(() => _dataset.Build());
        Assert.Equal(("a2", "https://a2.example/"), (failure.DocumentId, failure.Url));
        using JsonDocument saved = JsonDocument.Parse(File.ReadAllBytes(failure.Saved!));
        Assert.Equal("some poison in here", saved.RootElement.GetProperty("text").GetString());
        Assert.Contains("FormatException: poison found", saved.RootElement.GetProperty("exception").GetString(), StringComparison.Ordinal);
        Assert.Contains(nameof(FragileStage), saved.RootElement.GetProperty("exception").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void BadInputIsDroppedWithAReasonCountedAndSaved()
    {
        _dataset.AddInput("a.jsonl", ("a1", "fine and well"), ("a3", "a spoiled text it is"));
        _dataset.Stage("Fragile");
        BuildLog log = _dataset.Build();
        Assert.Equal(1, log.Stages["fragile"].Counts.Dropped["bad_input"]);
        Assert.True(log.Stages["fragile"].Counts.AddsUp);
        Assert.Equal(["a1"], _dataset.KeptIds());
        string warning = Assert.Single(log.Diagnostics, d => d.Code == "DB3086").Message;
        Assert.Contains("https://a3.example/", warning, StringComparison.Ordinal);
        Assert.True(File.Exists(warning.Split('\'')[3]));

        // What is taken from the store counts as well.
        Assert.Single(_dataset.Build().Diagnostics, d => d.Code == "DB3086");
    }

    [Fact]
    public void FailMeansFailAlsoForBadInput()
    {
        _dataset.AddInput("a.jsonl", ("a1", "fine and well"), ("a3", "a spoiled text it is"));
        _dataset.Stage("Fragile", ("OnError", "Fail"));
        Assert.Equal("a3", Assert.Throws<StageFailedException>(() => _dataset.Build()).DocumentId);
    }

    [Fact]
    public void OfABatchTheDocumentAtFaultIsNamed()
    {
        _dataset.Stage("Model");
        Assert.Equal("a4", Assert.Throws<StageFailedException>(() => _dataset.Build()).DocumentId);
    }

    [Fact]
    public void OfABatchOnlyTheDocumentAtFaultIsDropped()
    {
        _dataset.Stage("Model", ("OnError", "Drop"));
        BuildLog log = _dataset.Build();
        Assert.Equal(1, log.Stages["score"].Counts.Dropped["stage_error"]);
        Assert.Equal(["a1", "a2", "a3", "a5"], _dataset.KeptIds());

        // A figure that was never measured is not reused when the documents around it change.
        _dataset.AddInput("a.jsonl", ("a4", "let it explode now"), ("a6", "another one"));
        Assert.Equal(1, _dataset.Build().Stages["score"].Counts.Dropped["stage_error"]);
        Assert.Equal(["a6"], _dataset.KeptIds());
    }

    /// <summary>As in a build cache that once kept a result of an action which had run out of files.</summary>
    [Theory]
    [InlineData(24, "Too many open files")]
    [InlineData(28, "No space left on device")]
    [InlineData(5, "Input/output error")]
    public void AFaultOfTheMachineIsNoDocumentsAndNeverRemembered(int errno, string message)
    {
        _dataset.Stage("Touch", ("OnError", "Drop"));
        TouchStage.OnMeasure = () => throw new IOException(message, errno);
        Assert.Contains(message, Assert.Throws<StageFailedException>(() => _dataset.Build()).Message, StringComparison.Ordinal);
        TouchStage.OnMeasure = null;
        Assert.Empty(_dataset.Build().Stages["touch"].Counts.Dropped);
        Assert.Equal(5, _dataset.KeptIds().Count);
    }

    [Fact]
    public void AFailedBuildIsNotRememberedAsDone()
    {
        _dataset.Stage("Fragile");
        Assert.Throws<StageFailedException>(() => _dataset.Build());
        Assert.Throws<StageFailedException>(() => _dataset.Build());
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_dataset.StoreFolder, "tmp"), "*", SearchOption.AllDirectories));
    }
}
