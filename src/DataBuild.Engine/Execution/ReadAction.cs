using System.Diagnostics;
using System.Globalization;
using DataBuild.Engine.Packaging.Tokens;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Formats;

namespace DataBuild.Engine.Execution;

/// <summary>
/// Reads a crawl input into the first columns of its shard and, in the same pass, runs the stage that reads fetched bytes, which are not stored.
/// </summary>
internal static class ReadAction
{
    /// <summary>Changes whenever the same input gives other rows.</summary>
    private const int Version = 2;

    // A batch ends at whichever comes first: few enough documents to balance threads, few enough bytes to bound memory.
    private const int BatchDocuments = 256;
    private const long BatchBytes = 4 << 20;

    private static readonly ColumnSchema[] ReadSchemas = [.. PlanResolver.ReadColumns, new(Shard.AliveColumn, ColumnType.Boolean)];

    /// <summary>Reads the shard's input, or finds what reading it gave.</summary>
    /// <returns>The record; null when it is not in the store and nothing may be computed.</returns>
    public static ActionRecord? Run(BuildContext context, Shard shard, PlannedStage? stage, StageTally read, StageTally? extract, bool compute)
    {
        if (!compute && !context.Digests.IsKnown(shard.Input.Path))
        {
            // Only to look for a record, no input is read from end to end.
            return null;
        }

        context.Store.MarkInputUsed(shard.Input.Path);
        ActionKey key = new ActionKey("read").Add("version", Version);
        AddInput(key, context, shard);
        if (context.Sample is { } sample)
        {
            key.Add("sample seed", sample.Rule.Seed).Add("sample limit", sample.Limit.ToString(CultureInfo.InvariantCulture));
        }

        if (stage is not null)
        {
            key.Add("stage", stage.Descriptor.Name).Add("code", stage.CodeVersion).Add("name", stage.Name)
                .Add("onError", stage.OnError.ToString()).Add("options", stage.MeasureOptions);
        }

        string hex = key.ToHex();
        ActionRecord? record = context.Store.TryGetRecord(hex);
        if (record is { Counts: not null })
        {
            Advance(new FileInfo(shard.Input.Path).Length, read, extract);
        }
        else if (!compute)
        {
            return null;
        }
        else
        {
            record = Read(context, shard, stage, read, extract);
            if (context.Digests.Of(shard.Input.Path) != shard.InputDigest)
            {
                throw new IOException($"'{shard.Input.Path}' changed while it was read; build again when it is complete");
            }

            context.Store.PutRecord(hex, record);
            context.Events.ActionComputed(ActionKind.Read, "read", shard.Name);
            read.ShardMeasured();
            extract?.ShardMeasured();
        }

        shard.BatchRows = record.BatchRows;
        foreach (StoredFile file in record.Files)
        {
            shard.Add(file);
        }

        read.Count(record.Counts!);
        foreach (InputDefect defect in record.Defects)
        {
            context.Events.Diagnostic(new BuildDiagnostic(false, defect.Code,
                $"{defect.Count} damaged record{(defect.Count == 1 ? "" : "s")} skipped; the first at offset {defect.FirstOffset}: {defect.FirstMessage}", shard.Input.Path));
        }

        return record;
    }

    /// <summary>Adds what the documents of an input depend on.</summary>
    public static void AddInput(ActionKey key, BuildContext context, Shard shard)
    {
        shard.InputDigest = context.Digests.Of(shard.Input.Path);
        key.Add("input", shard.InputDigest).Add("extension", ExtensionOf(shard.Input.Path));
        foreach ((string name, string value) in shard.Input.Metadata.Where(m => !CrawlItem.IsDescriptive(m.Key) && !TokenMixture.IsMetadata(m.Key)).OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            key.Add("metadata " + name, value);
        }
    }

    private static ActionRecord Read(BuildContext context, Shard shard, PlannedStage? stage, StageTally read, StageTally? extract)
    {
        if (stage is not null)
        {
            context.EnsureInitialized(stage);
        }

        ColumnSchema[] schemas = stage is null
            ? [.. ReadSchemas, new ColumnSchema("text", ColumnType.String)]
            : [.. ReadSchemas, .. StageColumns.SchemaOf(stage)];
        List<int> batchRows = [];
        DocumentCounts counts = new();
        long position = 0;
        using StageFiles files = new(context.Store, schemas);
        CrawlReaderOptions options = OptionsOf(shard);
        options = stage?.Stage is IPayloadStage { MediaTypes: { } types } ? options with { MediaTypes = types } : options;
        using CrawlReader reader = CrawlReader.Open(shard.Input.Path, options);
        OrderedPipeline.Run(
            Batches(reader),
            documents => Process(context, shard, documents, stage, read, extract),
            result =>
            {
                // The reader is ahead by the batches that are worked on.
                Advance(reader.Counts.BytesCompressed - position, read, extract);
                position = reader.Counts.BytesCompressed;
                batchRows.Add(result.Rows);
                counts.Add(result.Counts);
                files.Write(result.Rows, result.Columns);
            },
            context.Slots, context.PipelineDepth, context.Cancellation);
        Advance(new FileInfo(shard.Input.Path).Length - position, read, extract);
        return new ActionRecord
        {
            Files = files.Complete(),
            BatchRows = batchRows,
            Counts = counts,
            Records = new SortedDictionary<string, long>(reader.Counts.RecordsByType.ToDictionary(), StringComparer.Ordinal),
            Defects = [.. reader.Counts.DefectsByCode.Select(d => First(reader, d.Key, d.Value))],
            InputBytes = reader.Counts.BytesUncompressed,
        };
    }

