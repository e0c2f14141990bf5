using System.Globalization;
using System.Text;

namespace DataBuild.Generators.Text;

/// <summary>A text that is not JSON.</summary>
internal sealed class JsonFormatException(int offset, string expected) : Exception($"at character {offset.ToString(CultureInfo.InvariantCulture)}: expected {expected}");

/// <summary>A parsed JSON value. A generator may bring no dependency along, so it has its own reader (RFC 8259).</summary>
internal sealed class JsonValue
{
    private const int MaximumDepth = 64;
    private static readonly JsonValue Missing = new();

    private JsonValue()
    {
    }

    /// <summary>The text of a string or of a number; null for anything else.</summary>
    public string? Text { get; private set; }

    /// <summary>True for <c>true</c>.</summary>
    public bool IsTrue { get; private set; }

    /// <summary>Elements of an array; empty for anything else.</summary>
    public IReadOnlyList<JsonValue> Items { get; private set; } = [];

    /// <summary>Properties of an object in order; empty for anything else.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonValue>> Properties { get; private set; } = [];

    /// <summary>A property of an object; a value without content when there is none.</summary>
    public JsonValue this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, JsonValue> property in Properties)
            {
                if (property.Key == name)
                {
                    return property.Value;
                }
            }

            return Missing;
        }
    }

    /// <summary>The value as a number.</summary>
    public double Number(double otherwise) => double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : otherwise;

    /// <summary>Parses a text.</summary>
    /// <exception cref="JsonFormatException">The text is not JSON.</exception>
    public static JsonValue Parse(string json)
    {
        int position = 0;
        JsonValue value = ParseValue(json, ref position, 0);
        SkipBlanks(json, ref position);
        return position == json.Length ? value : throw new JsonFormatException(position, "the end");
    }

    private static JsonValue ParseValue(string json, ref int position, int depth)
    {
        SkipBlanks(json, ref position);
        if (position == json.Length || depth > MaximumDepth)
        {
            throw new JsonFormatException(position, depth > MaximumDepth ? "less nesting" : "a value");
        }

        switch (json[position])
        {
            case '{':
                return ParseObject(json, ref position, depth);
            case '[':
                return ParseArray(json, ref position, depth);
            case '"':
                return new JsonValue { Text = ParseString(json, ref position) };
            default:
                int start = position;
                while (position < json.Length && (char.IsLetterOrDigit(json[position]) || json[position] is '-' or '+' or '.'))
                {
                    position++;
                }

                string word = json.Substring(start, position - start);
                return word switch
                {
                    "true" => new JsonValue { IsTrue = true },
                    "false" or "null" => new JsonValue(),
                    _ when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => new JsonValue { Text = word },
                    _ => throw new JsonFormatException(start, "a value"),
                };
        }
    }

    private static JsonValue ParseObject(string json, ref int position, int depth)
    {
        List<KeyValuePair<string, JsonValue>> properties = [];
        position++;
        while (!TryTake(json, ref position, '}'))
        {
            if (properties.Count > 0)
            {
                Take(json, ref position, ',');
            }

            SkipBlanks(json, ref position);
            string name = ParseString(json, ref position);
            Take(json, ref position, ':');
            properties.Add(new KeyValuePair<string, JsonValue>(name, ParseValue(json, ref position, depth + 1)));
        }

        return new JsonValue { Properties = properties };
    }

    private static JsonValue ParseArray(string json, ref int position, int depth)
    {
        List<JsonValue> items = [];
        position++;
        while (!TryTake(json, ref position, ']'))
        {
            if (items.Count > 0)
            {
                Take(json, ref position, ',');
            }

            items.Add(ParseValue(json, ref position, depth + 1));
        }

        return new JsonValue { Items = items };
    }

    private static string ParseString(string json, ref int position)
    {
        if (position == json.Length || json[position] != '"')
        {
            throw new JsonFormatException(position, "'\"'");
        }

        StringBuilder text = new();
        for (position++; position < json.Length; position++)
        {
            char c = json[position];
            if (c == '"')
            {
                position++;
                return text.ToString();
            }

            text.Append(c == '\\' ? ParseEscape(json, ref position) : c);
        }

        throw new JsonFormatException(position, "'\"'");
    }

    private static char ParseEscape(string json, ref int position)
    {
        position++;
        char c = position < json.Length ? json[position] : '\0';
        if (c == 'u' && position + 4 < json.Length
            && ushort.TryParse(json.Substring(position + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
        {
            position += 4;
            return (char)unit;
        }

        return c switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\b',
            'f' => '\f',
            '"' or '\\' or '/' => c,
            _ => throw new JsonFormatException(position, "an escape"),
        };
    }

    private static void Take(string json, ref int position, char expected)
    {
        if (!TryTake(json, ref position, expected))
        {
            throw new JsonFormatException(position, $"'{expected}'");
        }
    }

    private static bool TryTake(string json, ref int position, char expected)
    {
        SkipBlanks(json, ref position);
        if (position < json.Length && json[position] == expected)
        {
            position++;
            return true;
        }

        return false;
    }

    private static void SkipBlanks(string json, ref int position)
    {
        while (position < json.Length && json[position] is ' ' or '\n' or '\r' or '\t')
        {
            position++;
        }
    }
}
