using DataBuild.Benchmarks.Deduplicate;

switch (args.Length > 0 ? args[0] : "")
{
    case "dedup":
        return MinHashBenchmark.Run(args.AsSpan(1));
    default:
        Console.Error.WriteLine("usage: DataBuild.Benchmarks dedup ...");
        return 1;
}
