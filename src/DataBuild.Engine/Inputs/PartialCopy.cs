using System.Security.Cryptography;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Inputs;

/// <summary>What has been received of an input so far, with the version that it is of.</summary>
/// <param name="target">Path of the copy that it becomes.</param>
internal sealed class PartialCopy(string target)
{
    private readonly string _stampPath = target + DownloadedInputs.Unfinished + DownloadedInputs.Description;

    /// <summary>Where it lies.</summary>
    public string Path { get; } = target + DownloadedInputs.Unfinished;

    /// <summary>Bytes received.</summary>
    public long Length => new FileInfo(Path) is { Exists: true } info ? info.Length : 0;

    /// <summary>The version that it is of; null where that is not known.</summary>
    public RemoteStamp? Stamp() => Length > 0 ? RemoteStamp.Load(_stampPath) : null;

    /// <summary>Begins with nothing.</summary>
    public void Begin(RemoteStamp stamp)
    {
        Remove();
        stamp.Save(_stampPath);
    }

    /// <summary>Opens it at its end.</summary>
    public FileStream Append()
    {
        FileStream file = new(Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1 << 17);
        file.Position = file.Length;
        return file;
    }

    /// <summary>SHA-256 of what lies on the disk, lower-case hexadecimal.</summary>
    public string Digest()
    {
        using FileStream stream = new(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>True for an exception that names this file: the disk's fault, not the server's.</summary>
    public bool IsLocal(Exception exception) => exception.Message.Contains(target, StringComparison.Ordinal);

    /// <summary>Gives it its final name.</summary>
    public void Publish(string path)
    {
        File.Move(Path, path, overwrite: true);
        CrashPoint.Reached();
        File.Delete(_stampPath);
    }

    /// <summary>Removes it.</summary>
    public void Remove()
    {
        File.Delete(Path);
        File.Delete(_stampPath);
    }
}
