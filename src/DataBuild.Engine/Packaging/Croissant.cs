using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataBuild.Engine.Packaging;

/// <summary>
/// Writes the dataset's description in the Croissant format (mlcommons.org/croissant, version 1.1): JSON-LD over schema.org, with the files, their digests
/// and the columns. Of the properties that the format requires, those that only a person can know (creator, date of publication, licence, address) are
/// there when the project declares them.
/// </summary>
public static class Croissant
{
    private const string RecordSet = "documents";
    private const string KeyColumn = "id";

    // The terms of the format's appendix 1.
    private static readonly string[] Terms =
    [
        "annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "excludes", "extract", "field", "fileProperty", "fileObject", "fileSet",
        "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "readLines", "recordSet", "references", "regex", "sdVersion",
        "separator", "source", "subField", "transform", "unArchive", "value",
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The description of a dataset.</summary>
    /// <param name="manifest">Manifest, without this file.</param>
    /// <param name="format">Output format of the rows.</param>
    public static string Render(Manifest manifest, string format)
    {
        ManifestDescription? about = manifest.Description;
        JsonObject root = new()
        {
            ["@context"] = Context(),
            ["@type"] = "sc:Dataset",
            ["conformsTo"] = "http://mlcommons.org/croissant/1.1",
            ["name"] = manifest.Name,
            ["description"] = about?.Text ?? FormattableString.Invariant($"{manifest.Documents} documents of text for language models, from {manifest.Inputs.Count} inputs."),
        };
        JsonNode[] licenses = [.. DatasetLicenses.Of(manifest).Select(License)];
        if (licenses.Length > 0)
        {
            root["license"] = licenses.Length == 1 ? licenses[0] : new JsonArray(licenses);
        }

        Set(root, "url", about?.Url);
        Set(root, "version", about?.Version);
        Set(root, "datePublished", about?.DatePublished);
        if (about?.Creator is { } creator)
        {
            root["creator"] = new JsonObject { ["@type"] = "sc:Organization", ["name"] = creator };
        }

        if (manifest.Languages.Count > 0)
        {
            root["inLanguage"] = new JsonArray([.. manifest.Languages.Keys.Select(l => (JsonNode)l)]);
        }

        root["isLiveDataset"] = false;
        ManifestFile[] rows = [.. manifest.Files.Where(f => f.Path.StartsWith("data/", StringComparison.Ordinal))];
        root["distribution"] = new JsonArray([.. manifest.Files.Select(f => (JsonNode)FileObject(f))]);
        root["recordSet"] = new JsonArray([.. rows.Select((file, index) => (JsonNode)Records(manifest, file, rows.Length == 1 ? RecordSet : FormattableString.Invariant($"{RecordSet}-{index:D5}"), format))]);
        return root.ToJsonString(Indented) + "\n";
    }

    // The format asks for an address, or for a work where there is none.
    private static JsonNode License(string identifier) =>
        DatasetLicenses.PageOf(identifier) is { } page ? page : new JsonObject { ["@type"] = "sc:CreativeWork", ["name"] = identifier };

    private static void Set(JsonObject target, string name, string? value)
    {
        if (value is not null)
        {
            target[name] = value;
        }
    }

    private static JsonObject Context()
    {
        JsonObject context = new()
        {
            ["@language"] = "en",
            ["@vocab"] = "https://schema.org/",
            ["sc"] = "https://schema.org/",
            ["cr"] = "http://mlcommons.org/croissant/",
            ["rai"] = "http://mlcommons.org/croissant/RAI/",
            ["dct"] = "http://purl.org/dc/terms/",
            ["conformsTo"] = "dct:conformsTo",
            ["data"] = new JsonObject { ["@id"] = "cr:data", ["@type"] = "@json" },
            ["examples"] = new JsonObject { ["@id"] = "cr:examples", ["@type"] = "@json" },
            ["dataType"] = new JsonObject { ["@id"] = "cr:dataType", ["@type"] = "@vocab" },
        };
        foreach (string term in Terms)
        {
            context[term] = "cr:" + term;
        }

        return context;
    }

    private static JsonObject FileObject(ManifestFile file) => new()
    {
        ["@type"] = "cr:FileObject",
        ["@id"] = file.Path,
        ["name"] = Path.GetFileName(file.Path),
        ["contentUrl"] = file.Path,
        ["contentSize"] = FormattableString.Invariant($"{file.Bytes} B"),
        ["encodingFormat"] = EncodingOf(file.Path),
        ["sha256"] = file.Sha256,
    };

    // As mlcroissant and the hub name them; registered media types where these have none.
    private static string EncodingOf(string path) => Path.GetExtension(path) switch
    {
        ".parquet" => "application/x-parquet",
        ".jsonl" => "application/jsonlines",
        ".gz" => "application/gzip",
        ".zst" => "application/zstd",
        ".md" => "text/markdown",
        ".json" => "application/json",
        ".csv" => "text/csv",
        ".tsv" => "text/tsv",
        ".txt" => "text/plain",
        ".html" => "text/html",
        _ => "application/octet-stream",
    };

    private static JsonObject Records(Manifest manifest, ManifestFile file, string id, string format)
    {
        JsonObject records = new()
        {
            ["@type"] = "cr:RecordSet",
            ["@id"] = id,
            ["name"] = id,
            ["description"] = FormattableString.Invariant($"The {file.Rows} rows of {file.Path}, one document each."),
        };
        if (manifest.Columns.Any(c => c.Name == KeyColumn))
        {
            records["key"] = new JsonObject { ["@id"] = $"{id}/{KeyColumn}" };
        }

        records["field"] = new JsonArray([.. manifest.Columns.Select(c => (JsonNode)Field(c, file, id, format))]);
        return records;
    }

    private static JsonObject Field(ManifestColumn column, ManifestFile file, string records, string format)
    {
        JsonObject field = new()
        {
            ["@type"] = "cr:Field",
            ["@id"] = $"{records}/{column.Name}",
            ["name"] = column.Name,
            ["description"] = column.Description,
            ["dataType"] = column.Type switch
            {
                ColumnType.Boolean => "sc:Boolean",
                ColumnType.Int32 or ColumnType.Int64 or ColumnType.UInt64 or ColumnType.Int32List or ColumnType.UInt64List => "sc:Integer",
                ColumnType.Single or ColumnType.Double or ColumnType.SingleList => "sc:Float",
                _ => "sc:Text",
            },
        };
        if (column.Type is ColumnType.Int32List or ColumnType.UInt64List or ColumnType.SingleList)
        {
            field["isArray"] = true;
            field["arrayShape"] = "-1";
        }

        field["source"] = new JsonObject
        {
            ["fileObject"] = new JsonObject { ["@id"] = file.Path },
            ["extract"] = format == "parquet" ? new JsonObject { ["column"] = column.Name } : new JsonObject { ["jsonPath"] = "$." + column.Name },
        };
        return field;
    }
}
