using System.CommandLine;
using System.Globalization;
using DataBuild.EndToEndBenchmark;

Option<FileInfo> pages = new("--pages") { Description = "A WARC file of pages to repeat", Required = true };
Option<double> megabytes = new("--megabytes") { Description = "Size of the crawl to make, uncompressed", DefaultValueFactory = _ => 500 };
Option<int> inputs = new("--inputs") { Description = "Number of WARC files to cut it into", DefaultValueFactory = _ => 4 };
Option<DirectoryInfo> folder = new("--folder") { Description = "Folder to work in; kept, so that the crawl is made once", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Path.GetTempPath(), "databuild-benchmark")) };
RootCommand root = new("Builds a dataset from a crawl of any size: cold, again with nothing changed, and after an edit of a late threshold.") { pages, megabytes, inputs, folder };
root.SetAction(result =>
{
    DirectoryInfo work = result.GetRequiredValue(folder);
    work.Create();
    SyntheticCrawl crawl = SyntheticCrawl.Make(
        result.GetRequiredValue(pages).FullName, (long)(result.GetRequiredValue(megabytes) * 1e6), result.GetRequiredValue(inputs), Path.Combine(work.FullName, "crawl"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"crawl: {crawl.Pages:N0} pages, {crawl.UncompressedBytes / 1e6:N0} MB of WARC, {crawl.CompressedBytes / 1e6:N0} MB compressed, {result.GetRequiredValue(inputs)} files"));

    BenchmarkProject dataset = new(Path.Combine(work.FullName, "dataset"), crawl.Folder);
    dataset.Create();
    double empty = EmptyLibrary.NoOpSeconds(Path.Combine(work.FullName, "empty"));
    dataset.Warm();
    Row("cold", dataset.Build());
    Row("nothing changed", dataset.Build());
    Row("nothing changed", dataset.Build());
    dataset.EditThreshold();
    Row("late threshold edited", dataset.Build());
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"dotnet build of an empty class library, nothing changed: {empty:F2} s"));
    return 0;

    void Row(string name, BuildMeasurement build)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {build.Seconds:F2} s, {crawl.Pages / build.Seconds:N0} pages/s, {crawl.UncompressedBytes / 1e6 / build.Seconds:F1} MB/s of WARC, peak memory: worker {build.WorkerPeakBytes >> 20} MiB, MSBuild {build.BuildPeakBytes >> 20} MiB"));
        foreach (string line in build.StageLines)
        {
            Console.WriteLine("    " + line);
        }
    }
});
return root.Parse(args).Invoke();
