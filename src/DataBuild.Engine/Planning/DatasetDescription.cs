using System.Globalization;

namespace DataBuild.Engine.Planning;

/// <summary>What the project says of its dataset, for the card and the metadata; no part of it changes a row.</summary>
/// <param name="Text">One paragraph (<c>DatasetDescription</c>).</param>
/// <param name="License">SPDX identifier of the whole (<c>DatasetLicense</c>).</param>
/// <param name="Url">Page of the dataset (<c>DatasetUrl</c>).</param>
/// <param name="Creator">Who made it (<c>DatasetCreator</c>).</param>
/// <param name="DatePublished">Day of publication, <c>yyyy-MM-dd</c> (<c>DatasetDatePublished</c>); declared, since no output may depend on a clock.</param>
/// <param name="Version">Semantic version (<c>DatasetVersion</c>).</param>
/// <param name="Statement">The curator's own data statement, Markdown: the contents of the file that <c>DatasetStatement</c> names.</param>
public sealed record DatasetDescription(
    string? Text, string? License, string? Url, string? Creator, string? DatePublished, string? Version, string? Statement)
{
    /// <summary>Reads the properties of a plan.</summary>
    /// <exception cref="PlanException">A date is no date, an address no address, or the statement cannot be read.</exception>
    public static DatasetDescription Of(PlanFile plan)
    {
        string? url = Property(plan, "DatasetUrl");
        if (url is not null && !Uri.TryCreate(url, UriKind.Absolute, out _))
        {
            throw new PlanException("DB5040", $"DatasetUrl is '{url}'; expected an absolute address such as https://example.org/data", plan.ProjectFile);
        }

        string? date = Property(plan, "DatasetDatePublished");
        if (date is not null && !DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            throw new PlanException("DB5040", $"DatasetDatePublished is '{date}'; expected a day such as 2026-11-30", plan.ProjectFile);
        }

        return new DatasetDescription(
            Property(plan, "DatasetDescription"), Property(plan, "DatasetLicense"), url, Property(plan, "DatasetCreator"), date, Property(plan, "DatasetVersion"), ReadStatement(plan));
    }

    /// <summary>Full path of the file that holds the statement; null where the project names none.</summary>
    public static string? StatementPath(PlanFile plan) =>
        Property(plan, "DatasetStatement") is { } file ? Path.GetFullPath(Path.Combine(plan.ProjectDirectory, file)) : null;

    private static string? ReadStatement(PlanFile plan)
    {
        if (StatementPath(plan) is not { } path)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(path).ReplaceLineEndings("\n").Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PlanException("DB5040", $"DatasetStatement names '{path}', which cannot be read: {exception.Message}", plan.ProjectFile);
        }
    }

    private static string? Property(PlanFile plan, string name) =>
        plan.Properties.TryGetValue(name, out string? value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
}
