using DataBuild.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Generators.Plan;

/// <summary>Finds the place in a project file that an error of a plan is about.</summary>
internal static class PlanLocator
{
    public static EquatableArray<DiagnosticInfo> Locate(PlanModel plan, IEnumerable<PlanError> errors, IEnumerable<ProjectFileItems> files)
    {
        PlanError[] all = errors.ToArray();
        if (all.Length == 0)
        {
            return default;
        }

        Dictionary<string, ProjectFileItems> byPath = new(StringComparer.OrdinalIgnoreCase);
        foreach (ProjectFileItems file in files)
        {
            byPath[Normalise(file.Path)] = file;
        }

        WrittenItem?[] written = Match(plan, byPath);
        return all.Select(e => new DiagnosticInfo(e.Code, Place(e), new EquatableArray<string>([e.Message]))).ToEquatableArray();

        LocationInfo Place(PlanError error)
        {
            if (error.Stage < 0)
            {
                return byPath.TryGetValue(Normalise(plan.ProjectFile), out ProjectFileItems? project) && project.Root is { } root ? root : StartOf(plan.ProjectFile);
            }

            StageItem item = plan.Stages[error.Stage];
            LocationInfo? option = error.Option is null ? null : Option(written[error.Stage], error)
                ?? Updates(item, byPath).Select(u => Option(u, error)).LastOrDefault(l => l is not null);
            return option ?? written[error.Stage]?.Location ?? StartOf(item.DefinedIn);
        }
    }

    // The n-th item of a name is the n-th element of that name in its file, elements with other literal values (their condition was false) left out.
    private static WrittenItem?[] Match(PlanModel plan, Dictionary<string, ProjectFileItems> files)
    {
        Dictionary<(string File, string Name), LinkedList<WrittenItem>> unused = [];
        foreach (KeyValuePair<string, ProjectFileItems> file in files)
        {
            foreach (WrittenItem stage in file.Value.Stages.Where(s => !s.IsUpdate))
            {
                (string, string) key = (file.Key, stage.Name.ToUpperInvariant());
                if (!unused.TryGetValue(key, out LinkedList<WrittenItem>? list))
                {
                    unused.Add(key, list = new LinkedList<WrittenItem>());
                }

                list.AddLast(stage);
            }
        }

        WrittenItem?[] matches = new WrittenItem?[plan.Stages.Count];
        for (int i = 0; i < matches.Length; i++)
        {
            StageItem item = plan.Stages[i];
            if (unused.TryGetValue((Normalise(item.DefinedIn), item.Name.ToUpperInvariant()), out LinkedList<WrittenItem>? list) && list.Count > 0)
            {
                matches[i] = list.FirstOrDefault(w => Agrees(w, item)) ?? list.First.Value;
                list.Remove(matches[i]!);
            }
        }

        return matches;
    }

    private static bool Agrees(WrittenItem written, StageItem item) => written.Metadata.All(m =>
        m.Value.Contains("$(") || m.Value.Contains("@(") || m.Value.Contains("%") || string.IsNullOrWhiteSpace(m.Value) || item.Find(m.Name) == m.Value.Trim());

    private static IEnumerable<WrittenItem> Updates(StageItem item, Dictionary<string, ProjectFileItems> files) =>
        files.Values.SelectMany(f => f.Stages).Where(s => s.IsUpdate && s.Name.Equals(item.Name, StringComparison.OrdinalIgnoreCase));

    private static LocationInfo? Option(WrittenItem? written, PlanError error) =>
        written?.Metadata.FirstOrDefault(m => m.Name.Equals(error.Option, StringComparison.OrdinalIgnoreCase)) is { } metadata
            ? AttributeCharacters.Locate(metadata, error.Position, error.Length) ?? metadata.Location
            : null;

    private static LocationInfo StartOf(string path) => new(path, default, new LinePositionSpan(LinePosition.Zero, LinePosition.Zero));

    private static string Normalise(string path) => path.Replace('\\', '/');
}
