using System.Globalization;

namespace DataBuild.Engine.Store;

/// <summary>A disk, or somebody's share of it, is full.</summary>
public sealed class DiskFullException : IOException
{
    // errno of Linux, and the code of Windows.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>A file could not be written for want of space.</summary>
    /// <param name="path">The file.</param>
    /// <param name="needed">Bytes that the file was about to have: at least so many it needs.</param>
    /// <param name="inner">What the system said.</param>
    public DiskFullException(string path, long needed, IOException inner)
        : base(MessageOf(path, needed, inner), inner) => (Path, Needed) = (path, needed);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Bytes that the file needs at least.</summary>
    public long Needed { get; }

    /// <summary>True for an exception of the system that says so.</summary>
    public static bool IsDiskFull(IOException exception) =>
        exception is not DiskFullException && exception.HResult is NoSpace or QuotaExceeded or WindowsDiskFull;

    private static string MessageOf(string path, long needed, IOException inner)
    {
        string said = inner.Message.Contains(path, StringComparison.Ordinal) ? inner.Message : $"{inner.Message.TrimEnd('.')} : '{path}'";
        return string.Create(CultureInfo.InvariantCulture, $"{said}; the file needs {needed} bytes or more, {Free(path)}; what is complete stays in the store, and the next build goes on from there");
    }

    private static string Free(string path)
    {
        try
        {
            return string.Create(CultureInfo.InvariantCulture, $"{new DriveInfo(System.IO.Path.GetDirectoryName(path)!).AvailableFreeSpace} are free there");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "what is free cannot be told";
        }
    }
}
