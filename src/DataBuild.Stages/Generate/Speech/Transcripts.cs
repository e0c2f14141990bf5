using System.Text.Json;

namespace DataBuild.Stages.Generate.Speech;

/// <summary>Transcripts of a recording's segments in one column: a JSON list of texts, null for a segment that none was had of.</summary>
internal static class Transcripts
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(IReadOnlyList<string?> texts) => JsonSerializer.Serialize(texts, Readable);

    public static string?[] Read(string? column) => column is null ? [] : JsonSerializer.Deserialize<string?[]>(column)!;
}
