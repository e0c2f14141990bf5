using System.Security.Cryptography;
using System.Text;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Packaging.Tokens;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Reporting;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Packaging;

/// <summary>
/// Makes the dataset of the kept documents: rows, tokens, dataset card, manifest and report, written into a folder beside the output and then swapped with it, so that
/// readers see the old dataset or the new one, whole.
/// </summary>
public sealed class DatasetPackager
{
    /// <summary>Changes whenever the same shards give other output bytes.</summary>
    private const int Version = 4;

    /// <summary>Name under which progress tells how far packaging is; no stage has it.</summary>
    public const string StageName = "package";

    private readonly DatasetBuild _build;
    private readonly DatasetPlan _plan;
    private readonly IReadOnlyList<PublishedColumn> _columns;
    private readonly PlannedStage? _tokenStage;
    private readonly DatasetDescription _description;
    private readonly CancellationToken _cancellation;

    /// <summary>Prepares to publish a build whose stages have all run.</summary>
    /// <exception cref="PlanException">The output format or an output column is unknown, or the dataset's description cannot be used.</exception>
    public DatasetPackager(DatasetBuild build, CancellationToken cancellation)
    {
        _build = build;
        _plan = build.Plan;
        _cancellation = cancellation;
        _columns = PublishedColumns.Of(_plan);
        _description = DatasetDescription.Of(_plan.File);
        _tokenStage = _plan.Stages.LastOrDefault(s => s.Stage is ITokenizingStage);
        if (!TableWriter.Formats.Contains(_plan.File.OutputFormat))
        {
            string suggestion = Suggestion.For(_plan.File.OutputFormat, TableWriter.Formats.ToArray()) is { } best ? $"; did you mean '{best}'?" : "";
            throw new PlanException("DB5001", $"DataBuildOutputFormat is '{_plan.File.OutputFormat}'; expected one of {string.Join(", ", TableWriter.Formats)}{suggestion}", _plan.File.ProjectFile);
        }

        Key = NewKey();
    }

    /// <summary>Key of what would be published: another one has other bytes.</summary>
    public string Key { get; }

