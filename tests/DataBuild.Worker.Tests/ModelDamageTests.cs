using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using DataBuild.Tests;
using Xunit.Abstractions;

namespace DataBuild.Worker.Tests;

/// <summary>
/// Models that are cut or flipped. The native code that reads them may take its process down, so each runs in a worker of its own, as in a build.
/// <c>DATABUILD_MODEL_DAMAGE=300</c> makes the long run: as many flipped bits, and a cut at every percent.
/// </summary>
public sealed class ModelDamageTests(ITestOutputHelper log) : IDisposable
{
    private readonly WorkerSession _session = new();
    private string _plan = "";

    public void Dispose() => _session.Dispose();

    [Fact]
    public void DamagedModelsEndInAnErrorOrInAScore()
    {
        string whole = Path.Combine(TestPaths.RepositoryRoot, "example-datasets", "QuickStart", "models", "quality.onnx");
        string model = Path.Combine(_session.Folder, "models", "quality.onnx");
        byte[] bytes = File.ReadAllBytes(whole);
        Directory.CreateDirectory(Path.GetDirectoryName(model)!);
        File.WriteAllBytes(model, bytes);
        _session.Input("a.jsonl", "{\"id\":\"1\",\"text\":\"A text of some words, which the model is asked about.\"}\n{\"id\":\"2\",\"text\":\"Another one.\"}\n"u8.ToArray());
        _session.Stage("Score", ("Model", "models/quality.onnx"));
        _plan = _session.WritePlan();
        Assert.Equal(0, Build(out string said));
        string expected = Digests();

        int flips = LongRun.Count("DATABUILD_MODEL_DAMAGE", 1);
        Random random = new(LongRun.Count("DATABUILD_SEED", 2026));
        int[] ends = new int[3];
        foreach (byte[] damaged in (flips > 1 ? Enumerable.Range(0, 100) : [50]).Select(cut => bytes[..(bytes.Length * cut / 100)]).Concat(Enumerable.Range(0, flips).Select(_ => Flip(bytes, random))))
        {
            File.WriteAllBytes(model, damaged);
            int code = Build(out said);

            // A model that still is one scores; one that is none is named; one that kills leaves what a killed build leaves, and the tasks name the stage (DB0001).
            ends[code == 0 ? 0 : code == 1 ? 1 : 2]++;
            Assert.True(code != 1 || said.Contains("quality.onnx", StringComparison.Ordinal), said);
        }

        log.WriteLine($"{ends[0]} scored, {ends[1]} were errors, {ends[2]} ended the process");
        Assert.True(ends[1] > 0);
        File.WriteAllBytes(model, bytes);
        Assert.Equal(0, Build(out said));
        Assert.Equal(expected, Digests());
    }

    private static byte[] Flip(byte[] bytes, Random random)
    {
        byte[] flipped = [.. bytes];

        // Half of them where the graph is described, in the first and last kilobytes, and not in the weights.
        int at = random.Next(2) == 0 ? random.Next(bytes.Length) : random.Next(2) == 0 ? random.Next(2048) : bytes.Length - 1 - random.Next(4096);
        flipped[at] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private int Build(out string said)
    {
        ProcessStartInfo start = new(WorkerCommand.Parts[0], [.. WorkerCommand.Parts.Skip(1), "run", _plan, "--threads", "2"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        said = process.StandardError.ReadToEnd() + output.GetAwaiter().GetResult();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)), string.Create(CultureInfo.InvariantCulture, $"process {process.Id} does not end"));
        return process.ExitCode;
    }

    private string Digests() => string.Join('\n', Directory.EnumerateFiles(_session.Output, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "report.html")
        .Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f)))}"));
}
