using BenchmarkDotNet.Running;
using DataBuild.Benchmarks.Deduplicate;
using DataBuild.Benchmarks.Tokenize;

switch (args.Length > 0 ? args[0] : "")
{
    case "dedup":
        return MinHashBenchmark.Run(args.AsSpan(1));
    case "encode":
        BenchmarkRunner.Run<EncodeBenchmarks>();
        return 0;
    default:
        Console.Error.WriteLine("usage: DataBuild.Benchmarks dedup|encode ...");
        return 1;
}
