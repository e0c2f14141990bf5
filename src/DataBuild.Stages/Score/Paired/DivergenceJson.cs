using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataBuild.Stages.Score.Paired;

/// <summary>Branches as the column of JSON that one stage writes and the next reads.</summary>
[JsonSerializable(typeof(DivergenceBranch[]))]
internal sealed partial class DivergenceJson : JsonSerializerContext
{
    private static readonly DivergenceJson Readable = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The JSON of branches.</summary>
    public static string Write(DivergenceBranch[] branches) => JsonSerializer.Serialize(branches, Readable.DivergenceBranchArray);

    /// <summary>The branches of JSON.</summary>
    public static DivergenceBranch[] Read(string json) => JsonSerializer.Deserialize(json, Readable.DivergenceBranchArray)!;
}
