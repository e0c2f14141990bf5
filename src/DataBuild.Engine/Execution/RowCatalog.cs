using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Engine.Execution;

/// <summary>
/// Where the figures of every text are that a stage, with these options and files, has measured: in whatever shard, dataset or build of the same store. It points into
/// the column files of measured shards and does not keep them from being collected: what is gone is measured again. Two builds that end at once leave the
/// catalogue of one; the other's rows come back with its next build.
/// </summary>
internal sealed class RowCatalog : IDisposable
{
    // Rows of texts that the corpus does not hold (any more) are remembered up to this many, or four times those that it holds.
    private const long LeastRemembered = 1 << 20;
    private const int RememberedTimes = 4;

    private const int OpenParts = 16;
    private const long SortMemory = 128L << 20;

    private readonly Lock _lock = new();
    private readonly ContentStore _store;
    private readonly PlannedStage _stage;
    private readonly RowCatalogFile _file;
    private readonly int[] _firstFile;
    private readonly LinkedList<(int Part, RowPart Rows)> _open = [];
    private readonly HashSet<int> _gone = [];

    private RowCatalog(ContentStore store, PlannedStage stage, RowCatalogFile file)
    {
        _store = store;
        _stage = stage;
        _file = file;
        _firstFile = FirstFiles(file.Parts);
    }

    /// <summary>Opens the catalogue; null when there is none that can be read.</summary>
    public static RowCatalog? Open(BuildContext context, PlannedStage stage) =>
        OpenFile(context, stage) is { } file ? new RowCatalog(context.Store, stage, file) : null;

