using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace DataBuild.Stages.Filter;

/// <summary>
/// A set of host names or addresses by their 64-bit digests (XXH3): 16 bytes an entry at most, so that lists of millions stay small. Two different names share a
/// digest with probability n/2^64 for n entries: 3e-13 for the five million of UT1's longest list.
/// </summary>
internal sealed class HostList
{
    private ulong[] _slots = new ulong[64];

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Reads lists of domains: UT1's form (one a line), hosts files (<c>0.0.0.0 name</c>) and Adblock's (<c>||name^</c>); '#' and '!' start comments.</summary>
    /// <exception cref="StageException">A file cannot be read.</exception>
    public static HostList ReadDomains(IReadOnlyList<InputFile> files, string option)
    {
        HostList list = new();
        foreach (ReadOnlyMemory<char> line in Lines(files, option))
        {
            ReadOnlySpan<char> entry = line.Span;
            if (entry.StartsWith("||", StringComparison.Ordinal))
            {
                entry = entry[2..].TrimEnd('^');
            }

            int space = entry.LastIndexOfAny(' ', '\t');
            entry = entry[(space + 1)..];
            entry = entry.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? entry[4..] : entry;
            if (!entry.IsEmpty)
            {
                list.Add(entry.TrimEnd('.'));
            }
        }

        return list;
    }

    /// <summary>Reads lists of addresses: one a line, with or without scheme and <c>www.</c></summary>
    /// <exception cref="StageException">A file cannot be read.</exception>
    public static HostList ReadAddresses(IReadOnlyList<InputFile> files, string option)
    {
        HostList list = new();
        foreach (ReadOnlyMemory<char> line in Lines(files, option))
        {
            list.Add(WebAddress.WithoutScheme(line.Span));
        }

        return list;
    }

    /// <summary>True when the name was added, without regard to case.</summary>
    public bool Contains(ReadOnlySpan<char> name)
    {
        ulong digest = Digest(name);
        int mask = _slots.Length - 1;
        for (int slot = (int)digest & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (_slots[slot] == digest)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the host, or a domain that it is below, was added.</summary>
    public bool ContainsHostOrParent(ReadOnlySpan<char> host)
    {
        while (!host.IsEmpty)
        {
            if (Contains(host))
            {
                return true;
            }

            int dot = host.IndexOf('.');
            host = dot < 0 ? default : host[(dot + 1)..];
        }

        return false;
    }

    /// <summary>True when the address, or one that it is below (<c>host/a</c> of <c>host/a/b?c</c>), was added.</summary>
    public bool ContainsAddressOrParent(ReadOnlySpan<char> address)
    {
        while (!address.IsEmpty)
        {
            if (Contains(address))
            {
                return true;
            }

            int cut = address.LastIndexOfAny('/', '?');
            address = cut < 0 ? default : address[..cut];
        }

        return false;
    }

    private static IEnumerable<ReadOnlyMemory<char>> Lines(IReadOnlyList<InputFile> files, string option)
    {
        foreach (InputFile file in files)
        {
            StreamReader reader;
            try
            {
                reader = new StreamReader(file.PathOrName);
            }
            catch (IOException exception)
            {
                throw new StageException("DB4304", $"{option}: the list '{file.Value}' cannot be read: {exception.Message}", file.Path, exception);
            }

            using (reader)
            {
                while (reader.ReadLine() is { } line)
                {
                    ReadOnlyMemory<char> entry = line.AsMemory(0, EndOfEntry(line)).Trim();
                    if (!entry.IsEmpty)
                    {
                        yield return entry;
                    }
                }
            }
        }
    }

    // Comments stand at the beginning of a line or after white space; in an address the same characters belong to it.
    private static int EndOfEntry(string line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] is '#' or '!' && (i == 0 || char.IsWhiteSpace(line[i - 1])))
            {
                return i;
            }
        }

        return line.Length;
    }

    private static ulong Digest(ReadOnlySpan<char> name)
    {
        Span<char> lower = name.Length <= 512 ? stackalloc char[name.Length] : new char[name.Length];
        _ = name.ToLowerInvariant(lower);
        ulong digest = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(lower));
        return digest == 0 ? 1 : digest;
    }

    private void Add(ReadOnlySpan<char> name)
    {
        if (Contains(name))
        {
            return;
        }

        if ((Count + 1) * 2 > _slots.Length)
        {
            ulong[] old = _slots;
            _slots = new ulong[BitOperations.RoundUpToPowerOf2((uint)old.Length * 2)];
            foreach (ulong digest in old)
            {
                if (digest != 0)
                {
                    Place(digest);
                }
            }
        }

        Place(Digest(name));
        Count++;
    }

    private void Place(ulong digest)
    {
        int mask = _slots.Length - 1;
        int slot = (int)digest & mask;
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & mask;
        }

        _slots[slot] = digest;
    }
}
