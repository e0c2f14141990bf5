using System.Globalization;
using System.Text.Json;

namespace DataBuild.Stages.Generate;

/// <summary>
/// The part of JSON Schema that answers of language models are described with: <c>type</c>, <c>properties</c>, <c>required</c>, <c>additionalProperties</c> (a flag),
/// <c>items</c>, <c>enum</c>, <c>minimum</c>, <c>maximum</c>, <c>minLength</c>, <c>maxLength</c>, <c>minItems</c>, <c>maxItems</c>. Other keywords that would decide
/// something are refused; <c>title</c>, <c>description</c>, <c>$schema</c> say nothing and pass.
/// </summary>
public sealed class JsonShape
{
    private static readonly string[] Known =
    [
        "type", "properties", "required", "additionalProperties", "items", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "title", "description", "$schema",
    ];

    private readonly JsonElement _schema;

    private JsonShape(JsonElement schema, string text)
    {
        _schema = schema;
        Text = text;
    }

    /// <summary>The schema as JSON without unneeded space.</summary>
    public string Text { get; }

    /// <summary>Reads a schema.</summary>
    /// <exception cref="FormatException">It is no JSON, or uses a keyword that is not understood.</exception>
    public static JsonShape Parse(string schema)
    {
        try
        {
            JsonElement root = JsonElement.Parse(schema);
            CheckSchema(root, "$");
            return new JsonShape(root, JsonAnswer.Canonical(root));
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>What is wrong with a value, with its path; null where it fits.</summary>
    public string? Check(JsonElement value) => Check(_schema, value, "$");

    private static void CheckSchema(JsonElement schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{path}: found {schema.ValueKind}, expected a schema object");
        }

        foreach (JsonProperty property in schema.EnumerateObject())
        {
            if (!Known.Contains(property.Name, StringComparer.Ordinal))
            {
                throw new FormatException($"{path}: the keyword '{property.Name}' is not understood; known are {string.Join(", ", Known)}");
            }
        }

        if (schema.TryGetProperty("properties", out JsonElement properties))
        {
            foreach (JsonProperty property in properties.EnumerateObject())
            {
                CheckSchema(property.Value, $"{path}.{property.Name}");
            }
        }

        if (schema.TryGetProperty("items", out JsonElement items))
        {
            CheckSchema(items, path + "[]");
        }
    }

    private static string? Check(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("type", out JsonElement type) && !IsOfType(type, value))
        {
            return $"{path}: found {value.ValueKind}, expected {type}";
        }

        if (schema.TryGetProperty("enum", out JsonElement choices) && !choices.EnumerateArray().Any(c => JsonElement.DeepEquals(c, value)))
        {
            return $"{path}: found {value}, expected one of {choices}";
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number => CheckRange(schema, "minimum", "maximum", value.GetDouble(), path),
            JsonValueKind.String => CheckRange(schema, "minLength", "maxLength", new StringInfo(value.GetString()!).LengthInTextElements, path),
            JsonValueKind.Array => CheckArray(schema, value, path),
            JsonValueKind.Object => CheckObject(schema, value, path),
            _ => null,
        };
    }

    private static bool IsOfType(JsonElement type, JsonElement value) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(t => IsOfType(t, value))
        : type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() is double number && number == Math.Floor(number),
            _ => false,
        };

    private static string? CheckRange(JsonElement schema, string min, string max, double found, string path) =>
        schema.TryGetProperty(min, out JsonElement low) && found < low.GetDouble() ? string.Create(CultureInfo.InvariantCulture, $"{path}: found {found}, expected {min} {low}")
        : schema.TryGetProperty(max, out JsonElement high) && found > high.GetDouble() ? string.Create(CultureInfo.InvariantCulture, $"{path}: found {found}, expected {max} {high}")
        : null;

    private static string? CheckArray(JsonElement schema, JsonElement value, string path)
    {
        if (CheckRange(schema, "minItems", "maxItems", value.GetArrayLength(), path) is { } wrong)
        {
            return wrong;
        }

        return schema.TryGetProperty("items", out JsonElement items)
            ? value.EnumerateArray().Select((item, i) => Check(items, item, $"{path}[{i}]")).FirstOrDefault(found => found is not null)
            : null;
    }

    private static string? CheckObject(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("required", out JsonElement required)
            && required.EnumerateArray().FirstOrDefault(r => !value.TryGetProperty(r.GetString()!, out _)) is { ValueKind: JsonValueKind.String } missing)
        {
            return $"{path}: found no '{missing.GetString()}'";
        }

        bool closed = schema.TryGetProperty("additionalProperties", out JsonElement additional) && additional.ValueKind == JsonValueKind.False;
        JsonElement properties = schema.TryGetProperty("properties", out JsonElement declared) ? declared : default;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(property.Name, out JsonElement shape))
            {
                if (Check(shape, property.Value, $"{path}.{property.Name}") is { } wrong)
                {
                    return wrong;
                }
            }
            else if (closed)
            {
                return $"{path}: found '{property.Name}', which the schema does not name";
            }
        }

        return null;
    }
}
