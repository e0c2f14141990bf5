using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Verification;

/// <summary>
/// Compares the snapshot of a finished dataset with the <c>*.verified.*</c> files beside its project. What differs is written as <c>*.received.*</c>;
/// accepting makes the received files the verified ones.
/// </summary>
public static class DatasetVerification
{
    private const int DifferenceLines = 24;

    /// <summary>Name that the files of a plan begin with: that of the dataset and, for a sample, of the configuration.</summary>
    public static string NameOf(PlanFile plan) => SampleRule.Of(plan) is null ? plan.Name : $"{plan.Name}.{plan.Configuration}";

    /// <summary>Compares; returns one error for each file that differs or is not there yet.</summary>
    /// <exception cref="PlanException">A property of the plan is out of range.</exception>
    /// <exception cref="InvalidDataException">The dataset is not built, or incomplete.</exception>
    public static IReadOnlyList<BuildDiagnostic> Verify(PlanFile plan) => Verify(plan, null);

    /// <summary>Compares one kind of snapshot (<c>rows</c>, <c>stages</c> or <c>manifest</c>), or all.</summary>
    /// <exception cref="PlanException">A property of the plan is out of range.</exception>
    /// <exception cref="InvalidDataException">The dataset is not built, or incomplete.</exception>
    public static IReadOnlyList<BuildDiagnostic> Verify(PlanFile plan, string? kind)
    {
        List<BuildDiagnostic> errors = [];
        foreach (SnapshotPart part in DatasetSnapshot.Take(plan).Where(p => kind is null || p.Kind == kind))
        {
            string verified = PathOf(plan, part, "verified");
            string received = PathOf(plan, part, "received");
            string? expected = File.Exists(verified) ? File.ReadAllText(verified).ReplaceLineEndings("\n") : null;
            if (expected == part.Text)
            {
                File.Delete(received);
                continue;
            }

            Write(received, part.Text);
            string accept = "accept with 'dotnet build -t:AcceptDataset' or 'databuild accept'";
            bool isOne = part.Kind == "manifest";
            errors.Add(expected is null
                ? new BuildDiagnostic(true, "DB5042", $"the {part.Kind} of '{plan.Name}' {(isOne ? "has" : "have")} not been verified yet; look at '{Path.GetFileName(received)}' and {accept}", verified)
                : new BuildDiagnostic(
                    true, "DB5041",
                    $"the {part.Kind} of '{plan.Name}' {(isOne ? "is" : "are")} not as verified (- verified, + built); {accept}\n{TextDifference.Describe(expected, part.Text, DifferenceLines)}",
                    verified, TextDifference.FirstLine(expected, part.Text)));
        }

        return errors;
    }

    /// <summary>Makes the dataset as it is the verified one.</summary>
    /// <returns>Paths of the files that changed.</returns>
    /// <exception cref="InvalidDataException">The dataset is not built, or incomplete.</exception>
    public static IReadOnlyList<string> Accept(PlanFile plan)
    {
        List<string> changed = [];
        foreach (SnapshotPart part in DatasetSnapshot.Take(plan))
        {
            string verified = PathOf(plan, part, "verified");
            File.Delete(PathOf(plan, part, "received"));
            if (!File.Exists(verified) || File.ReadAllText(verified).ReplaceLineEndings("\n") != part.Text)
            {
                Write(verified, part.Text);
                changed.Add(verified);
            }
        }

        return changed;
    }

    private static string PathOf(PlanFile plan, SnapshotPart part, string state) =>
        Path.Combine(plan.ProjectDirectory, $"{NameOf(plan)}.{part.Kind}.{state}.{part.Extension}");

    private static void Write(string path, string text)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllText(temporary, text);
        File.Move(temporary, path, overwrite: true);
    }
}
