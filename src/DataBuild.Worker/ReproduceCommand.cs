using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DataBuild.Engine.Execution.Slurm;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Worker;

/// <summary>
/// <c>databuild reproduce PLAN</c>: builds the dataset twice from nothing, in folders of different names, with different thread counts, time zones, languages
/// and garbage collectors, and compares every byte. <c>dotnet build -t:Reproduce</c> runs it.
/// </summary>
internal static class ReproduceCommand
{
    // The report tells of the build itself; everything else must be the same.
    private const string ReportName = "report.html";

    private const string NotReproducible = "DB3087";

    public static Command Create()
    {
        Argument<FileInfo> plan = new("plan") { Description = "The plan file that the build left in obj/" };
        Option<bool> keep = new("--keep") { Description = "Keep both outputs" };
        Command command = new("reproduce", "Builds twice from nothing under different circumstances and compares every byte") { plan, keep };
        command.SetAction((result, cancellation) => RunAsync(result.GetRequiredValue(plan).FullName, result.GetValue(keep), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string planPath, bool keep, CancellationToken cancellation)
    {
        string projectDirectory;
        string projectFile;
        ContentStore store;
        try
        {
            PlanFile file = PlanFile.Load(planPath);
            (projectDirectory, projectFile) = (Path.TrimEndingDirectorySeparator(file.ProjectDirectory), file.ProjectFile);
            store = new ContentStore(file.StoreDirectory);
        }
        catch (PlanException exception)
        {
            Console.Error.WriteLine($"{planPath}: error {exception.Code}: {exception.Message}");
            return 1;
        }
        catch (Exception exception) when (Failure.Of(exception, planPath, threads: 1) is { } diagnostic)
        {
            Console.Error.WriteLine($"{diagnostic.File ?? planPath}: error {diagnostic.Code}: {diagnostic.Message}");
            return 1;
        }

        // Both builds take fetched inputs from there, and their stores are elsewhere: the stay keeps them from collection.
        using ContentStore stay = store;

        string root = Path.Combine(projectDirectory, "obj", "databuild", "reproduce");
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        try
        {
            string first = await BuildAsync(planPath, projectDirectory, Path.Combine(root, "first"), 1, "UTC", "C", serverCollector: false, cancellation).ConfigureAwait(false);
            string second = await BuildAsync(
                planPath, projectDirectory, Path.Combine(root, "second in a folder of another name ß"), Math.Max(3, Environment.ProcessorCount), "Pacific/Chatham", "tr_TR.UTF-8", serverCollector: true, cancellation)
                .ConfigureAwait(false);
            if (first.Length == 0 || second.Length == 0)
            {
                return 1;
            }

            return Compare(first, second, projectFile);
        }
        finally
        {
            if (!keep && Directory.Exists(root))
            {
                Directory.Delete(root, recursive: true);
            }
        }
    }

    /// <summary>Builds in a process of its own; returns the output's folder, or nothing when the build failed.</summary>
    private static async Task<string> BuildAsync(
        string planPath, string projectDirectory, string folder, int threads, string timeZone, string language, bool serverCollector, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        string project = Path.Combine(folder, "project");
        string output = Path.Combine(folder, "output");

        // The project under another name: no path of it may reach the dataset.
        Directory.CreateSymbolicLink(project, projectDirectory);
        JsonNode plan = JsonNode.Parse(await File.ReadAllBytesAsync(planPath, cancellation).ConfigureAwait(false))!;
        Rewrite(plan, projectDirectory, project);
        plan["outputDirectory"] = output + Path.DirectorySeparatorChar;
        plan["storeDirectory"] = Path.Combine(folder, "store");
        JsonObject properties = plan["properties"]!.AsObject();

        // Inputs from afar are inputs: what is done twice begins with their bytes.
        properties["DataBuildDownloadPath"] ??= Path.Combine(PlanFile.Load(planPath).StoreDirectory, "inputs");
        foreach (string name in properties.Select(p => p.Key).Where(k => k.StartsWith("DataBuildRemoteCache", StringComparison.Ordinal) || k is "DataBuildWriteLock" or "DataBuildCacheSize" || SlurmSettings.IsProperty(k)).ToArray())
        {
            // From nothing: no result of an earlier build may come in.
            properties.Remove(name);
        }

        string copy = Path.Combine(folder, Path.GetFileName(planPath));
        await File.WriteAllTextAsync(copy, plan.ToJsonString(), cancellation).ConfigureAwait(false);
        ProcessStartInfo start = new(WorkerCommand.Parts[0]) { WorkingDirectory = folder };
        foreach (string argument in WorkerCommand.Parts.Skip(1).Concat(["run", copy, "--threads", threads.ToString(CultureInfo.InvariantCulture)]))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["TZ"] = timeZone;
        start.Environment["LANG"] = start.Environment["LC_ALL"] = language;
        start.Environment["DOTNET_gcServer"] = serverCollector ? "1" : "0";
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"building in '{folder}': {threads} thread{(threads == 1 ? "" : "s")}, {timeZone}, {language}"));
        using Process process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0 ? output : "";
    }

    private static void Rewrite(JsonNode node, string from, string to)
    {
        switch (node)
        {
            case JsonObject members:
                foreach ((string name, JsonNode? value) in members.ToArray())
                {
                    if (value is JsonValue leaf && leaf.TryGetValue(out string? text) && text.StartsWith(from, StringComparison.Ordinal))
                    {
                        members[name] = to + text[from.Length..];
                    }
                    else if (value is not null)
                    {
                        Rewrite(value, from, to);
                    }
                }

                break;
            case JsonArray elements:
                for (int i = 0; i < elements.Count; i++)
                {
                    if (elements[i] is JsonValue leaf && leaf.TryGetValue(out string? text) && text.StartsWith(from, StringComparison.Ordinal))
                    {
                        elements[i] = to + text[from.Length..];
                    }
                    else if (elements[i] is { } element)
                    {
                        Rewrite(element, from, to);
                    }
                }

                break;
        }
    }

    private static int Compare(string first, string second, string projectFile)
    {
        FolderComparison compared = FolderComparison.Of(first, second, ReportName);
        if (compared.Difference is { } difference)
        {
            Console.Error.WriteLine($"{projectFile}: error {NotReproducible}: the dataset is not reproducible: '{difference.Name}' differs between two builds: {difference.How}");
            return 1;
        }

        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"reproduced: {compared.Files} files, {compared.Bytes} bytes, the same in both builds; SHA-256 of all {compared.Sha256}"));
        return 0;
    }
}
