using System.Text.Encodings.Web;
using System.Text.Json;

namespace DataBuild.Engine.Packaging;

/// <summary>
/// The manifest as a supply-chain statement: <c>provenance.intoto.json</c>, an in-toto Statement v1 (https://in-toto.io/Statement/v1) with SLSA Provenance v1
/// (https://slsa.dev/spec/v1.0/provenance) as its predicate. It holds no time and no name of a machine, so it is reproducible as the dataset is;
/// who signs it adds those.
/// </summary>
internal static class ProvenanceStatement
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "provenance.intoto.json";

    /// <summary>What <c>externalParameters</c> mean.</summary>
    public const string BuildType = "https://github.com/databuild/databuild/blob/main/docs/reproducible.md#build-type-v1";

    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the statement about a manifest.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="manifestDigest">SHA-256 of its file.</param>
    public static byte[] Render(Manifest manifest, string manifestDigest)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("_type", "https://in-toto.io/Statement/v1");
            json.WriteStartArray("subject");
            foreach (ManifestFile file in manifest.Files)
            {
                Resource(json, file.Path, file.Sha256);
            }

            Resource(json, "manifest.json", manifestDigest);
            json.WriteEndArray();
            json.WriteString("predicateType", "https://slsa.dev/provenance/v1");
            json.WriteStartObject("predicate");
            json.WriteStartObject("buildDefinition");
            json.WriteString("buildType", BuildType);
            json.WriteStartObject("externalParameters");
            json.WriteString("dataset", manifest.Name);
            json.WriteStartArray("stages");
            foreach (ManifestStage stage in manifest.Stages)
            {
                json.WriteStartObject();
                json.WriteString("name", stage.Name);
                json.WriteString("stage", stage.Stage);
                json.WriteString("code", stage.Code);
                json.WriteStartObject("options");
                foreach ((string name, string value) in stage.Options)
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("internalParameters");
            json.WriteString("packageKey", manifest.PackageKey);
            json.WriteEndObject();
            json.WriteStartArray("resolvedDependencies");
            foreach (ManifestInput input in manifest.Inputs)
            {
                Resource(json, input.Path, input.Sha256, "input");
            }

            foreach (ManifestFile file in manifest.Stages.SelectMany(s => s.Files).DistinctBy(f => (f.Path, f.Sha256)))
            {
                Resource(json, file.Path, file.Sha256, "model, list or tokenizer");
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartObject("runDetails");
            json.WriteStartObject("builder");
            json.WriteString("id", "https://github.com/databuild/databuild");
            json.WriteStartObject("version");
            json.WriteString("databuild", manifest.DataBuild);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartArray("byproducts");
            json.WriteStartObject();
            json.WriteString("name", "counts");
            json.WriteString("mediaType", "application/json");
            json.WriteBase64String("content", Counts(manifest));
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static byte[] Counts(Manifest manifest)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("read", manifest.Inputs.Sum(i => i.Documents));
            foreach (ManifestStage stage in manifest.Stages)
            {
                json.WriteStartObject(stage.Name);
                json.WriteNumber("in", stage.Counts.In);
                json.WriteNumber("kept", stage.Counts.Kept);
                json.WriteEndObject();
            }

            json.WriteNumber("published", manifest.Documents);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Resource(Utf8JsonWriter json, string name, string sha256, string? kind = null)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartObject("digest");
        json.WriteString("sha256", sha256);
        json.WriteEndObject();
        if (kind is not null)
        {
            json.WriteStartObject("annotations");
            json.WriteString("kind", kind);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
