using System.Globalization;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Arguments of the form <c>name=value</c>.</summary>
internal sealed class Arguments(string[] args)
{
    public string? Text(string name) => args.FirstOrDefault(a => a.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    public int Number(string name, int usual) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;

    public double Real(string name, double usual) => Text(name) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : usual;
}
