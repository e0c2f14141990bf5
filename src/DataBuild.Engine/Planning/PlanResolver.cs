using DataBuild.Engine.Store;

namespace DataBuild.Engine.Planning;

/// <summary>Makes a checked plan from a plan file: binds options, resolves files, checks order and columns. Collects every error before it gives up.</summary>
public static class PlanResolver
{
    /// <summary>Columns that reading makes, known to every stage.</summary>
    public static readonly IReadOnlyList<ColumnSchema> ReadColumns =
    [
        new("id", ColumnType.String, "Identity of the document: the WARC record's UUID, or a digest of address and content"),
        new("url", ColumnType.String, "Address that the document was fetched from"),
        new("date", ColumnType.String, "When it was fetched, ISO 8601"),
        new("read.offset", ColumnType.Int64, "Offset of its record in the input, in bytes"),
        new("read.status", ColumnType.Int32, "HTTP status; 0 when there is none"),
        new("read.mediaType", ColumnType.String, "Declared media type"),
        new("read.reason", ColumnType.String, "Why reading dropped it"),
        new("label", ColumnType.String, "Label that the input states: metadata DocumentLabel of the Crawl item, or the field that its LabelField names"),
    ];

    /// <summary>Resolves a plan.</summary>
    /// <param name="file">Plan file.</param>
    /// <param name="registry">Stages by name.</param>
    /// <param name="digests">Digests of the files that options name.</param>
    /// <param name="diagnostics">Receives errors and warnings.</param>
    /// <returns>The plan, or null when there was an error.</returns>
    public static DatasetPlan? Resolve(PlanFile file, StageRegistry registry, FileDigests digests, List<BuildDiagnostic> diagnostics)
    {
        int errorsBefore = diagnostics.Count(d => d.IsError);
        ItemPlaces places = new();
        IReadOnlyList<CrawlItem> inputs = CheckInputs(file, places, diagnostics);
        List<PlannedStage> stages = [];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase) { "read" };
        Dictionary<string, ColumnType> columns = ReadColumns.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
        columns["text"] = ColumnType.String;
        StagePhase runsIn = StagePhase.Extract;
        foreach (StageItem item in TakedownItems.InsertInto(file, registry))
        {
            string definedIn = item.DefinedIn ?? file.ProjectFile;
            void Error(string code, string message, Func<string, string, bool>? isMeant = null)
            {
                (int line, int column) = places.OfStage(definedIn, item, isMeant);
                diagnostics.Add(new BuildDiagnostic(true, code, message, definedIn, line, column));
            }

            if (registry.Find(item.Name) is not { } entry)
            {
                string suggestion = Suggestion.For(item.Name, registry.Names.ToArray()) is { } best ? $"; did you mean '{best}'?" : $"; known are: {string.Join(", ", registry.Names)}";
                Error("DB1001", $"there is no stage '{item.Name}'{suggestion}");
                continue;
            }

            StageDescriptor descriptor = entry.Descriptor;
            OptionBinder binder = new(descriptor.Name, item.Metadata, file.ProjectDirectory);
            Stage? stage = descriptor.Bind(binder);
            ErrorPolicy onError = binder.Enumeration("OnError", ErrorPolicy.ByCause);
            MeasureScope scope = binder.Enumeration("Measure", stage?.Scope ?? MeasureScope.WithText);
            string name = binder.Text("Name", descriptor.ColumnPrefix) ?? descriptor.ColumnPrefix;
            foreach (OptionError error in binder.Errors)
            {
                Error(error.Code, error.Message, (option, _) => option.Equals(error.Option, StringComparison.OrdinalIgnoreCase));
            }

            if (!names.Add(name))
            {
                Error("DB1007", $"two stages are named '{name}'; give one of them another name: <Stage Include=\"{descriptor.Name}\" Name=\"...\" />");
            }

            IReadOnlyList<string> expressionErrors = ExpressionOptions.Check(descriptor, item, name, columns);
            foreach (string error in expressionErrors)
            {
                Error("DB1060", error);
            }

            if (stage is null || binder.Errors.Count > 0 || expressionErrors.Count > 0)
            {
                // What it would make is there for the stages after it, so that one mistake is one error.
                AddColumns(columns, descriptor.Columns.Select(c => c.ForStage(name)));
                continue;
            }

            stage = stage with { Name = name };
            if (stage is IPayloadStage && stages.Count > 0)
            {
                Error("DB1009", $"stage '{descriptor.Name}' reads fetched bytes and must be the first stage; here it follows '{stages[^1].Descriptor.Name}'");
            }

            // A filter may follow, on the number of tokens; a new text may not.
            if (descriptor.Columns.Any(c => c.Name == "text") && stages.Find(s => s.Descriptor.Phase == StagePhase.Tokenize) is { } tokenize)
            {
                Error("DB1009", $"stage '{descriptor.Name}' makes a new text and must stand before '{tokenize.Descriptor.Name}', whose tokens would be those of the old one");
            }

            foreach (string column in stage.InputColumns.Concat(stage is ICorpusStage corpus ? corpus.MergeColumns : []).Distinct(StringComparer.Ordinal))
            {
                if (!columns.ContainsKey(column) && !column.StartsWith(name + ".", StringComparison.Ordinal))
                {
                    string suggestion = Suggestion.For(column, columns.Keys.ToArray()) is { } best ? $"; did you mean '{best}'?" : "";
                    Error("DB1011", $"stage '{name}' reads the column '{column}', which no stage before it makes{suggestion}", (_, value) => value.Contains(column, StringComparison.Ordinal));
                }
            }

            CanonicalOptions measure = new(digests.Of);
            descriptor.WriteCanonical(stage, OptionRole.Measure, measure);
            CanonicalOptions thresholds = new(digests.Of);
            descriptor.WriteCanonical(stage, OptionRole.Threshold, thresholds);

            InputFile[] made = [.. measure.MadeFiles, .. thresholds.MadeFiles];
            foreach (InputFile madeFile in made)
            {
                if (MadeFileError(madeFile, stages) is { } problem)
                {
                    Error("DB1070", $"stage '{name}' reads '{madeFile.Value}', {problem}", (_, value) => value.Contains(madeFile.Value, StringComparison.Ordinal));
                }
            }

            if (stage is IFileMakingStage && ReservedFolders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                Error("DB1071", $"stage '{name}' makes files, which are published in a folder of its name; '{name}' is taken: give it another Name");
            }

            IReadOnlyList<ColumnSchema> figures = stage is IMeasuringStage measuring
                ? [.. measuring.FigureColumns.Select(c => c.ForStage(name))]
                : [new ColumnSchema(name + ".reason", ColumnType.String)];
            IReadOnlyList<ColumnSchema> outcomes = stage is ICorpusStage merging ? [.. merging.OutcomeColumns.Select(c => c.ForStage(name))] : [];
            AddColumns(columns, descriptor.Columns.Select(c => c.ForStage(name)));

            runsIn = (StagePhase)Math.Max((int)runsIn, (int)descriptor.Phase);
            stages.Add(new PlannedStage
            {
                Index = stages.Count,
                Descriptor = descriptor,
                Stage = stage,
                MeasureOptions = measure.ToString(),
                ThresholdOptions = thresholds.ToString(),
                Files = [.. measure.Files.Concat(thresholds.Files).Distinct().Select(f => (f, digests.Of(f)))],
                MadeInputs = made,
                CodeVersion = entry.CodeDigest is null ? $"{descriptor.Version}" : $"{descriptor.Version}+{entry.CodeDigest}",
                Scope = scope,
                OnError = onError,
                FigureColumns = figures,
                OutcomeColumns = outcomes,
                RunsIn = runsIn,
            });
        }

