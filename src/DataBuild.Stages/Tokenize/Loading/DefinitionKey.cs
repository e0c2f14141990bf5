using System.Text.Json;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>A value inside a <c>tokenizer.json</c>, and the key that leads to it, for messages.</summary>
internal readonly struct DefinitionKey
{
    private readonly JsonElement _element;
    private readonly string _source;

    /// <summary>Makes the root, or a value below it.</summary>
    public DefinitionKey(JsonElement element, string source, string path = "")
    {
        _element = element;
        _source = source;
        Path = path;
    }

    /// <summary>The key, such as <c>pre_tokenizer.pretokenizers[0].pattern</c>.</summary>
    public string Path { get; }

    /// <summary>Whether there is no value, or null.</summary>
    public bool IsMissing => _element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>Kind of the value.</summary>
    public JsonValueKind Kind => _element.ValueKind;

    /// <summary>The value's <c>type</c>.</summary>
    public string Type => this["type"].String();

    /// <summary>The value of a key of this object; missing where there is none.</summary>
    public DefinitionKey this[string name]
    {
        get
        {
            if (_element.ValueKind != JsonValueKind.Object)
            {
                throw Refuse($"expected an object, found {Describe()}");
            }

            _element.TryGetProperty(name, out JsonElement value);
            return new DefinitionKey(value, _source, Path.Length == 0 ? name : $"{Path}.{name}");
        }
    }

    /// <summary>The values of this array; none where it is missing.</summary>
    public IEnumerable<DefinitionKey> Items()
    {
        if (IsMissing)
        {
            return [];
        }

        return _element.ValueKind == JsonValueKind.Array ? Enumerate(this) : throw Refuse($"expected an array, found {Describe()}");

        static IEnumerable<DefinitionKey> Enumerate(DefinitionKey self)
        {
            int index = 0;
            foreach (JsonElement item in self._element.EnumerateArray())
            {
                yield return new DefinitionKey(item, self._source, $"{self.Path}[{index++}]");
            }
        }
    }

    /// <summary>The keys of this object and their values.</summary>
    public IEnumerable<(string Name, DefinitionKey Value)> Properties()
    {
        if (_element.ValueKind != JsonValueKind.Object)
        {
            throw Refuse($"expected an object, found {Describe()}");
        }

        string path = Path;
        string source = _source;
        return _element.EnumerateObject().Select(p => (p.Name, new DefinitionKey(p.Value, source, path.Length == 0 ? p.Name : $"{path}.{p.Name}")));
    }

    /// <summary>The value as text.</summary>
    public string String() => _element.ValueKind == JsonValueKind.String
        ? _element.GetString()!
        : throw Refuse($"expected a string, found {Describe()}");

    /// <summary>The value as text, or another where it is missing.</summary>
    public string String(string fallback) => IsMissing ? fallback : String();

    /// <summary>The value as a truth value, or another where it is missing.</summary>
    public bool Boolean(bool fallback) => _element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => IsMissing ? fallback : throw Refuse($"expected true or false, found {Describe()}"),
    };

    /// <summary>The value as an integer.</summary>
    public int Integer() => _element.ValueKind == JsonValueKind.Number && _element.TryGetInt32(out int value)
        ? value
        : throw Refuse($"expected an integer, found {Describe()}");

    /// <summary>The value as a number.</summary>
    public double Number() => _element.ValueKind == JsonValueKind.Number
        ? _element.GetDouble()
        : throw Refuse($"expected a number, found {Describe()}");

    /// <summary>Refuses keys of this object that are not in a list, unless they are null, false, 0 or empty.</summary>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        foreach ((string name, DefinitionKey value) in Properties())
        {
            if (!names.Contains(name) && !value.IsIdle())
            {
                throw value.Refuse("is not supported");
            }
        }
    }

    /// <summary>An exception that names this key.</summary>
    public TokenizerFormatException Refuse(string problem) => new(_source, Path.Length == 0 ? "(root)" : Path, problem);

    /// <summary>The value as it is written, cut short.</summary>
    public string Describe()
    {
        if (_element.ValueKind == JsonValueKind.Undefined)
        {
            return "nothing";
        }

        string raw = _element.GetRawText();
        return raw.Length <= 60 ? raw : raw[..60] + "…";
    }

    private bool IsIdle() => _element.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.String => _element.GetString()!.Length == 0,
        JsonValueKind.Number => _element.GetDouble() == 0,
        _ => false,
    };
}
