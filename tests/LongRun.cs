using System.Globalization;

namespace DataBuild.Tests;

/// <summary>Sizes of tests that are short by default and long where a person asks for it by an environment variable.</summary>
internal static class LongRun
{
    /// <summary>The variable's number, or the default.</summary>
    public static int Count(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int count) ? count : otherwise;
}
