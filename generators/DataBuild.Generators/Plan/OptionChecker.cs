using System.Globalization;
using DataBuild.Generators.Model;
using DataBuild.Generators.Text;

namespace DataBuild.Generators.Plan;

/// <summary>
/// Checks the metadata of one <c>Stage</c> item against a schema: the same codes and words as the worker's <c>DataBuild.OptionBinder</c>,
/// which a test holds side by side. Files are not looked for: a generator reads none.
/// </summary>
internal sealed class OptionChecker(StageSchema stage, StageItem item, int index)
{
    private static readonly string[] CommonOptions = ["Name", "Measure", "OnError"];
    private readonly List<PlanError> _errors = [];

    /// <summary>Errors in the order in which the worker finds them.</summary>
    public IReadOnlyList<PlanError> Errors => _errors;

    /// <summary>Checks everything and returns the values that hold; a wrong value gives way to the default.</summary>
    public EquatableArray<ConfiguredOption> Check()
    {
        EquatableArray<ConfiguredOption> options = stage.Options.Select(Option).ToEquatableArray();
        RejectUnknown();
        Choice("OnError", ["Fail", "Drop"]);
        Choice("Measure", ["WithText", "Kept", "All"]);
        return options;
    }

    private ConfiguredOption Option(OptionSchema option)
    {
        string? value = item.Find(option.Name);
        if (value is null && option.Required)
        {
            Fail("DB1006", option.Name, $"stage '{stage.Name}' needs the option '{option.Name}'");
        }

        (string type, string? held) = option.Kind switch
        {
            "Boolean" => ("bool", value is null ? null : Boolean(option, value)),
            "Integer" => (option.IsWide ? "long" : "int", value is null ? null : Integer(option, value)),
            "Number" => (option.IsWide ? "double" : "float", value is null ? null : Number(option, value)),
            "Choice" => ("string", Choice(option.Name, option.Choices.ToArray())),
            "TextList" => ("list", value is null ? null : List(value, [';', ','])),
            "FileList" => ("list", value is null ? null : List(value, [';'])),
            "File" => ("string", value is null ? null : option.Choices.FirstOrDefault(c => c.Equals(value, StringComparison.OrdinalIgnoreCase)) ?? value),
            _ => ("string", value),
        };
        return new ConfiguredOption(option.Name, type, held ?? option.Default, option.Summary);
    }

    private string? Boolean(OptionSchema option, string value)
    {
        if (bool.TryParse(value, out bool flag))
        {
            return flag ? "true" : "false";
        }

        Fail("DB1003", option.Name, $"{stage.Name}.{option.Name} is '{value}'; expected 'true' or 'false'");
        return null;
    }

    private string? Integer(OptionSchema option, string value)
    {
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            Fail("DB1003", option.Name, $"{stage.Name}.{option.Name} is '{value}'; expected an integer{Range(option)}");
            return null;
        }

        string text = number.ToString(CultureInfo.InvariantCulture);
        return InRange(option, number, text, "an integer") ? text : null;
    }

    private string? Number(OptionSchema option, string value)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || double.IsNaN(number))
        {
            Fail("DB1003", option.Name, $"{stage.Name}.{option.Name} is '{value}'; expected a number{Range(option)}");
            return null;
        }

        string text = Format(number);
        return InRange(option, number, text, "a number") ? text : null;
    }

    private bool InRange(OptionSchema option, double number, string text, string expected)
    {
        if (number >= option.Min && number <= option.Max)
        {
            return true;
        }

        Fail("DB1004", option.Name, $"{stage.Name}.{option.Name} is {text}; expected {expected}{Range(option)}");
        return false;
    }

    private string? Choice(string name, string[] choices)
    {
        if (item.Find(name) is not { } value)
        {
            return null;
        }

        if (choices.FirstOrDefault(c => c.Equals(value, StringComparison.OrdinalIgnoreCase)) is { } choice)
        {
            return choice;
        }

        string suggestion = Suggestion.For(value, choices) is { } best ? $"; did you mean '{best}'?" : "";
        Fail("DB1003", name, $"{stage.Name}.{name} is '{value}'; expected one of {string.Join(", ", choices)}{suggestion}");
        return null;
    }

    private void RejectUnknown()
    {
        foreach (string name in item.Metadata.Select(m => m.Name).OrderBy(n => n, StringComparer.Ordinal))
        {
            if (!CommonOptions.Contains(name, StringComparer.OrdinalIgnoreCase) && !stage.Options.Any(o => o.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                string suggestion = Suggestion.For(name, stage.Options.Select(o => o.Name)) is { } best
                    ? $"; did you mean '{best}'?"
                    : $"; it has: {string.Join(", ", stage.Options.Select(o => o.Name))}";
                Fail("DB1002", name, $"stage '{stage.Name}' has no option '{name}'{suggestion}");
            }
        }
    }

    private void Fail(string code, string option, string message) => _errors.Add(new PlanError(code, message, index, option));

    private static string List(string value, char[] separators) =>
        string.Join(";", value.Split(separators, StringSplitOptions.RemoveEmptyEntries).Select(p => p.Trim()).Where(p => p.Length > 0));

    private static string Range(OptionSchema option)
    {
        string text = (double.IsNegativeInfinity(option.Min), double.IsPositiveInfinity(option.Max)) switch
        {
            (true, true) => "",
            (false, true) => $" of at least {Format(option.Min)}",
            (true, false) => $" of at most {Format(option.Max)}",
            _ => $" from {Format(option.Min)} to {Format(option.Max)}",
        };
        return option.Unit.Length == 0 ? text : $"{text} ({option.Unit})";
    }

    private static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
