using System.Globalization;
using DataBuild.Generators.Model;
using DataBuild.Generators.Text;

namespace DataBuild.Generators.Plan;

/// <summary>Checks a plan against the schemas of the stages that are there, and resolves what holds.</summary>
internal static class PlanChecker
{
    public static CheckedPlan Check(PlanModel plan, IEnumerable<StageSchema> schemas)
    {
        List<PlanError> errors = [];
        List<ConfiguredStage> stages = [];
        List<(StageSchema Schema, string InstanceName)> resolved = [];
        PlanColumns columns = new();
        ILookup<string, StageSchema> known = schemas.ToLookup(s => s.Name, StringComparer.OrdinalIgnoreCase);
        HashSet<string> instanceNames = new(StringComparer.OrdinalIgnoreCase) { "read" };
        HashSet<string> identifiers = new(StringComparer.Ordinal) { "Pipeline", "Stages" };
        if (!plan.HasCrawl)
        {
            errors.Add(new PlanError("DB1008", $"the dataset '{plan.Name}' has no Crawl item; name its inputs: <Crawl Include=\"crawl/*.warc.gz\" />"));
        }

        for (int i = 0; i < plan.Stages.Count; i++)
        {
            StageItem item = plan.Stages[i];
            StageSchema? schema = known[item.Name].FirstOrDefault();
            if (schema is null)
            {
                string[] names = known.Select(g => g.Key).OrderBy(n => n, StringComparer.OrdinalIgnoreCase).ToArray();
                string suggestion = Suggestion.For(item.Name, names) is { } best ? $"; did you mean '{best}'?" : $"; known are: {string.Join(", ", names)}";
                errors.Add(new PlanError("DB1001", $"there is no stage '{item.Name}'{suggestion}", i));
                continue;
            }

            if (schema.Problem is { } problem)
            {
                errors.Add(new PlanError("DB1014", $"the stage '{schema.Name}' of the assembly {schema.Assembly} cannot be used: {problem}", i));
                continue;
            }

            if (known[item.Name].Skip(1).FirstOrDefault() is { } other)
            {
                errors.Add(new PlanError("DB1015", $"two stages are called '{schema.Name}': one in {schema.Assembly}, one in {other.Assembly}", i));
            }

            OptionChecker options = new(schema, item, i);
            EquatableArray<ConfiguredOption> configured = options.Check();
            errors.AddRange(options.Errors);
            string instanceName = item.Find("Name") ?? schema.ColumnPrefix;
            if (!instanceNames.Add(instanceName))
            {
                errors.Add(new PlanError("DB1007", $"two stages are named '{instanceName}'; give one of them another name: <Stage Include=\"{schema.Name}\" Name=\"...\" />", i, item.Find("Name") is null ? null : "Name"));
            }

            errors.AddRange(ExpressionOptions.Check(schema, item, i, instanceName, columns));
            columns.Add(schema, instanceName);
            if (OrderError(schema, resolved) is { } order)
            {
                errors.Add(new PlanError("DB1009", order, i));
            }

            resolved.Add((schema, instanceName));
            string identifier = Unique(item.Find("Name") is { } given ? Pascal(given) : schema.Name, identifiers);
            stages.Add(new ConfiguredStage(identifier, schema.Name, instanceName, schema.Summary, configured));
        }

        if (plan.Stages.Count == 0)
        {
            errors.Add(new PlanError("DB1012", $"the dataset '{plan.Name}' has no Stage item; the least is <Stage Include=\"Extract\" />"));
        }

        PipelineModel pipeline = new(plan.Name, stages.ToEquatableArray(), PublishedColumns.Of(plan, resolved));
        return new CheckedPlan(pipeline, errors.ToEquatableArray());
    }

    private static string? OrderError(StageSchema stage, List<(StageSchema Schema, string InstanceName)> before)
    {
        if (before.Count == 0)
        {
            return null;
        }

        StageSchema previous = before[before.Count - 1].Schema;
        if (stage.ReadsPayload)
        {
            return $"stage '{stage.Name}' reads fetched bytes and must be the first stage; here it follows '{previous.Name}'";
        }

        // A filter may follow, on the number of tokens; a new text may not.
        bool makesText = stage.Columns.Any(c => c.Name == "text");
        return makesText && before.FirstOrDefault(b => b.Schema.Phase == "Tokenize").Schema is { } tokenize
            ? $"stage '{stage.Name}' makes a new text and must stand before '{tokenize.Name}', whose tokens would be those of the old one"
            : null;
    }

    private static string Unique(string name, HashSet<string> taken)
    {
        string identifier = name;
        for (int i = 2; !taken.Add(identifier); i++)
        {
            identifier = name + i.ToString(CultureInfo.InvariantCulture);
        }

        return identifier;
    }

    /// <summary><c>gopher-strict</c> to <c>GopherStrict</c>.</summary>
    internal static string Pascal(string name)
    {
        IEnumerable<string> words = name.Split(name.Where(c => !char.IsLetterOrDigit(c)).Distinct().ToArray(), StringSplitOptions.RemoveEmptyEntries);
        return Names.Identifier(string.Concat(words.Select(w => char.ToUpperInvariant(w[0]) + w.Substring(1))));
    }
}
