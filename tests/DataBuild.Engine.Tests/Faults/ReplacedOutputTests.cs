using System.Security.Cryptography;
using DataBuild.Engine.Packaging;

namespace DataBuild.Engine.Tests.Faults;

/// <summary>A reader at work while the dataset is replaced, again and again.</summary>
[Collection(TestStages.Collection)]
public sealed class ReplacedOutputTests : IDisposable
{
    private readonly TestDataset _dataset = new();

    public ReplacedOutputTests()
    {
        _dataset.AddInput("a.jsonl", ("a1", "one two three"), ("a2", "four five six"));
        _dataset.Stage("Words");
        _dataset.Build();
    }

    public void Dispose() => _dataset.Dispose();

    [SkippableFact]
    public async Task AReaderSeesTheWholeOldOrTheWholeNewDataset()
    {
        Skip.IfNot(Exchanges(), "the file system of the temporary folder cannot exchange two folders in one step");
        using CancellationTokenSource end = new();
        int whole = 0;
        Task reader = Task.Factory.StartNew(
            () =>
            {
                while (!end.IsCancellationRequested)
                {
                    whole += Read() ? 1 : 0;
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        // As often as it takes, on a machine that gives the reader little time.
        for (int build = 0; build < 25 || (Volatile.Read(ref whole) <= 25 && !reader.IsCompleted); build++)
        {
            _dataset.AddInput("a.jsonl", ("a1", $"text of build {build}"), ("a2", "four five six"));
            Assert.True(_dataset.Build().Written);
        }

        await end.CancelAsync();
        await reader;
        Assert.True(whole > 25, $"{whole} datasets were read whole");
    }

    // Without a step that exchanges, the second rename follows the first.
    [Fact]
    public void WhatIsMissingIsNotExchanged()
    {
        string there = Path.Combine(_dataset.Folder, "there");
        Directory.CreateDirectory(there);
        Assert.False(FolderExchange.TryExchange(there, Path.Combine(_dataset.Folder, "missing")));
        Assert.True(Directory.Exists(there));
    }

    private bool Exchanges()
    {
        string[] folders = [Path.Combine(_dataset.Folder, "x"), Path.Combine(_dataset.Folder, "y")];
        foreach (string folder in folders)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, Path.GetFileName(folder)), "");
        }

        return FolderExchange.TryExchange(folders[0], folders[1]) && File.Exists(Path.Combine(folders[0], "y")) && File.Exists(Path.Combine(folders[1], "x"));
    }

    /// <returns>True when one and the same dataset was there from the first look to the last, and was whole; false when it was replaced meanwhile.</returns>
    private bool Read()
    {
        // At every instant there is a dataset under the name.
        string manifest = Path.Combine(_dataset.OutputFolder, "manifest.json");
        byte[] before = File.ReadAllBytes(manifest);
        Manifest read = Manifest.TryLoad(manifest)!;
        List<(ManifestFile File, string? Digest)> found = [];
        foreach (ManifestFile file in read.Files)
        {
            try
            {
                found.Add((file, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(_dataset.OutputFolder, file.Path))))));
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                found.Add((file, null));
            }
        }

        if (!before.AsSpan().SequenceEqual(File.ReadAllBytes(manifest)))
        {
            return false;
        }

        Assert.All(found, f => Assert.Equal(f.File.Sha256, f.Digest));
        return true;
    }
}
