using System.CommandLine;
using System.Globalization;
using System.Reflection;
using DataBuild.EndToEndBenchmark;

Option<FileInfo[]> pages = new("--pages")
{
    Description = "WARC files of pages to repeat; by default all page sets beside the repository (../shared/data/pages)",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => PageSets(),
};
Option<double> megabytes = new("--megabytes") { Description = "Size of the crawl to make, uncompressed", DefaultValueFactory = _ => 4000 };
Option<int> inputs = new("--inputs") { Description = "Number of WARC files to cut it into", DefaultValueFactory = _ => 4 };
Option<bool> coldOnly = new("--cold-only") { Description = "Leave out the builds after the first" };
Option<DirectoryInfo> folder = new("--folder") { Description = "Folder to work in; kept, so that the crawl is made once", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Path.GetTempPath(), "databuild-benchmark")) };
RootCommand root = new("Builds a dataset from a crawl of any size: cold, again with nothing changed, and after an edit of a late threshold.") { pages, megabytes, inputs, folder, coldOnly };
root.SetAction(result =>
{
    FileInfo[] sources = result.GetRequiredValue(pages);
    if (sources.Length == 0)
    {
        Console.Error.WriteLine("there are no page sets in ../shared/data/pages beside the repository; name WARC files of pages with --pages");
        return 1;
    }

    DirectoryInfo work = result.GetRequiredValue(folder);
    work.Create();
    int files = result.GetRequiredValue(inputs);
    SyntheticCrawl crawl = SyntheticCrawl.Make([.. sources.Select(s => s.FullName)], (long)(result.GetRequiredValue(megabytes) * 1e6), files, Path.Combine(work.FullName, "crawl"));
    Line($"crawl: {crawl.Pages:N0} pages, {crawl.UncompressedBytes / 1e6:N0} MB of WARC, {crawl.CompressedBytes / 1e6:N0} MB compressed, {files} files, from {string.Join(", ", sources.Select(s => s.Name))}");

    BenchmarkProject dataset = new(Path.Combine(work.FullName, "dataset"), crawl.Folder);
    dataset.Create();
    dataset.Warm();
    double empty = result.GetValue(coldOnly) ? 0 : EmptyLibrary.NoOpSeconds(Path.Combine(work.FullName, "empty"));
    BuildMeasurement cold = Report("cold", dataset.Build());
    foreach (StageThroughput stage in StageThroughput.Read(dataset.EventsFile))
    {
        Line($"    {stage.Stage}: documents/s by tenth of its work: {string.Join(' ', stage.Tenths.Select(t => t.ToString("N0", CultureInfo.InvariantCulture)))}");
    }

    if (result.GetValue(coldOnly))
    {
        return 0;
    }

    BuildMeasurement same = Report("nothing changed", Enumerable.Range(0, 3).Select(_ => dataset.Build()).OrderBy(b => b.Seconds).ElementAt(1));

    // The spread of one edit is as large as that of a build that does nothing: three edits, each to a threshold that was not built before, and all are printed.
    BuildMeasurement[] edits = new BuildMeasurement[3];
    for (int i = 0; i < edits.Length; i++)
    {
        dataset.EditThreshold();
        edits[i] = Report(string.Create(CultureInfo.InvariantCulture, $"late threshold edited ({i + 1} of {edits.Length})"), dataset.Build());
    }

    BuildMeasurement late = edits.OrderBy(b => b.Seconds).ElementAt(edits.Length / 2);
    string allEdits = string.Join(", ", edits.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Seconds:F2} s = {b.Seconds / cold.Seconds:P1}")));

    Line($"goals:");
    Line($"    cold: {crawl.Pages / cold.Seconds:N0} pages/s (goal 400), {crawl.UncompressedBytes / 1e6 / cold.Seconds:F1} MB/s of WARC");
    Line($"    nothing changed: {same.Seconds:F2} s, {same.Seconds / empty:F2} times an empty class library's {empty:F2} s (goal 2)");
    Line($"    late threshold edited: median of {allEdits}: {late.Seconds:F2} s, {late.Seconds / cold.Seconds:P1} of cold (goal 10 %)");
    Line($"    peak memory of the worker: {cold.WorkerPeakBytes >> 20} MiB (goal 1024)");
    return 0;

    BuildMeasurement Report(string name, BuildMeasurement build)
    {
        Line($"{name}: {build.Seconds:F2} s, {crawl.Pages / build.Seconds:N0} pages/s, {crawl.UncompressedBytes / 1e6 / build.Seconds:F1} MB/s of WARC; peak memory: worker {build.WorkerPeakBytes >> 20} MiB, MSBuild {build.BuildPeakBytes >> 20} MiB; processor time {build.ProcessorSeconds:F1} s");
        foreach (string line in build.StageLines)
        {
            Console.WriteLine("    " + line);
        }

        return build;
    }
});
return root.Parse(args).Invoke();

static FileInfo[] PageSets()
{
    string shared = typeof(BenchmarkProject).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "SharedDataRoot").Value!;
    DirectoryInfo sets = new(Path.Combine(shared, "data", "pages"));
    return sets.Exists ? [.. sets.EnumerateFiles("*.warc.gz").OrderBy(f => f.Name, StringComparer.Ordinal)] : [];
}

static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
