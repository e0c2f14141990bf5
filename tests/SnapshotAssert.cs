using Snapshooter;
using Snapshooter.Xunit;

namespace DataBuild.Tests;

/// <summary>The only place that names the snapshot library.</summary>
internal static class SnapshotAssert
{
    /// <summary>Compares a text with the snapshot of that name beside the test; writes the snapshot where there is none yet.</summary>
    public static void Match(string text, string snapshotName) =>
        Snapshot.Match(text.ReplaceLineEndings("\n"), SnapshotNameExtension.Create(snapshotName));
}
