using System.Diagnostics;
using DataBuild.Engine.Columns;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>Runs the merge of a corpus stage over all shards and adds the outcome columns to each.</summary>
internal static class MergeAction
{
    /// <summary>Merges the stage over all shards, or finds what merging it gave.</summary>
    /// <returns>False when the record is not in the store and nothing may be computed.</returns>
    public static bool Run(BuildContext context, IReadOnlyList<Shard> shards, PlannedStage stage, StageTally tally, bool compute)
    {
        ICorpusStage corpusStage = (ICorpusStage)stage.Stage;
        ActionKey key = new ActionKey("merge")
            .Add("stage", stage.Descriptor.Name).Add("code", stage.CodeVersion).Add("name", stage.Name)
            .Add("options", stage.MeasureOptions).Add("thresholds", stage.ThresholdOptions).Add("shards", shards.Count);
        context.AddMadeInputs(key, stage);
        string[] read = [.. stage.FigureColumns.Select(c => c.Name), .. corpusStage.MergeColumns];
        foreach (Shard shard in shards)
        {
            key.Add("alive", shard.DigestOf(Shard.AliveColumn)).Add("state", shard.DigestOf(stage.StateColumn)).Add("batches", shard.DigestOf("id"));
            foreach (string column in read)
            {
                key.Add("column " + column, shard.DigestOf(column));
            }
        }

        string hex = key.ToHex();
        ActionRecord? record = context.Store.TryGetRecord(hex);
        if (record is null || record.FilesOfShard.Count != shards.Count)
        {
            if (!compute)
            {
                return false;
            }

            long start = Stopwatch.GetTimestamp();
            context.EnsureInitialized(stage);
            string scratch = context.Store.CreateScratchDirectory();
            string? files = stage.Stage is IFileMakingStage ? context.Store.CreateScratchDirectory() : null;
            StoredCorpus corpus = new(context, shards, stage);
            try
            {
                using OutcomeSink sink = new(context.Store, shards, stage);
                corpusStage.MergeInto(corpus, sink, context.ContextFor(stage, scratch, files));
                record = sink.Complete();
                record.Made = files is null ? null : [.. ((IFileMakingStage)stage.Stage).MadeFiles.Select(name => StoreMade(context, stage, files, name))];
            }
            catch (Exception exception) when (StageFailedException.IsFailure(exception) && exception is not (IOException or UnauthorizedAccessException))
            {
                throw StageFailedException.InMerge(stage.Name, corpus.RowCount, corpus.ShardCount, exception);
            }
            finally
            {
                Directory.Delete(scratch, recursive: true);
                if (files is not null)
                {
                    Directory.Delete(files, recursive: true);
                }
            }

            context.Store.PutRecord(hex, record);
            context.Events.ActionComputed(ActionKind.Merge, stage.Name, "");
            tally.Merged(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        if (record.Made is not null)
        {
            context.MadeFiles[stage.Name] = record.Made;
        }

        int next = 0;
        for (int i = 0; i < shards.Count; i++)
        {
            for (int file = 0; file < record.FilesOfShard[i]; file++)
            {
                shards[i].Add(record.Files[next++]);
            }
        }

        return true;
    }

    private static MadeFile StoreMade(BuildContext context, PlannedStage stage, string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            throw new InvalidOperationException($"the stage '{stage.Name}' did not make the file '{name}' that it announces");
        }

        using FileStream made = File.OpenRead(path);
        using StoreFileStream stored = context.Store.CreateFile();
        made.CopyTo(stored);
        (string digest, long length) = stored.Commit();
        return new MadeFile(name, new StoredFile(digest, length, []));
    }

    private sealed class StoredCorpus(BuildContext context, IReadOnlyList<Shard> shards, PlannedStage stage) : Corpus
    {
        public override int ShardCount => shards.Count;

        public override long RowCount => shards.Sum(s => s.Rows);

        public override long RowsOf(int shard) => shards[shard].Rows;

        public override IEnumerable<CorpusBatch> Read(params IReadOnlyList<string> columns)
        {
            // A stage may ask for its figures by their relative names.
            (string Asked, string Stored)[] names = [.. columns.Select(c => (c, c.StartsWith('.') ? stage.Name + c : c))];
            long first = 0;
            foreach (Shard shard in shards)
            {
                Dictionary<string, ColumnLocation> locations = new(StringComparer.Ordinal);
                foreach ((string asked, string stored) in names)
                {
                    if (shard.TryLocate(stored, out ColumnLocation location))
                    {
                        locations[asked] = location;
                    }
                }

                locations["\0alive"] = shard.Alive;
                locations["\0state"] = shard.Locate(stage.StateColumn);
                using BatchReader reader = new(context.Store, locations);
                for (int batch = 0; batch < shard.BatchRows.Count; batch++)
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    using LoadedBatch loaded = reader.Read(batch);
                    ValueColumn<bool> alive = (ValueColumn<bool>)loaded.Documents["\0alive"];
                    ValueColumn<int> state = (ValueColumn<int>)loaded.Documents["\0state"];
                    bool[] live = new bool[loaded.Documents.Count];
                    for (int row = 0; row < live.Length; row++)
                    {
                        live[row] = alive[row] && state[row] == MeasureState.Measured;
                    }

                    yield return new CorpusBatch(shard.Index, first, loaded.Documents, live);
                    first += live.Length;
                }
            }
        }
    }

    /// <summary>Cuts the stream of outcomes into the shards' batches.</summary>
    private sealed class OutcomeSink : IOutcomeSink, IDisposable
    {
        private readonly ContentStore _store;
        private readonly IReadOnlyList<Shard> _shards;
        private readonly PlannedStage _stage;
        private readonly ColumnBuilder[] _builders;
        private readonly List<StoredFile> _files = [];
        private readonly List<int> _filesOfShard = [];
        private StageFiles? _current;
        private int _shard = -1;
        private int _batch;
        private int _rows;

        public OutcomeSink(ContentStore store, IReadOnlyList<Shard> shards, PlannedStage stage)
        {
            _store = store;
            _shards = shards;
            _stage = stage;
            _builders = [.. stage.OutcomeColumns.Select(c => ColumnTypes.CreateBuilder(c.Type))];
            NextShard();
        }

        public ReadOnlySpan<ColumnBuilder> Builders => _builders;

        public void RowAppended()
        {
            if (++_rows < _shards[_shard].BatchRows[_batch])
            {
                return;
            }

            _current!.Write(_rows, [.. _builders.Select(b => b.Build())]);
            _rows = 0;
            _batch++;
            if (_batch == _shards[_shard].BatchRows.Count)
            {
                NextShard();
            }
        }

        public ActionRecord Complete() => new() { Files = _files, FilesOfShard = _filesOfShard };

        public void Dispose() => _current?.Dispose();

        // Shards without rows get their (empty) files on the way.
        private void NextShard()
        {
            do
            {
                if (_current is not null)
                {
                    IReadOnlyList<StoredFile> files = _current.Complete();
                    _files.AddRange(files);
                    _filesOfShard.Add(files.Count);
                    _current.Dispose();
                    _current = null;
                }

                _shard++;
                _batch = 0;
                if (_shard < _shards.Count)
                {
                    _current = new StageFiles(_store, _stage.OutcomeColumns);
                }
            }
            while (_current is not null && _shards[_shard].BatchRows.Count == 0);
        }
    }
}
