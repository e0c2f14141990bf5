using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>
/// A file of sorted <see cref="RowEntry"/>s, then the first key of every page of 128 entries, then the parts that entries point into, then the lengths of the
/// three. One look-up reads one page; only the keys of pages are held in memory, 1/16 byte an entry.
/// </summary>
internal sealed class RowCatalogFile : IDisposable
{
    private const int PageEntries = 128;
    private const int FooterBytes = 32;

    private static readonly ulong Magic = BinaryPrimitives.ReadUInt64LittleEndian("DBROWS01"u8);
    private static readonly int EntryBytes = Unsafe.SizeOf<RowEntry>();

    private readonly FileStream _stream;
    private readonly ulong[] _pages;

    private RowCatalogFile(FileStream stream, long entries, ulong[] pages, ActionRecord parts)
    {
        _stream = stream;
        _pages = pages;
        Count = entries;
        Parts = parts;
    }

    /// <summary>Entries.</summary>
    public long Count { get; }

    /// <summary>Files of all parts one after the other, how many belong to each, and how many entries point into each (<c>BatchRows</c>).</summary>
    public ActionRecord Parts { get; }

    /// <summary>Opens a file of the store.</summary>
    /// <exception cref="StoreCorruptException">It is missing or damaged.</exception>
    public static RowCatalogFile Open(ContentStore store, StoredFile file)
    {
        FileStream stream = new(store.OpenVerified(file.Digest), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
        try
        {
            Span<byte> footer = stackalloc byte[FooterBytes];
            ReadAt(stream, footer, file.Length - FooterBytes);
            (long entries, long pages, long table) = (MemoryMarshal.Read<long>(footer), MemoryMarshal.Read<long>(footer[8..]), MemoryMarshal.Read<long>(footer[16..]));
            if (MemoryMarshal.Read<ulong>(footer[24..]) != Magic || (entries * EntryBytes) + (pages * sizeof(ulong)) + table + FooterBytes != file.Length)
            {
                throw new InvalidDataException($"'{stream.Name}' is no catalogue of rows, though its digest is right");
            }

            ulong[] keys = new ulong[pages];
            ReadAt(stream, MemoryMarshal.AsBytes(keys.AsSpan()), entries * EntryBytes);
            byte[] parts = new byte[table];
            ReadAt(stream, parts, file.Length - FooterBytes - table);
            return new RowCatalogFile(stream, entries, keys, ActionRecord.Deserialize("", parts) ?? throw new InvalidDataException($"'{stream.Name}': the table of parts is not understood"));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes a file of the store.</summary>
    /// <param name="store">Store.</param>
    /// <param name="entries">Entries in order, each hash once.</param>
    /// <param name="parts">Says what the entries point into; asked when all entries are written.</param>
    public static StoredFile Write(ContentStore store, IEnumerable<RowEntry> entries, Func<ActionRecord> parts)
    {
        using StoreFileStream file = store.CreateFile();
        List<ulong> pages = [];
        RowEntry[] page = new RowEntry[PageEntries];
        long count = 0;
        foreach (RowEntry entry in entries)
        {
            int place = (int)(count++ % PageEntries);
            page[place] = entry;
            if (place == 0)
            {
                pages.Add(entry.SortKey);
            }

            if (place == PageEntries - 1)
            {
                file.Write(MemoryMarshal.AsBytes(page.AsSpan()));
            }
        }

        file.Write(MemoryMarshal.AsBytes(page.AsSpan(0, (int)(count % PageEntries))));
        file.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(pages)));
        byte[] table = parts().Serialize("");
        file.Write(table);
        Span<byte> footer = stackalloc byte[FooterBytes];
        MemoryMarshal.Write(footer, in count);
        MemoryMarshal.Write(footer[8..], (long)pages.Count);
        MemoryMarshal.Write(footer[16..], (long)table.Length);
        MemoryMarshal.Write(footer[24..], in Magic);
        file.Write(footer);
        (string digest, long length) = file.Commit();
        return new StoredFile(digest, length, []);
    }

    /// <summary>The entry of a hash. Safe to call from several threads.</summary>
    public bool TryFind(UInt128 hash, out RowEntry entry)
    {
        (ulong key, ulong rest) = ((ulong)(hash >> 64), (ulong)hash);

        // Equal first halves may begin on the page before the first that begins with the key.
        int first = Math.Max(0, FirstPageFrom(key) - 1);
        Span<RowEntry> page = stackalloc RowEntry[PageEntries];
        for (int p = first; p < _pages.Length && (p == first || _pages[p] <= key); p++)
        {
            Span<RowEntry> entries = page[..(int)Math.Min(PageEntries, Count - ((long)p * PageEntries))];
            ReadAt(_stream, MemoryMarshal.AsBytes(entries), (long)p * PageEntries * EntryBytes);
            foreach (ref readonly RowEntry candidate in entries)
            {
                if (candidate.SortKey == key && candidate.Rest == rest)
                {
                    entry = candidate;
                    return true;
                }
            }
        }

        entry = default;
        return false;
    }

    /// <summary>All entries in order.</summary>
    public IEnumerable<RowEntry> Entries()
    {
        RowEntry[] page = new RowEntry[PageEntries];
        for (int p = 0; p < _pages.Length; p++)
        {
            int count = (int)Math.Min(PageEntries, Count - ((long)p * PageEntries));
            ReadAt(_stream, MemoryMarshal.AsBytes(page.AsSpan(0, count)), (long)p * PageEntries * EntryBytes);
            for (int i = 0; i < count; i++)
            {
                yield return page[i];
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private int FirstPageFrom(ulong key)
    {
        int page = Array.BinarySearch(_pages, key);
        if (page < 0)
        {
            return ~page;
        }

        while (page > 0 && _pages[page - 1] == key)
        {
            page--;
        }

        return page;
    }

    private static void ReadAt(FileStream stream, Span<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            int read = offset < 0 ? 0 : RandomAccess.Read(stream.SafeFileHandle, bytes, offset);
            if (read == 0)
            {
                throw new InvalidDataException($"'{stream.Name}' ends before the catalogue of rows does, though its digest is right");
            }

            bytes = bytes[read..];
            offset += read;
        }
    }
}
