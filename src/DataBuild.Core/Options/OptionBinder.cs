using System.Globalization;

namespace DataBuild;

/// <summary>An error in the metadata of a <c>Stage</c> item.</summary>
/// <param name="Code">Diagnostic code.</param>
/// <param name="Option">Name of the metadata; null when the error is about the item.</param>
/// <param name="Message">What was found, what was expected.</param>
public readonly record struct OptionError(string Code, string? Option, string Message);

/// <summary>Reads the metadata of one <c>Stage</c> item, collecting every error. Used by generated code.</summary>
public sealed class OptionBinder
{
    /// <summary>Metadata that every stage takes, and which is bound by the plan.</summary>
    public static readonly IReadOnlyList<string> CommonOptions = ["Name", "Measure", "OnError"];

    private readonly IReadOnlyDictionary<string, string> _metadata;
    private readonly string _stage;
    private readonly string _projectDirectory;
    private readonly List<OptionError> _errors = [];

    /// <summary>Creates a binder.</summary>
    /// <param name="stage">Name of the stage, for messages.</param>
    /// <param name="metadata">Metadata by name, compared without regard to case.</param>
    /// <param name="projectDirectory">Folder that relative paths start from.</param>
    public OptionBinder(string stage, IReadOnlyDictionary<string, string> metadata, string projectDirectory)
    {
        _stage = stage;
        _metadata = new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase);
        _projectDirectory = projectDirectory;
    }

    /// <summary>Errors found so far.</summary>
    public IReadOnlyList<OptionError> Errors => _errors;

    /// <summary>Reports metadata that no option has, with a suggestion.</summary>
    public void RejectUnknown(params ReadOnlySpan<string> options)
    {
        foreach (string name in _metadata.Keys.Order(StringComparer.Ordinal))
        {
            bool known = CommonOptions.Contains(name, StringComparer.OrdinalIgnoreCase);
            foreach (string option in options)
            {
                known |= option.Equals(name, StringComparison.OrdinalIgnoreCase);
            }

            if (!known)
            {
                string suggestion = Suggestion.For(name, options) is { } best ? $"; did you mean '{best}'?" : $"; it has: {string.Join(", ", options.ToArray())}";
                Fail("DB1002", name, $"stage '{_stage}' has no option '{name}'{suggestion}");
            }
        }
    }

    /// <summary>True when the project file gives the option a value; where it must and does not, that is an error.</summary>
    public bool IsGiven(string name, bool required = false)
    {
        bool given = TryGet(name, out _);
        if (required && !given)
        {
            Missing(name);
        }

        return given;
    }

    /// <summary>Reads a flag.</summary>
    public bool Boolean(string name, bool defaultValue)
    {
        if (!TryGet(name, out string value))
        {
            return defaultValue;
        }

        if (bool.TryParse(value, out bool result))
        {
            return result;
        }

        Fail("DB1003", name, $"{_stage}.{name} is '{value}'; expected 'true' or 'false'");
        return defaultValue;
    }

    /// <summary>Reads an integer within a range.</summary>
    public long Integer(string name, long defaultValue, double min = double.NegativeInfinity, double max = double.PositiveInfinity, string unit = "")
    {
        if (!TryGet(name, out string value))
        {
            return defaultValue;
        }

        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long result))
        {
            Fail("DB1003", name, $"{_stage}.{name} is '{value}'; expected an integer{Range(min, max, unit)}");
            return defaultValue;
        }

        if (result < min || result > max)
        {
            Fail("DB1004", name, $"{_stage}.{name} is {result}; expected an integer{Range(min, max, unit)}");
        }

        return result;
    }

    /// <summary>Reads a number within a range; '.' is the decimal separator whatever the culture.</summary>
    public double Number(string name, double defaultValue, double min = double.NegativeInfinity, double max = double.PositiveInfinity, string unit = "")
    {
        if (!TryGet(name, out string value))
        {
            return defaultValue;
        }

        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double result) || double.IsNaN(result))
        {
            Fail("DB1003", name, $"{_stage}.{name} is '{value}'; expected a number{Range(min, max, unit)}");
            return defaultValue;
        }

        if (result < min || result > max)
        {
            Fail("DB1004", name, string.Create(CultureInfo.InvariantCulture, $"{_stage}.{name} is {result}; expected a number{Range(min, max, unit)}"));
        }

        return result;
    }

    /// <summary>Reads a text, one of the given names where there are any ('|' between them).</summary>
    public string? Text(string name, string? defaultValue, bool required = false, string names = "")
    {
        if (!TryGet(name, out string value))
        {
            if (required)
            {
                Missing(name);
            }

            return defaultValue;
        }

        if (names.Length > 0)
        {
            return Choice(name, value, names.Split('|')) ?? defaultValue;
        }

        return value;
    }

    /// <summary>Reads texts separated by ';' or ','; blanks around them are cut, empty ones left out.</summary>
    public IReadOnlyList<string> TextList(string name, IReadOnlyList<string> defaultValue, bool required = false)
    {
        if (!TryGet(name, out string value))
        {
            if (required)
            {
                Missing(name);
            }

            return defaultValue;
        }

        return value.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>Reads the name of an enum's member.</summary>
    public TEnum Enumeration<TEnum>(string name, TEnum defaultValue) where TEnum : struct, Enum =>
        TryGet(name, out string value) && Choice(name, value, Enum.GetNames<TEnum>()) is { } choice ? Enum.Parse<TEnum>(choice) : defaultValue;

    /// <summary>Reads a file's path, relative to the project's folder, or one of the given names.</summary>
    public InputFile? File(string name, InputFile? defaultValue, bool required = false, string names = "")
    {
        if (!TryGet(name, out string value))
        {
            if (required)
            {
                Missing(name);
            }

            return defaultValue;
        }

        return ResolveFile(name, value, names);
    }

    /// <summary>Reads files separated by ';', or some of the given names.</summary>
    public IReadOnlyList<InputFile> FileList(string name, bool required = false, string names = "")
    {
        if (!TryGet(name, out string value))
        {
            if (required)
            {
                Missing(name);
            }

            return [];
        }

        List<InputFile> files = [];
        foreach (string part in value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (ResolveFile(name, part, names) is { } file)
            {
                files.Add(file);
            }
        }

        return files;
    }

    /// <summary>Records an error.</summary>
    public void Fail(string code, string? option, string message) => _errors.Add(new OptionError(code, option, message));

    private InputFile? ResolveFile(string name, string value, string names)
    {
        if (value.Length > 1 && value[0] == '@')
        {
            return InputFile.FromStage(value);
        }

        foreach (string allowed in names.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            if (allowed.Equals(value, StringComparison.OrdinalIgnoreCase))
            {
                return new InputFile(allowed, null);
            }
        }

        string path = Path.GetFullPath(Path.Combine(_projectDirectory, value));
        if (!System.IO.File.Exists(path))
        {
            string alternatives = names.Length == 0 ? "a file" : $"a file or one of {names.Replace("|", ", ", StringComparison.Ordinal)}";
            string suggestion = Suggestion.For(value, names.Split('|', StringSplitOptions.RemoveEmptyEntries)) is { } best ? $"; did you mean '{best}'?" : "";
            string found = Directory.Exists(path) ? "which is a folder" : "which does not exist";
            Fail("DB1005", name, $"{_stage}.{name} is '{value}', {found} ({path}); expected {alternatives}{suggestion}");
            return null;
        }

        return new InputFile(value, path);
    }

    private string? Choice(string name, string value, ReadOnlySpan<string> choices)
    {
        foreach (string choice in choices)
        {
            if (choice.Equals(value, StringComparison.OrdinalIgnoreCase))
            {
                return choice;
            }
        }

        string suggestion = Suggestion.For(value, choices) is { } best ? $"; did you mean '{best}'?" : "";
        Fail("DB1003", name, $"{_stage}.{name} is '{value}'; expected one of {string.Join(", ", choices.ToArray())}{suggestion}");
        return null;
    }

    private void Missing(string name) => Fail("DB1006", name, $"stage '{_stage}' needs the option '{name}'");

    private bool TryGet(string name, out string value)
    {
        if (_metadata.TryGetValue(name, out string? found) && !string.IsNullOrWhiteSpace(found))
        {
            value = found.Trim();
            return true;
        }

        value = "";
        return false;
    }

    private static string Range(double min, double max, string unit)
    {
        string text = (double.IsNegativeInfinity(min), double.IsPositiveInfinity(max)) switch
        {
            (true, true) => "",
            (false, true) => string.Create(CultureInfo.InvariantCulture, $" of at least {min}"),
            (true, false) => string.Create(CultureInfo.InvariantCulture, $" of at most {max}"),
            _ => string.Create(CultureInfo.InvariantCulture, $" from {min} to {max}"),
        };
        return unit.Length == 0 ? text : $"{text} ({unit})";
    }
}
