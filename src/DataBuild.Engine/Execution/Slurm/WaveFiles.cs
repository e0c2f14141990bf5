using System.Text.Json.Serialization;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution.Slurm;

/// <summary>What all tasks of a wave need to know.</summary>
internal sealed class WaveDescription
{
    public const int CurrentFormatVersion = 1;

    public int FormatVersion { get; init; } = CurrentFormatVersion;

    /// <summary>Digest of what tasks compute with: stages, their code, the store. A later build takes up only a wave of the same.</summary>
    public required string Plan { get; init; }

    /// <summary>First part of the names of the wave's jobs; no other wave has it.</summary>
    public required string JobName { get; init; }

    public required int Chunks { get; init; }

    public required bool HasMerge { get; init; }

    public required int MergedThrough { get; init; }

    public required bool IsSampling { get; init; }

    public ulong? SampleLimit { get; init; }

    /// <summary>Files that stages have made, by stage.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<MadeFile>> Made { get; init; } = new Dictionary<string, IReadOnlyList<MadeFile>>();

    /// <summary>Digests of the files that options name.</summary>
    public IReadOnlyList<FileDigest> StageFiles { get; init; } = [];
}

/// <summary>The shards of one task.</summary>
internal sealed class WaveChunk
{
    public required IReadOnlyList<ShardState> Shards { get; init; }
}

/// <summary>The names of the jobs that were submitted, or were about to be.</summary>
internal sealed class WaveJobNames
{
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>What a task tells when it has ended by itself.</summary>
internal sealed class ChunkResult
{
    /// <summary>The error that ended it; null when everything is in the store.</summary>
    public BuildDiagnostic? Error { get; init; }

    /// <summary>A stored file that it found damaged and removed: what made it is to be run again.</summary>
    public DamagedFile? Damaged { get; init; }

    /// <summary>Warnings, except those that the submitting build gives itself when it finds the results.</summary>
    public IReadOnlyList<BuildDiagnostic> Warnings { get; init; } = [];

    /// <summary>Digests of the inputs that it read.</summary>
    public IReadOnlyList<FileDigest> Inputs { get; init; } = [];

    /// <summary>Work by stage.</summary>
    public IReadOnlyDictionary<string, StageWork> Work { get; init; } = new Dictionary<string, StageWork>();

    /// <summary>Where it ran.</summary>
    public required string Machine { get; init; }
}

/// <summary>A stored file that is missing or damaged.</summary>
internal sealed record DamagedFile(string Digest, string Path, string Found);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WaveDescription))]
[JsonSerializable(typeof(WaveChunk))]
[JsonSerializable(typeof(WaveJobNames))]
[JsonSerializable(typeof(ChunkResult))]
internal sealed partial class WaveJson : JsonSerializerContext;
