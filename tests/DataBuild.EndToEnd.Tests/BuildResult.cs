using System.Globalization;
using System.Text.Json;
using Microsoft.Build.Framework;
using Microsoft.Build.Logging.StructuredLogger;

namespace DataBuild.EndToEnd.Tests;

/// <summary>An error or warning of a build.</summary>
internal sealed record LoggedDiagnostic(string Code, string File, int Line, int Column, string Message);

/// <summary>Counts of one stage in one build.</summary>
internal sealed record StageCounts(string Stage, int Shards, int Computed, int Decided, bool Merged, long In, long Kept, IReadOnlyDictionary<string, long> Dropped, string Dataset, string Inputs, string Options);

/// <summary>What a build did, told by its binary log.</summary>
internal sealed class BuildResult
{
    public required int ExitCode { get; init; }

    public required string Output { get; init; }

    public List<LoggedDiagnostic> Errors { get; } = [];

    public List<LoggedDiagnostic> Warnings { get; } = [];

    public List<StageCounts> Stages { get; } = [];

    public List<string> Targets { get; } = [];

    /// <summary>Names of the tasks that ran; of a target that is up to date none does.</summary>
    public List<string> Tasks { get; } = [];

    /// <summary>Names of the files that the log holds copies of.</summary>
    public List<string> EmbeddedFiles { get; } = [];

    /// <summary>Names of projects and targets, in the order in which the targets began.</summary>
    public List<(string Project, string Target)> ProjectTargets { get; } = [];

    public static BuildResult Read(int exitCode, string output, string log)
    {
        BuildResult result = new() { ExitCode = exitCode, Output = output };
        if (!System.IO.File.Exists(log))
        {
            return result;
        }

        foreach (Microsoft.Build.Logging.Record record in new BinLogReader().ReadRecords(log))
        {
            if (record.Kind == BinaryLogRecordKind.ProjectImportArchive)
            {
                using System.IO.Compression.ZipArchive archive = new(new MemoryStream(record.Bytes));
                result.EmbeddedFiles.AddRange(archive.Entries.Select(e => e.FullName));
            }

            switch (record.Args)
            {
                case BuildErrorEventArgs e:
                    result.Errors.Add(new LoggedDiagnostic(e.Code, e.File, e.LineNumber, e.ColumnNumber, e.Message ?? ""));
                    break;
                case BuildWarningEventArgs e:
                    result.Warnings.Add(new LoggedDiagnostic(e.Code, e.File, e.LineNumber, e.ColumnNumber, e.Message ?? ""));
                    break;
                case TargetStartedEventArgs e:
                    result.Targets.Add(e.TargetName);
                    result.ProjectTargets.Add((Path.GetFileNameWithoutExtension(e.ProjectFile), e.TargetName));
                    break;
                case TaskStartedEventArgs e:
                    result.Tasks.Add(e.TaskName);
                    break;
                case { } e when e.GetType().Name == "ExtendedBuildMessageEventArgs":
                    // Both MSBuild and the log reader have a type of this name.
                    dynamic structured = e;
                    if (structured.ExtendedType == "databuild.stage")
                    {
                        result.Stages.Add(Counts((IDictionary<string, string?>)structured.ExtendedMetadata));
                    }

                    break;
            }
        }

        return result;
    }

    public BuildResult AssertSucceeded()
    {
        Assert.True(ExitCode == 0, Output);
        Assert.Empty(Errors);
        return this;
    }

    public BuildResult AssertFailed(params string[] codes)
    {
        Assert.True(ExitCode != 0, Output);
        foreach (string code in codes)
        {
            Assert.True(Errors.Any(e => e.Code == code), $"no error {code} in:\n{Output}");
        }

        return this;
    }

    /// <summary>No warnings but those.</summary>
    public BuildResult AssertWarnings(params string[] codes)
    {
        Assert.Equal(codes.Order(), Warnings.Select(w => w.Code).Distinct().Order());
        return this;
    }

    /// <summary>The stage did that much work; what is not computed came from the store.</summary>
    public StageCounts AssertStage(string stage, int? shards = null, int? computed = null, int? decided = null, bool? merged = null)
    {
        StageCounts counts = Assert.Single(Stages, s => s.Stage == stage);
        Assert.Equal(shards ?? counts.Shards, counts.Shards);
        Assert.True((computed ?? counts.Computed) == counts.Computed, $"{stage}: {counts.Computed} computed, expected {computed}\n{Output}");
        Assert.True((decided ?? counts.Decided) == counts.Decided, $"{stage}: {counts.Decided} decided, expected {decided}\n{Output}");
        Assert.Equal(merged ?? counts.Merged, counts.Merged);
        Assert.Equal(counts.In, counts.Kept + counts.Dropped.Values.Sum());
        return counts;
    }

    /// <summary>Nothing was done, and the log says so.</summary>
    public BuildResult AssertUpToDate(string dataset)
    {
        AssertSucceeded();
        Assert.Contains($"{dataset}: up to date", Output, StringComparison.Ordinal);
        Assert.Empty(Stages);
        return this;
    }

    private static StageCounts Counts(IDictionary<string, string?> e)
    {
        int Number(string name) => e.TryGetValue(name, out string? value) ? int.Parse(value!, CultureInfo.InvariantCulture) : 0;
        Dictionary<string, long> dropped = e.TryGetValue("dropped", out string? json) ? JsonSerializer.Deserialize<Dictionary<string, long>>(json!)! : [];
        return new StageCounts(e["kind"]!, Number("shards"), Number("computed"), Number("decided"), e.TryGetValue("merged", out string? merged) && merged == "true", Number("in"), Number("kept"), dropped, e["dataset"]!, e["inputs"]!, e["options"]!);
    }
}
