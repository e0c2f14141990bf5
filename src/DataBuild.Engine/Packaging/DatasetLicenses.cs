namespace DataBuild.Engine.Packaging;

/// <summary>The licences of a dataset.</summary>
internal static class DatasetLicenses
{
    /// <summary>What inputs without a declared licence are listed under.</summary>
    public const string NotDeclared = "not declared";

    /// <summary>
    /// SPDX identifiers: the one that the project declares for the whole or, where it declares none, those of the inputs that gave documents. Empty when
    /// one of these has none, because then nothing can be said of the whole.
    /// </summary>
    public static IReadOnlyList<string> Of(Manifest manifest)
    {
        if (manifest.Description?.License is { } license)
        {
            return [license];
        }

        ManifestInput[] inputs = [.. manifest.Inputs.Where(i => i.Kept > 0)];
        return inputs.Any(i => i.License is null)
            ? []
            : [.. inputs.SelectMany(i => Split(i.License!)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The identifiers of an expression such as <c>CC-BY-3.0 AND MIT</c>.</summary>
    public static string[] Split(string expression) => expression.Split(" AND ", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The page of a licence: of an SPDX identifier that of its list; null for one of the project's own (<c>LicenseRef-...</c>).</summary>
    public static string? PageOf(string identifier) =>
        Uri.TryCreate(identifier, UriKind.Absolute, out _) ? identifier
            : identifier.StartsWith("LicenseRef-", StringComparison.OrdinalIgnoreCase) ? null
            : $"https://spdx.org/licenses/{Uri.EscapeDataString(identifier)}.html";
}
