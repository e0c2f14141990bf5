using System.Buffers.Binary;

namespace DataBuild.Formats;

internal enum Compression
{
    None,
    Gzip,
    Zstd,
}

/// <summary>Opens input files and recognises their compression.</summary>
internal static class CrawlFile
{
    public static FileStream Open(string path)
    {
        try
        {
            FileAttributes attributes = File.GetAttributes(path);
            if ((attributes & FileAttributes.Directory) != 0)
            {
                throw new CrawlFormatException(CrawlDiagnostics.InputNotAFile, path, 0, "a directory", "a file");
            }

            // Pipes and devices show no length too, and opening a pipe would block for ever: so the length is asked for first.
            if (new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length == 0 : new FileInfo(path).Length == 0)
            {
                throw new CrawlFormatException(CrawlDiagnostics.InputEmpty, path, 0, "no bytes (an empty file, a pipe or a device)", "a regular file with content");
            }

            return new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CrawlFormatException(CrawlDiagnostics.InputMissing, path, 0, "no such file", "a file", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CrawlFormatException(CrawlDiagnostics.InputUnreadable, path, 0, e.Message, "a readable file", e);
        }
    }

    public static Compression CompressionOf(ReadOnlySpan<byte> start)
    {
        if (start.Length >= 2 && start[0] == 0x1F && start[1] == 0x8B)
        {
            return Compression.Gzip;
        }

        if (start.Length < 4)
        {
            return Compression.None;
        }

        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(start);
        return magic == 0xFD2FB528 || (magic & 0xFFFFFFF0) == 0x184D2A50 ? Compression.Zstd : Compression.None;
    }
}
