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

    /// <summary>The stamp of a file; of no length where there is none.</summary>
    public static FileStamp Of(string path)
    {
        FileInfo info = new(path);
        return info.Exists ? new FileStamp(info.Length, info.LastWriteTimeUtc.Ticks, ChangeTime(path)) : new FileStamp(-1, 0, 0);
    }

    private static unsafe long ChangeTime(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        byte* buffer = stackalloc byte[StructureBytes];
        try
        {
            if (StatX(CurrentFolder, path, 0, ChangeTimeMask, buffer) != 0)
            {
                return 0;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than the call (glibc 2.28, musl 1.2).
            return 0;
        }

        long seconds = *(long*)(buffer + ChangeTimeOffset);
        uint nanoseconds = *(uint*)(buffer + ChangeTimeOffset + sizeof(long));
        return DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(int folder, string path, int flags, uint mask, byte* buffer);
}
