using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;
using DataBuild.Formats;

namespace DataBuild.Engine.Execution;

/// <summary>
/// Finds how far a sample of at most so many documents reaches: reads the ids of all inputs, which is quick because no page is parsed, and keeps the
/// smallest places of each shard in the store.
/// </summary>
internal static class SampleAction
{
    /// <summary>Changes whenever the same input gives other places.</summary>
    private const int Version = 1;

    private const int BatchRows = 1 << 16;
    private static readonly ColumnSchema[] Schema = [new("place", ColumnType.UInt64, "Place of a document in the order of sampling")];

    /// <summary>The smallest places of the usable documents of a shard, ascending, no more than the rule's most.</summary>
    public static ulong[] Places(BuildContext context, Shard shard, SampleRule rule)
    {
        int most = rule.MaxDocuments!.Value;
        string hex = KeyOf(context, shard, rule);
        ActionRecord? record = context.Store.TryGetRecord(hex);
        if (record is null)
        {
            record = Scan(context, shard, rule, most);
            context.Store.PutRecord(hex, record);
        }

        ulong[] places = new ulong[record.BatchRows.Sum()];
        int read = 0;
        using BatchReader reader = new(context.Store, [KeyValuePair.Create("place", new ColumnLocation(record.Files[0], 0))]);
        for (int batch = 0; batch < record.BatchRows.Count; batch++)
        {
            using LoadedBatch loaded = reader.Read(batch);
            ((ValueColumn<ulong>)loaded.Documents["place"]).Values.CopyTo(places.AsSpan(read));
            read += loaded.Documents.Count;
        }

        return places;
    }

    /// <summary>True when the places of a shard are in the store.</summary>
    public static bool IsKnown(BuildContext context, Shard shard, SampleRule rule) =>
        context.Digests.IsKnown(shard.Input.Path) && context.Store.TryGetRecord(KeyOf(context, shard, rule)) is not null;

    /// <summary>The largest place that is in the sample: no more than the most documents have it or a smaller one.</summary>
    public static ulong Limit(SampleRule rule, ulong[][] placesOfShards)
    {
        ulong limit = rule.RateLimit;
        if (rule.MaxDocuments is { } most)
        {
            ulong[] all = [.. placesOfShards.SelectMany(p => p)];
            Array.Sort(all);
            if (all.Length > most)
            {
                // Documents of one id have one place: all of them are in, or none.
                limit = Math.Min(limit, all[most] == 0 ? 0 : all[most] - 1);
            }
        }

        return limit;
    }

    private static string KeyOf(BuildContext context, Shard shard, SampleRule rule)
    {
        ActionKey key = new ActionKey("sample").Add("version", Version).Add("seed", rule.Seed).Add("most", rule.MaxDocuments!.Value);
        ReadAction.AddInput(key, context, shard);
        return key.ToHex();
    }

    private static ActionRecord Scan(BuildContext context, Shard shard, SampleRule rule, int most)
    {
        // The largest of the smallest places is on top.
        PriorityQueue<ulong, ulong> smallest = new(Comparer<ulong>.Create((a, b) => b.CompareTo(a)));
        using (CrawlReader reader = CrawlReader.Open(shard.Input.Path, ReadAction.OptionsOf(shard)))
        {
            while (reader.TryRead(out RawDocument? document))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                using (document)
                {
                    if (document.DropReason is null)
                    {
                        ulong place = rule.PlaceOf(document.Id);
                        // One more than the most, so that the limit can tell a full sample from one that leaves documents out.
                        if (smallest.Count <= most)
                        {
                            smallest.Enqueue(place, place);
                        }
                        else if (place < smallest.Peek())
                        {
                            smallest.EnqueueDequeue(place, place);
                        }
                    }
                }
            }
        }

        ulong[] places = [.. smallest.UnorderedItems.Select(i => i.Element).Order()];
        List<int> batchRows = [];
        using StageFiles files = new(context.Store, Schema);
        foreach (ulong[] chunk in places.Chunk(BatchRows))
        {
            ValueColumnBuilder<ulong> column = new();
            foreach (ulong place in chunk)
            {
                column.Append(place);
            }

            batchRows.Add(chunk.Length);
            files.Write(chunk.Length, [column.Build()]);
        }

        return new ActionRecord { Files = files.Complete(), BatchRows = batchRows };
    }
}
