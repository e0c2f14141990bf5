using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using System.Text;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Execution;

/// <summary>
/// A small file, mapped into memory, that says at every moment which documents are being worked on. When native code takes the whole process down, whoever
/// started it reads there what it was doing: the kernel keeps what was written.
/// Layout: names of the stages, a line each, in the first 4 KiB; then slots of 1 KiB: stage (int32, -1 = free), length (int32), <c>shard TAB id TAB url</c>.
/// </summary>
internal sealed class InFlightFile : IDisposable
{
    /// <summary>Bytes of the names.</summary>
    public const int HeadBytes = 4096;

    /// <summary>Bytes of a slot.</summary>
    public const int SlotBytes = 1024;

    /// <summary>Number of slots: batches worked on side by side that are told of.</summary>
    public const int Slots = 64;

    private readonly ConcurrentBag<int> _free = [];
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly string? _path;

    /// <summary>Creates the file.</summary>
    /// <param name="path">Where; null to keep no file.</param>
    /// <param name="plan">Names of the stages.</param>
    public unsafe InFlightFile(string? path, DatasetPlan plan)
    {
        _path = path;
        if (path is null)
        {
            return;
        }

        using (FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            try
            {
                stream.SetLength(HeadBytes + (Slots * SlotBytes));
            }
            catch (ArgumentOutOfRangeException exception)
            {
                // What the framework makes of a limit on the size of files.
                throw new IOException($"'{path}': {exception.Message}", exception);
            }

            byte[] names = Encoding.UTF8.GetBytes(string.Concat(plan.Stages.Select(s => s.Name + "\n")));
            stream.Write(names.AsSpan(0, Math.Min(names.Length, HeadBytes)));
            _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        }

        _view = _file.CreateViewAccessor();
        for (int slot = 0; slot < Slots; slot++)
        {
            _view.Write(HeadBytes + (slot * SlotBytes), -1);
            _free.Add(slot);
        }

        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Start = start;
    }

    internal unsafe byte* Start { get; }

    /// <summary>Takes a slot; one that says nothing when none is free.</summary>
    public InFlightSlot Enter() => new(this, _view is not null && _free.TryTake(out int slot) ? slot : -1);

    public void Dispose()
    {
        if (_view is null)
        {
            return;
        }

        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file!.Dispose();
        File.Delete(_path!);
    }

    internal void Leave(int slot) => _free.Add(slot);
}

/// <summary>What one thread works on.</summary>
internal readonly unsafe struct InFlightSlot : IDisposable
{
    private readonly InFlightFile _file;
    private readonly int _slot;
    private readonly byte* _at;

    public InFlightSlot(InFlightFile file, int slot)
    {
        _file = file;
        _slot = slot;
        _at = slot < 0 ? null : file.Start + InFlightFile.HeadBytes + (slot * InFlightFile.SlotBytes);
    }

    /// <summary>Notes the stage that begins.</summary>
    public void Stage(int index)
    {
        if (_at is not null)
        {
            *(int*)_at = index;
        }
    }

    /// <summary>Notes the document that begins.</summary>
    public void Document(string shard, DocumentBatch batch, int row)
    {
        if (_at is null)
        {
            return;
        }

        Span<byte> text = new(_at + (2 * sizeof(int)), InFlightFile.SlotBytes - (2 * sizeof(int)));
        int length = Encoding.UTF8.TryGetBytes(shard, text[..^2], out int written) ? written : 0;
        foreach (string column in (ReadOnlySpan<string>)["id", "url"])
        {
            if (batch.Find(column) is StringColumn values && !values.IsNull(row) && length < text.Length - 1)
            {
                text[length++] = (byte)'\t';
                ReadOnlySpan<byte> value = values[row];
                value = value[..Math.Min(value.Length, text.Length - length)];
                value.CopyTo(text[length..]);
                length += value.Length;
            }
        }

        *(int*)(_at + sizeof(int)) = length;
    }

    public void Dispose()
    {
        if (_at is not null)
        {
            *(int*)_at = -1;
            _file.Leave(_slot);
        }
    }
}
