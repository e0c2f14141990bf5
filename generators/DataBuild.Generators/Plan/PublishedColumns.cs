using System.Text;
using DataBuild.Generators.Model;

namespace DataBuild.Generators.Plan;

/// <summary>
/// The columns of the published dataset, chosen as the engine chooses them: identity, address, date, source, text, then absolute columns and those that
/// stages declare as published; the property <c>DataBuildOutputColumns</c> replaces the choice.
/// </summary>
internal static class PublishedColumns
{
    private static readonly ColumnModel[] ReadColumns =
    [
        new("id", "String", false, "Identity of the document: the WARC record's UUID, or a digest of address and content"),
        new("url", "String", true, "Address that the document was fetched from"),
        new("date", "String", true, "When it was fetched, ISO 8601"),
        new("source", "String", false, "Crawl input that the document was read from"),
        new("text", "String", true, "Text of the document"),
    ];

    // Not published unless asked for.
    private static readonly ColumnModel[] FurtherReadColumns =
    [
        new("read.offset", "Int64", true, "Offset of its record in the input, in bytes"),
        new("read.status", "Int32", true, "HTTP status; 0 when there is none"),
        new("read.mediaType", "String", true, "Declared media type"),
        new("read.reason", "String", true, "Why reading dropped it"),
        new("label", "String", true, "Label that the input states: metadata DocumentLabel of the Crawl item, or the field that its LabelField names"),
    ];

    public static EquatableArray<PublishedColumn> Of(PlanModel plan, IEnumerable<(StageSchema Schema, string InstanceName)> stages)
    {
        List<ColumnModel> chosen = [.. ReadColumns];
        HashSet<string> chosenNames = new(ReadColumns.Select(c => c.Name), StringComparer.Ordinal);
        Dictionary<string, ColumnModel> known = ReadColumns.Concat(FurtherReadColumns).ToDictionary(c => c.Name, StringComparer.Ordinal);
        foreach ((StageSchema schema, string instanceName) in stages)
        {
            foreach (ColumnModel column in schema.Columns)
            {
                bool relative = column.Name.StartsWith(".", StringComparison.Ordinal);
                ColumnModel absolute = relative ? column with { Name = instanceName + column.Name } : column;
                known[absolute.Name] = absolute;
                if ((!relative || schema.Published.Contains(column.Name)) && chosenNames.Add(absolute.Name))
                {
                    chosen.Add(absolute);
                }
            }
        }

        string[] wanted = plan.OutputColumns.Split([';'], StringSplitOptions.RemoveEmptyEntries).Select(n => n.Trim()).Where(n => n.Length > 0).ToArray();
        if (wanted.Length > 0)
        {
            // A name that no stage makes is reported by the worker, which knows every column.
            chosen = wanted.Select(n => chosen.FirstOrDefault(c => c.Name == n || Published(c.Name) == n) ?? (known.TryGetValue(n, out ColumnModel? column) ? column : null))
                .OfType<ColumnModel>().ToList();
        }

        // Rows of different inputs may lack what a stage measures only for some: such a column has no value there.
        return chosen.Select(c => new PublishedColumn(
            Published(c.Name),
            PlanChecker.Pascal(WithoutCode(c.Name)),
            c.Type,
            c.IsNullable || !ReadColumns.Any(r => r.Name == c.Name && !r.IsNullable),
            c.Description)).ToEquatableArray();
    }

    /// <summary>
    /// The published form of a name: <c>language.score</c> is <c>language_score</c>, <c>meanWordLength</c> is <c>mean_word_length</c>, <c>language.code</c> is
    /// <c>language</c>.
    /// </summary>
    public static string Published(string column)
    {
        column = WithoutCode(column);
        StringBuilder name = new();
        for (int i = 0; i < column.Length; i++)
        {
            char c = column[i];
            if (c is '.' or '-' or ' ')
            {
                name.Append('_');
            }
            else if (c is >= 'A' and <= 'Z')
            {
                _ = i > 0 && column[i - 1] is >= 'a' and <= 'z' ? name.Append('_') : name;
                name.Append(char.ToLowerInvariant(c));
            }
            else
            {
                name.Append(c);
            }
        }

        return name.ToString();
    }

    // A code is what its stage is there to tell and has the stage's name, unless a column of the input has it.
    private static string WithoutCode(string column)
    {
        const string suffix = ".code";
        string stage = column.EndsWith(suffix, StringComparison.Ordinal) ? column.Substring(0, column.Length - suffix.Length) : "";
        return stage.Length == 0 || ReadColumns.Concat(FurtherReadColumns).Any(c => c.Name == stage) ? column : stage;
    }
}
