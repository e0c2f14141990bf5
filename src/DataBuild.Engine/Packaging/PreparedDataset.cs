namespace DataBuild.Engine.Packaging;

/// <summary>A dataset that lies complete beside its place, or was found there: readers see it when it is published. Without that nothing remains of it.</summary>
/// <param name="key">What it was made of.</param>
/// <param name="manifest">Its manifest.</param>
/// <param name="partial">Folder that it was written to; null when the output is what would be written.</param>
/// <param name="output">Folder that it belongs in.</param>
internal sealed class PreparedDataset(string key, Manifest manifest, string? partial, string output) : IDisposable
{
    private string? _partial = partial;

    /// <summary>What it was made of.</summary>
    public string Key => key;

    /// <summary>Swaps it with what is in its place.</summary>
    /// <returns>The manifest, and whether the output was written.</returns>
    public (Manifest Manifest, bool Written) Publish()
    {
        if (_partial is not { } written)
        {
            return (manifest, false);
        }

        OutputFolder.Swap(written, output);
        _partial = null;
        return (manifest, true);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_partial is { } unpublished && Directory.Exists(unpublished))
        {
            Directory.Delete(unpublished, recursive: true);
        }

        _partial = null;
    }
}
