using System.Globalization;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>The alarm of stages that keep too little: an option that is one digit off throws a corpus away without a word otherwise.</summary>
/// <param name="File">The plan.</param>
/// <param name="Least">Share of its documents that each stage must keep (<c>DataBuildMinimumYield</c>), 0 to 1.</param>
internal sealed record YieldRule(PlanFile File, double Least)
{
    private const string Property = "DataBuildMinimumYield";

    // Fewer are a try, not a corpus.
    private const long LeastDocuments = 10;

    /// <summary>The rule of a plan.</summary>
    /// <exception cref="PlanException">The property is out of range.</exception>
    public static YieldRule Of(PlanFile file)
    {
        double least = 0;
        string text = file.Properties.GetValueOrDefault(Property, "").Trim();
        return text.Length == 0 || (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out least) && least is >= 0 and <= 1)
            ? new YieldRule(file, least)
            : throw new PlanException("DB0007", $"{Property} is '{text}'; expected a share from 0 to 1, such as 0.05", file.ProjectFile);
    }

    /// <summary>Looks at a finished stage.</summary>
    /// <exception cref="StageException">It kept less than the property asks for.</exception>
    public void Check(StageSummary stage, IBuildEvents events)
    {
        DocumentCounts counts = stage.Counts;
        string found = string.Create(CultureInfo.InvariantCulture, $"stage '{stage.Stage}' kept {counts.Kept} of {counts.In} documents");
        if (Least > 0 && counts.In > 0 && counts.Kept < Least * counts.In)
        {
            throw new StageException("DB3088", string.Create(CultureInfo.InvariantCulture, $"{found}, less than {Property} ({Least}); most were dropped for '{Reason(counts)}'"), File.ProjectFile);
        }

        if (counts.Kept == 0 && counts.In >= LeastDocuments)
        {
            events.Diagnostic(new BuildDiagnostic(false, "DB3088", $"{found}; most were dropped for '{Reason(counts)}'", File.ProjectFile));
        }
    }

    private static string Reason(DocumentCounts counts) => counts.Dropped.OrderByDescending(d => d.Value).ThenBy(d => d.Key, StringComparer.Ordinal).First().Key;
}