    private static void Advance(long bytes, StageTally read, StageTally? extract)
    {
        read.Advance(bytes);
        extract?.Advance(bytes);
    }

    private static InputDefect First(CrawlReader reader, string code, long count)
    {
        CrawlDefect first = reader.Defects.FirstOrDefault(d => d.Code == code);
        return new InputDefect(code, count, first.Offset, first.Message ?? "");
    }

    // The name decides how a file is read only where its first bytes do not.
    private static string ExtensionOf(string path)
    {
        string name = Path.GetFileName(path);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? "" : name[dot..].ToLowerInvariant();
    }

    /// <summary>How the input is read.</summary>
    public static CrawlReaderOptions OptionsOf(Shard shard)
    {
        CrawlReaderOptions options = CrawlReaderOptions.Default;
        IReadOnlyDictionary<string, string> metadata = shard.Input.Metadata;
        return options with
        {
            TextField = metadata.GetValueOrDefault("TextField", options.TextField),
            IdField = metadata.GetValueOrDefault("IdField", options.IdField),
            UrlField = metadata.GetValueOrDefault("UrlField", options.UrlField),
            DateField = metadata.GetValueOrDefault("DateField", options.DateField),
            LabelField = metadata.GetValueOrDefault("LabelField", options.LabelField),
        };
    }

    private static IEnumerable<List<RawDocument>> Batches(CrawlReader reader)
    {
        List<RawDocument> batch = [];
        long bytes = 0;
        while (reader.TryRead(out RawDocument? document))
        {
            batch.Add(document);
            bytes += document.Payload.Length;
            if (batch.Count == BatchDocuments || bytes >= BatchBytes)
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private static (int Rows, Column[] Columns, DocumentCounts Counts) Process(
        BuildContext context, Shard shard, List<RawDocument> raw, PlannedStage? stage, StageTally read, StageTally? extract)
    {
        DocumentCounts counts = new() { In = raw.Count };
        StringColumnBuilder ids = new();
        StringColumnBuilder urls = new();
        StringColumnBuilder dates = new();
        ValueColumnBuilder<long> offsets = new();
        ValueColumnBuilder<int> statuses = new();
        StringColumnBuilder mediaTypes = new();
        StringColumnBuilder reasons = new();
        StringColumnBuilder labels = new();
        string? label = shard.Input.Metadata.GetValueOrDefault("DocumentLabel");
        ValueColumnBuilder<bool> alive = new();
        StringColumnBuilder texts = new();
        string?[] drop = new string?[raw.Count];
        long bytes = 0;
        for (int row = 0; row < raw.Count; row++)
        {
            RawDocument document = raw[row];
            bytes += document.Payload.Length;
            drop[row] = document.DropReason
                ?? (context.Sample is { } sample && sample.Rule.PlaceOf(document.Id) > sample.Limit ? SampleRule.DropReason : null)
                ?? (stage is null && !document.IsText ? "needs_extract" : null);
            ids.Append(document.Id);
            urls.Append(document.Url);
            dates.Append(document.Date);
            offsets.Append(document.Offset);
            statuses.Append(document.HttpStatus);
            mediaTypes.Append(document.MediaType);
            reasons.Append(drop[row]);
            labels.Append(document.Label ?? label);
            alive.Append(drop[row] is null);
            if (drop[row] is { } reason)
            {
                counts.Dropped[reason] = counts.Dropped.GetValueOrDefault(reason) + 1;
                texts.AppendNull();
            }
            else
            {
                counts.Kept++;
                if (document.IsText)
                {
                    texts.Append(document.Payload.Span);
                }
                else
                {
                    texts.AppendNull();
                }
            }
        }

        Column text = texts.Build();
        Column[] columns = [ids.Build(), urls.Build(), dates.Build(), offsets.Build(), statuses.Build(), mediaTypes.Build(), reasons.Build(), labels.Build(), alive.Build()];
        read.Measured(raw.Count, bytes, 0);
        if (stage is null)
        {
            raw.ForEach(d => d.Dispose());
            return (raw.Count, [.. columns, text], counts);
        }

        Dictionary<string, Column> named = new(StringComparer.Ordinal) { ["text"] = text };
        for (int i = 0; i < columns.Length; i++)
        {
            named[ReadSchemas[i].Name] = columns[i];
        }

        DocumentBatch batch = new(raw.Count, named);
        Document view = context.RentDocument();
        StageColumns output = new(stage, context.Failed);
        using InFlightSlot inFlight = context.InFlight.Enter();
        inFlight.Stage(stage.Index);
        long start = Stopwatch.GetTimestamp();
        if (stage.Stage is IPrefetchingStage prefetching)
        {
            for (int row = 0; row < raw.Count; row++)
            {
                if (drop[row] is null && !raw[row].IsText)
                {
                    view.MoveTo(batch, row);
                    view.SetPayload(raw[row].Payload, raw[row].MediaType, raw[row].Charset);
                    prefetching.Prefetch(view);
                }
            }
        }

        for (int row = 0; row < raw.Count; row++)
        {
            if (drop[row] is not null)
            {
                output.AppendNotMeasured();
            }
            else
            {
                view.MoveTo(batch, row);
                view.SetPayload(raw[row].IsText ? default : raw[row].Payload, raw[row].MediaType, raw[row].Charset);
                inFlight.Document(shard.Name, batch, row);
                output.Measure(view, shard);
            }

            raw[row].Dispose();
        }

        view.SetPayload(default, null, null);
        context.Return(view);
        extract!.Measured(counts.Kept, bytes, Stopwatch.GetElapsedTime(start).TotalSeconds);
        return (raw.Count, [.. columns, .. output.Build()], counts);
    }
}
