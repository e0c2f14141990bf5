using System.CommandLine;
using System.Globalization;
using DataBuild.Engine.Inputs;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Worker;

/// <summary><c>databuild cache stats|verify|gc STORE</c>: looks at a store, checks it, bounds it.</summary>
internal static class CacheCommand
{
    public static Command Create()
    {
        Command command = new("cache", "Looks at a store of results, checks it, bounds it");
        command.Subcommands.Add(Stats());
        command.Subcommands.Add(Verify());
        command.Subcommands.Add(Collect());
        return command;
    }

    private static Argument<string> StoreArgument() => new("store") { Description = "Folder of the store (obj/databuild/store by default), or a plan file" };

    private static Command Stats()
    {
        Argument<string> store = StoreArgument();
        Command command = new("stats", "Counts what a store holds and who uses it") { store };
        command.SetAction(result => OnStore(result.GetRequiredValue(store), root =>
        {
            StoreStatistics found = StoreContents.Count(root);
            Line($"store          {root}");
            Line($"size           {ByteSize.Format(found.Bytes)} in {found.Records:N0} results and {found.Files:N0} files");
            Line($"unnamed files  {found.UnnamedFiles:N0} ({ByteSize.Format(found.UnnamedBytes)})");
            (int copies, long bytes, int unfinished, long unfinishedBytes) = DownloadedInputs.Count(root);
            if (copies + unfinished > 0)
            {
                Line($"inputs         {ByteSize.Format(bytes)} in {copies:N0} fetched, {ByteSize.Format(unfinishedBytes)} in {unfinished:N0} unfinished");
            }

            Line($"oldest use     {(found.LeastRecentUse is { } oldest ? oldest.ToString("u", CultureInfo.InvariantCulture) : "none")}");
            Line($"in use by      {(found.Users.Count == 0 ? "nobody" : string.Join(", ", found.Users))}");
            return 0;
        }));
        return command;
    }

    private static Command Verify()
    {
        Argument<string> store = StoreArgument();
        Option<bool> repair = new("--repair") { Description = "Remove what is damaged; the next build makes it again" };
        Command command = new("verify", "Reads a whole store and compares every entry with its digest") { store, repair };
        command.SetAction((result, cancellation) => Task.FromResult(OnStore(result.GetRequiredValue(store), root =>
        {
            IReadOnlyList<DamagedEntry> damaged =
                [.. StoreContents.Verify(root, result.GetValue(repair), cancellation), .. DownloadedInputs.Verify(root, result.GetValue(repair), cancellation)];
            foreach (DamagedEntry entry in damaged)
            {
                Console.Error.WriteLine($"{entry.Path}: error DB3002: stored entry {entry.Found}{(result.GetValue(repair) ? "; removed" : "")}");
            }

            Line($"{damaged.Count:N0} damaged");
            return damaged.Count == 0 || result.GetValue(repair) ? 0 : 1;
        })));
        return command;
    }

    private static Command Collect()
    {
        Argument<string> store = StoreArgument();
        Option<string> size = new("--max-size") { Description = "Bytes that may stay: 500MB, 20GB", DefaultValueFactory = _ => "" };
        Option<double?> days = new("--unused-days") { Description = "Remove what was not used for so many days, whatever the size" };
        Option<bool> dryRun = new("--dry-run") { Description = "Only say what would be removed" };
        Command command = new("gc", "Removes what no result names, then the least recently used results and fetched inputs down to a size") { store, size, days, dryRun };
        command.SetAction(result => OnStore(result.GetRequiredValue(store), root =>
        {
            string text = result.GetRequiredValue(size);
            long maximum = long.MaxValue;
            if (text.Length > 0 && !ByteSize.TryParse(text, out maximum))
            {
                Console.Error.WriteLine($"--max-size is '{text}'; expected bytes, or a number with a unit: 500MB, 20GB, 1.5TB, 20GiB");
                return 1;
            }

            DateTime? unusedSince = result.GetValue(days) is { } count ? DateTime.UtcNow.AddDays(-count) : null;
            if (StoreCollector.Collect(root, maximum, unusedSince, result.GetValue(dryRun)) is not { } done)
            {
                Console.Error.WriteLine($"another collection of '{root}' is at work");
                return 1;
            }

            Line($"{(result.GetValue(dryRun) ? "would remove" : "removed")} {done.Records:N0} results, {done.Files:N0} files and {done.Inputs:N0} fetched inputs; {ByteSize.Format(done.BytesBefore)} before, {ByteSize.Format(done.BytesAfter)} after, {ByteSize.Format(done.BytesInUse)} used by running builds");
            return 0;
        }));
        return command;
    }

    private static int OnStore(string path, Func<string, int> action)
    {
        try
        {
            string root = File.Exists(path) ? PlanFile.Load(path).StoreDirectory : path;
            if (!Directory.Exists(root))
            {
                Console.Error.WriteLine($"there is no store '{root}'");
                return 1;
            }

            return action(root);
        }
        catch (PlanException exception)
        {
            Console.Error.WriteLine($"{path}: error {exception.Code}: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{path}: error DB3003: {exception.Message}");
        }

        return 1;
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
