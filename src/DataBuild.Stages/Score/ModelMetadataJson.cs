using System.Text.Json.Serialization;

namespace DataBuild.Stages.Score;

/// <summary>JSON of lists in model metadata, without reflection.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<double>))]
internal sealed partial class ModelMetadataJson : JsonSerializerContext;