    /// <summary>Writes the dataset beside its place, or finds that what is there is what it would publish.</summary>
    /// <param name="report">Collects what the build did, when the report is to be written.</param>
    /// <returns>The dataset, to be published.</returns>
    internal PreparedDataset Prepare(Func<BuildReport> report)
    {
        string output = Path.TrimEndingDirectorySeparator(_plan.File.OutputDirectory);

        // One build of a dataset runs at a time, so a folder of this name is one that a killed build left.
        string partial = OutputFolder.PartialOf(output);
        foreach (string leftover in new[] { partial, OutputFolder.OldOf(output) }.Where(Directory.Exists))
        {
            Directory.Delete(leftover, recursive: true);
        }

        if (Manifest.TryLoad(Path.Combine(output, "manifest.json")) is { } existing && existing.PackageKey == Key && IsIntact(output, existing))
        {
            return new PreparedDataset(Key, existing, null, output);
        }

        Directory.CreateDirectory(partial);
        try
        {
            return new PreparedDataset(Key, Write(new OutputFolder(partial), Key, report), partial, output);
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    /// <summary>Writes a dataset of what the shards hold of their rows, which need not be all.</summary>
    internal void Rehearse(OutputFolder folder, Func<BuildReport> report) => Write(folder, Key, report, isRehearsal: true);

    private static byte[] ProvenanceOf(Manifest manifest, byte[] json) => ProvenanceStatement.Render(manifest, Convert.ToHexStringLower(SHA256.HashData(json)));

    private static bool HasProvenance(string output, Manifest manifest)
    {
        string path = Path.Combine(output, ProvenanceStatement.FileName);
        return File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(ProvenanceOf(manifest, File.ReadAllBytes(Path.Combine(output, "manifest.json"))));
    }

    private bool IsIntact(string output, Manifest manifest) => HasProvenance(output, manifest) && manifest.Files.All(f =>
    {
        FileInfo file = new(Path.Combine(output, f.Path));
        return file.Exists && file.Length == f.Bytes && _build.Digests.Of(file.FullName) == f.Sha256;
    });

    private string NewKey()
    {
        ActionKey key = new ActionKey("package").Add("version", Version).Add("engine", EngineVersion.Current)
            .Add("name", _plan.File.Name).Add("format", _plan.File.OutputFormat).Add("description", _description.ToString());
        foreach (CrawlItem input in _plan.Inputs)
        {
            foreach ((string name, string value) in input.Metadata.Where(m => CrawlItem.IsDescriptive(m.Key)).OrderBy(m => m.Key, StringComparer.Ordinal))
            {
                key.Add($"{name} of {input.Name}", value);
            }
        }

        key.Add("verdicts", VerdictTable.IsWanted(_plan.File) ? "true" : "false");
        foreach (PublishedColumn column in _columns)
        {
            key.Add("publish", $"{column.Source} as {column.Name}: {column.Description}");
        }

        foreach (PlannedStage stage in _plan.Stages)
        {
            key.Add("stage", stage.Name).Add("code", stage.CodeVersion).Add("options", stage.MeasureOptions).Add("thresholds", stage.ThresholdOptions);
        }

        foreach (Shard shard in _build.Shards)
        {
            key.Add("shard", shard.Name).Add("input", shard.InputDigest).Add("alive", shard.DigestOf(Shard.AliveColumn));
            if (TokenMixture.Describe(shard.Input) is { Length: > 0 } mixture)
            {
                key.Add("mixture", mixture);
            }

            foreach (string column in ReadColumns())
            {
                key.Add("column " + column, shard.DigestOf(column));
            }
        }

        foreach ((string stage, MadeFile made) in MadeFiles())
        {
            key.Add("made", $"{stage}/{made.Name} {made.File.Digest}");
        }

        foreach (StageSummary summary in _build.Summaries)
        {
            key.Add("counts", $"{summary.Stage} {summary.Counts.In} {summary.Counts.Kept} {string.Join(' ', summary.Counts.Dropped.Select(d => $"{d.Key}={d.Value}"))}");
        }

        return key.ToHex();
    }

    // Files that stages made, in the order of the plan.
    private IEnumerable<(string Stage, MadeFile File)> MadeFiles() => _plan.Stages
        .Where(s => _build.MadeFiles.ContainsKey(s.Name)).SelectMany(s => _build.MadeFiles[s.Name].Select(f => (s.Name, f)));

    private IEnumerable<string> ReadColumns() => PublishedColumns.StoredOf(_columns)
        .Concat(_tokenStage is null ? [] : [TokensColumn(), "id"]).Distinct(StringComparer.Ordinal);

    private string TokensColumn() => _tokenStage!.Name + ((ITokenizingStage)_tokenStage.Stage).TokensColumn;

    private Manifest Write(OutputFolder folder, string key, Func<BuildReport> collectReport, bool isRehearsal = false)
    {
        PublishedFacts facts = new(_plan);
        long documents = _build.Shards.Sum(s => s.Rows);
        StageTally progress = _build.NewTally(StageName, StageName, StagePhase.Package);
        progress.Expect(documents * (1 + (_tokenStage is null ? 0 : 1) + (VerdictTable.IsWanted(_plan.File) ? 1 : 0)));
        BuildReport? report = null;
        long? tokens = null;

        // None of these reads what another writes; those that take longest begin first. Files are listed in this order, whichever is ready first.
        List<Func<IEnumerable<ManifestFile>>> parts =
        [
            () => new RowPackager(_build, _columns, facts, progress, _cancellation).Write(folder),
            WriteTokens,
            CollectReport,
            .. (isRehearsal ? [] : MadeFiles()).Select(made => (Func<IEnumerable<ManifestFile>>)(() => Copy(made.Stage, made.File))),
            WriteVerdicts,
        ];
        IEnumerable<ManifestFile>[] written = new IEnumerable<ManifestFile>[parts.Count];
        ParallelWork.ForEach(Enumerable.Range(0, parts.Count), _build.Context.Threads, part => written[part] = parts[part](), _cancellation);
        List<ManifestFile> files = [.. written.SelectMany(w => w)];
        long rows = files.Sum(f => f.Path.StartsWith(RowPackager.Folder, StringComparison.Ordinal) ? f.Rows ?? 0 : 0);
        if (!isRehearsal && rows != _build.Summaries[^1].Counts.Kept)
        {
            throw new StageException("DB3060", $"{rows} rows were written of the {_build.Summaries[^1].Counts.Kept} documents that the last stage kept");
        }

        // Each of these tells of the files before it, and the manifest of every file.
        Manifest manifest = NewManifest(key, files, facts, tokens);
        Describe("README.md", DatasetCard.Render(manifest, _plan.File.OutputFormat, _description.Statement));
        Describe("croissant.json", Croissant.Render(manifest, _plan.File.OutputFormat));
        Describe("SHA256SUMS", string.Concat(manifest.Files.OrderBy(f => f.Path, StringComparer.Ordinal).Select(f => $"{f.Sha256}  {f.Path}\n")));
        manifest.Files = [.. manifest.Files.OrderBy(f => f.Path, StringComparer.Ordinal)];

        // The report tells of this build (times, reuse), so it is no part of the reproducible dataset and not in the manifest.
        folder.Write("report.html", Encoding.UTF8.GetBytes(ReportPage.Render(report!, manifest)));
        byte[] json = manifest.ToJson();
        folder.Write("manifest.json", json);
        folder.Write(ProvenanceStatement.FileName, ProvenanceOf(manifest, json));
        return manifest;

        IEnumerable<ManifestFile> WriteTokens()
        {
            if (_tokenStage is null)
            {
                return [];
            }

            tokens = new TokenPackager(_build, _tokenStage, _cancellation).Write(folder);
            progress.Advance(documents);
            return [.. folder.Files.Where(f => f.StartsWith(TokenSink.Folder, StringComparison.Ordinal)).Select(f => folder.Entry(f))];
        }

        IEnumerable<ManifestFile> CollectReport()
        {
            report = collectReport();
            return [];
        }

        IEnumerable<ManifestFile> Copy(string stage, MadeFile made)
        {
            string name = $"{stage}/{made.Name}";
            using (FileStream source = File.OpenRead(_build.Store.OpenVerified(made.File.Digest)))
            using (Stream copy = folder.Create(name))
            {
                source.CopyTo(copy);
            }

            return [folder.Entry(name)];
        }

        IEnumerable<ManifestFile> WriteVerdicts()
        {
            if (!VerdictTable.IsWanted(_plan.File))
            {
                return [];
            }

            using (Stream verdicts = folder.Create(VerdictTable.FileName))
            {
                VerdictTable.Write(verdicts, _build, _cancellation);
            }

            progress.Advance(documents);
            return [folder.Entry(VerdictTable.FileName, documents)];
        }

        void Describe(string name, string text)
        {
            folder.Write(name, Encoding.UTF8.GetBytes(text));
            manifest.Files = [.. manifest.Files, folder.Entry(name)];
        }
    }

    private Manifest NewManifest(string key, IReadOnlyList<ManifestFile> files, PublishedFacts facts, long? tokens) => new()
    {
        Name = _plan.File.Name,
        DataBuild = EngineVersion.Current,
        PackageKey = key,
        Description = _description with { Statement = null } == new DatasetDescription(null, null, null, null, null, null, null)
            ? null
            : new ManifestDescription(_description.Text, _description.License, _description.Url, _description.Creator, _description.DatePublished, _description.Version),
        Sample = _plan.Sample is { } sample ? new ManifestSample(sample.Rate, sample.MaxDocuments, sample.Seed) : null,
        Inputs = [.. _build.Shards.Select(s =>
        {
            ActionRecord record = _build.InputRecords[s.Index];
            return new ManifestInput(s.Name, s.InputDigest, new FileInfo(s.Input.Path).Length, record.Records ?? [], s.Rows, facts.DocumentsOf(s.Index), facts.TextBytesOf(s.Index),
                new SortedDictionary<string, long>(record.Defects.ToDictionary(d => d.Code, d => d.Count), StringComparer.Ordinal),
                s.Input.Metadata.GetValueOrDefault(CrawlItem.LicenseMetadata), s.Input.Metadata.GetValueOrDefault(CrawlItem.AttributionMetadata));
        })],
        Stages = [.. _plan.Stages.Select(s => new ManifestStage(
            s.Name, s.Descriptor.Name, s.CodeVersion, OptionsOf(s),
            [.. s.Files.Select(f => new ManifestFile(Path.GetFileName(f.Path), f.Digest, new FileInfo(f.Path).Length))],
            _build.Summaries.First(x => x.Stage == s.Name).Counts))],
        Columns = [.. _columns.Select(c => new ManifestColumn(c.Name, c.Type, c.Description, PublishedColumns.MakersOf(c, _plan)))],
        Documents = facts.Documents,
        TextBytes = facts.TextBytes,
        ValueBytes = facts.ValueBytes,
        Languages = facts.Languages,
        FirstDate = facts.FirstDate,
        LastDate = facts.LastDate,
        Tokens = tokens,
        Files = files,
    };

    private static SortedDictionary<string, string> OptionsOf(PlannedStage stage)
    {
        SortedDictionary<string, string> options = new(StringComparer.Ordinal);
        foreach (string line in (stage.MeasureOptions + stage.ThresholdOptions).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            options[line[..equals]] = line[(equals + 1)..];
        }

        return options;
    }
}