    /// <summary>
    /// Takes the figures that the shards hold now into the catalogue; newer ones stand before older ones of the same text. Does nothing where all of them are in it.
    /// </summary>
    public static void Update(BuildContext context, IReadOnlyList<Shard> shards, PlannedStage stage)
    {
        if (!StoredRows.AreKeptFor(stage))
        {
            return;
        }

        Dictionary<string, (IReadOnlyList<StoredFile> Files, int Batches)> current = new(StringComparer.Ordinal);
        foreach (Shard shard in shards)
        {
            // Files of a version that did not keep hashes of texts cannot be asked by text.
            if (shard.Measured.TryGetValue(stage.Name, out IReadOnlyList<StoredFile>? files) && RowPart.Fit(stage, files))
            {
                current.TryAdd(IdentityOf(files), (files, shard.BatchRows.Count));
            }
        }

        using RowCatalogFile? before = OpenFile(context, stage);
        IReadOnlyList<StoredFile>[] old = before is null ? [] : [.. FilesByPart(before.Parts)];
        HashSet<string> known = [.. old.Select(IdentityOf)];
        if (current.Keys.All(known.Contains))
        {
            return;
        }

        string scratch = context.Store.CreateScratchDirectory();
        try
        {
            using RunSorter<RowEntry> sorter = new(scratch, "rows", SortMemory, context.Cancellation);
            List<IReadOnlyList<StoredFile>> parts = [];
            foreach ((IReadOnlyList<StoredFile> files, int batches) in current.Values)
            {
                AddHashes(sorter, parts.Count, RowPart.Hashes(context.Store, stage, files, batches));
                parts.Add(files);
            }

            AddOlder(sorter, parts, before, old, current);
            long[] used = new long[parts.Count];
            StoredFile file = RowCatalogFile.Write(context.Store, Newest(sorter, used), () => new ActionRecord
            {
                Files = [.. parts.SelectMany(f => f)],
                FilesOfShard = [.. parts.Select(f => f.Count)],
                BatchRows = [.. used.Select(u => (int)Math.Min(u, int.MaxValue))],
            });
            context.Store.PutRecord(KeyOf(context, stage), new ActionRecord { Files = [file] });
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>Appends the figures of a text to builders, one a figure column, where they are known.</summary>
    public bool TryAppend(UInt128 hash, ReadOnlySpan<ColumnBuilder> builders)
    {
        if (!_file.TryFind(hash, out RowEntry entry))
        {
            return false;
        }

        lock (_lock)
        {
            if (Part(entry.Part) is not { } rows)
            {
                return false;
            }

            rows.Append(entry.Batch, entry.Row, builders);
            return true;
        }
    }

    public void Dispose()
    {
        foreach ((_, RowPart rows) in _open)
        {
            rows.Dispose();
        }

        _file.Dispose();
    }

    private RowPart? Part(int part)
    {
        for (LinkedListNode<(int Part, RowPart Rows)>? node = _open.First; node is not null; node = node.Next)
        {
            if (node.Value.Part == part)
            {
                return node.Value.Rows;
            }
        }

        if (_gone.Contains(part))
        {
            return null;
        }

        ActionRecord parts = _file.Parts;
        RowPart? rows = RowPart.TryOpen(_store, _stage, [.. parts.Files.Skip(_firstFile[part]).Take(parts.FilesOfShard[part])]);
        if (rows is null)
        {
            _gone.Add(part);
            return null;
        }

        if (_open.Count == OpenParts)
        {
            _open.First!.Value.Rows.Dispose();
            _open.RemoveFirst();
        }

        _open.AddLast((part, rows));
        return rows;
    }

    private static RowCatalogFile? OpenFile(BuildContext context, PlannedStage stage)
    {
        if (context.Store.TryGetRecord(KeyOf(context, stage)) is not { Files: [StoredFile file] })
        {
            return null;
        }

        try
        {
            return RowCatalogFile.Open(context.Store, file);
        }
        catch (StoreCorruptException)
        {
            // Nothing is lost but time: the texts of shards that changed are measured again.
            return null;
        }
    }

    private static void AddHashes(RunSorter<RowEntry> sorter, int part, IEnumerable<StringColumn> hashes)
    {
        int batch = 0;
        foreach (StringColumn column in hashes)
        {
            for (int row = 0; row < column.Length; row++)
            {
                if (!column.IsNull(row))
                {
                    UInt128 hash = StoredRows.ReadHash(column[row]);
                    sorter.Add(new RowEntry((ulong)(hash >> 64), (ulong)hash, part, batch, row));
                }
            }

            batch++;
        }
    }

    // Parts are remembered newest first, as long as there is room for all their entries.
    private static void AddOlder(
        RunSorter<RowEntry> sorter, List<IReadOnlyList<StoredFile>> parts, RowCatalogFile? before, IReadOnlyList<StoredFile>[] old,
        Dictionary<string, (IReadOnlyList<StoredFile> Files, int Batches)> current)
    {
        long room = Math.Max(LeastRemembered, RememberedTimes * sorter.Count);
        int[] ordinal = new int[old.Length];
        for (int part = 0; part < old.Length; part++)
        {
            int entries = before!.Parts.BatchRows[part];
            if (entries == 0 || current.ContainsKey(IdentityOf(old[part])) || entries > room)
            {
                ordinal[part] = -1;
                continue;
            }

            room -= entries;
            ordinal[part] = parts.Count;
            parts.Add(old[part]);
        }

        foreach (RowEntry entry in before?.Entries() ?? [])
        {
            if (ordinal[entry.Part] >= 0)
            {
                sorter.Add(entry with { Part = ordinal[entry.Part] });
            }
        }
    }

    private static IEnumerable<RowEntry> Newest(RunSorter<RowEntry> sorter, long[] used)
    {
        using SortedRecords<RowEntry> sorted = sorter.Sort();
        RowEntry last = default;
        for (bool first = true; sorted.TryRead(out RowEntry entry); first = false)
        {
            if (first || entry.SortKey != last.SortKey || entry.Rest != last.Rest)
            {
                used[entry.Part]++;
                yield return entry;
            }

            last = entry;
        }
    }

    private static IEnumerable<IReadOnlyList<StoredFile>> FilesByPart(ActionRecord parts)
    {
        int first = 0;
        foreach (int count in parts.FilesOfShard)
        {
            yield return [.. parts.Files.Skip(first).Take(count)];
            first += count;
        }
    }

    private static int[] FirstFiles(ActionRecord parts)
    {
        int[] first = new int[parts.FilesOfShard.Count];
        for (int i = 1; i < first.Length; i++)
        {
            first[i] = first[i - 1] + parts.FilesOfShard[i - 1];
        }

        return first;
    }

    private static string IdentityOf(IReadOnlyList<StoredFile> files) => string.Join(' ', files.Select(f => f.Digest));

    private static string KeyOf(BuildContext context, PlannedStage stage)
    {
        ActionKey key = new ActionKey("row catalogue").Add("stage", stage.Descriptor.Name).Add("code", stage.CodeVersion).Add("options", stage.MeasureOptions);
        context.AddMadeInputs(key, stage);
        return key.ToHex();
    }
}
