using System.Runtime.InteropServices;

namespace DataBuild.Engine.Store;

/// <summary>What tells, without reading a file, that it was not changed.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">Time of the last change of content, which programs may set; UTC ticks.</param>
/// <param name="Changed">Time of the last change of anything, which no program can set (Linux); UTC ticks, 0 where the system has none.</param>
public readonly partial record struct FileStamp(long Length, long Modified, long Changed)
{
    private const int CurrentFolder = -100;
    private const uint ChangeTimeMask = 0x80;

    // struct statx is the same on all processors: stx_ctime begins at byte 96 of 256, seconds and then nanoseconds.
    private const int StructureBytes = 256;
    private const int ChangeTimeOffset = 96;
    private const uint TypeMask = 0x1;
    private const int ModeOffset = 28;
    private const int FormatBits = 0xF000;
    private const int RegularFile = 0x8000;

    /// <summary>The stamp of a file; of no length where there is none.</summary>
    public static FileStamp Of(string path)
    {
        FileInfo info = new(path);
        return info.Exists ? new FileStamp(info.Length, info.LastWriteTimeUtc.Ticks, ChangeTime(path)) : new FileStamp(-1, 0, 0);
    }

    /// <summary>False for what is there and is no file with content: pipes, sockets, devices (Linux) and folders. Opening a pipe would wait for ever.</summary>
    public static unsafe bool IsRegularFile(string path)
    {
        byte* buffer = stackalloc byte[StructureBytes];
        return Ask(path, TypeMask, buffer) ? (*(ushort*)(buffer + ModeOffset) & FormatBits) == RegularFile : !Directory.Exists(path);
    }

    /// <summary>True for a link to nothing or in a circle, which counts as an existing file otherwise (Linux).</summary>
    public static unsafe bool IsBrokenLink(string path)
    {
        byte* buffer = stackalloc byte[StructureBytes];
        return OperatingSystem.IsLinux() && new FileInfo(path).LinkTarget is not null && !Ask(path, TypeMask, buffer);
    }

    private static unsafe long ChangeTime(string path)
    {
        byte* buffer = stackalloc byte[StructureBytes];
        if (!Ask(path, ChangeTimeMask, buffer))
        {
            return 0;
        }

        long seconds = *(long*)(buffer + ChangeTimeOffset);
        uint nanoseconds = *(uint*)(buffer + ChangeTimeOffset + sizeof(long));
        return DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100);
    }

    private static unsafe bool Ask(string path, uint mask, byte* buffer)
    {
        try
        {
            return OperatingSystem.IsLinux() && StatX(CurrentFolder, path, 0, mask, buffer) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than the call (glibc 2.28, musl 1.2).
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* buffer);
}