        if (file.Stages.Count == 0)
        {
            diagnostics.Add(new BuildDiagnostic(true, "DB1012", $"the dataset '{file.Name}' has no Stage item; the least is <Stage Include=\"Extract\" />", file.ProjectFile));
        }

        return diagnostics.Count(d => d.IsError) > errorsBefore ? null : new DatasetPlan { File = file, Inputs = inputs, Stages = stages, Sample = SampleRule.Of(file) };
    }

    private static void AddColumns(Dictionary<string, ColumnType> columns, IEnumerable<ColumnSchema> added)
    {
        foreach (ColumnSchema column in added)
        {
            columns[column.Name] = column.Type;
        }
    }

    private static readonly string[] ReservedFolders = ["data", "tokens"];

    // What is wrong with a file that an option expects an earlier stage to make.
    private static string? MadeFileError(InputFile file, List<PlannedStage> before)
    {
        PlannedStage? maker = before.FirstOrDefault(s => s.Name.Equals(file.MadeBy, StringComparison.OrdinalIgnoreCase));
        string[] makers = [.. before.Where(s => s.Stage is IFileMakingStage).Select(s => s.Name)];
        string known = makers.Length == 0 ? "no stage before it makes files" : $"stages before it that make files: {string.Join(", ", makers)}";
        return maker?.Stage is not IFileMakingStage making
            ? $"and no stage named '{file.MadeBy}' that makes files stands before it; {known}"
            : file.MadeName.Length > 0 && !making.MadeFiles.Contains(file.MadeName, StringComparer.Ordinal)
                ? $"which the stage '{maker.Name}' does not make; it makes {string.Join(", ", making.MadeFiles)}"
                : null;
    }

    private static List<CrawlItem> CheckInputs(PlanFile file, ItemPlaces places, List<BuildDiagnostic> diagnostics)
    {
        if (file.Crawl.Count == 0)
        {
            diagnostics.Add(new BuildDiagnostic(true, "DB1008", $"the dataset '{file.Name}' has no Crawl item; name its inputs: <Crawl Include=\"crawl/*.warc.gz\" />", file.ProjectFile));
        }

        List<CrawlItem> inputs = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (CrawlItem item in file.Crawl.OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            if (!names.Add(item.Name))
            {
                Error(item, "DB1013", $"two crawl inputs are called '{item.Name}' (metadata Source of '{item.Include}')");
            }
            else if (Directory.Exists(item.Path))
            {
                Error(item, "DB2002", $"the crawl input '{item.Include}' is a folder; expected a file, or a pattern such as '{item.Include.TrimEnd('/', '\\')}/*.warc.gz'");
            }
            else if (!File.Exists(item.Path) || FileStamp.IsBrokenLink(item.Path))
            {
                Error(item, "DB2001", $"the crawl input '{item.Include}' does not exist ({item.Path})");
            }
            else if (!FileStamp.IsRegularFile(item.Path))
            {
                Error(item, "DB2002", $"the crawl input '{item.Include}' is a pipe, a socket or a device; expected a regular file");
            }
            else
            {
                inputs.Add(item);
            }
        }

        return inputs;

        void Error(CrawlItem item, string code, string message)
        {
            string definedIn = item.DefinedIn ?? file.ProjectFile;
            (int line, int column) = places.OfInput(definedIn, item);
            diagnostics.Add(new BuildDiagnostic(true, code, message, definedIn, line, column));
        }
    }

    /// <summary>The include path with forward slashes, whatever the machine.</summary>
    public static string Normalise(string include) => include.Replace('\\', '/');
}
