namespace DataBuild.Engine.Inputs;

/// <summary>A local copy of an input from afar as a collection sees it.</summary>
/// <param name="Path">Where the copy lies, or will lie when it is whole.</param>
/// <param name="IsWhole">False for one that is unfinished.</param>
/// <param name="Bytes">Bytes that it takes.</param>
internal sealed record InputCopy(string Path, bool IsWhole, long Bytes)
{
    private string File => IsWhole ? Path : Path + DownloadedInputs.Unfinished;

    /// <summary>When it was last used, or received a byte; null when it is gone.</summary>
    public DateTime? Used()
    {
        FileInfo mark = new(IsWhole ? Path + DownloadedInputs.Description : File);
        return mark.Exists ? mark.LastWriteTimeUtc : null;
    }

    /// <summary>
    /// Removes the copy. What it was stays beside it, some hundred bytes: when it is fetched again it must be the same, or somebody has to say that another will do.
    /// </summary>
    /// <param name="inUseSince">Nothing that was used since then is removed.</param>
    /// <returns>False where it is in use.</returns>
    public bool TryRemove(DateTime inUseSince)
    {
        // A build looks and marks under the same lock.
        using FileStream? held = DownloadedInputs.TryLock(Path);
        if (held is null || Used() is not { } used || used >= inUseSince)
        {
            return false;
        }

        System.IO.File.Delete(File);
        if (!IsWhole)
        {
            System.IO.File.Delete(File + DownloadedInputs.Description);
        }

        return true;
    }
}
