using BenchmarkDotNet.Running;
using DataBuild.Benchmarks.Deduplicate;
using DataBuild.Benchmarks.Filter;
using DataBuild.Benchmarks.Models;
using DataBuild.Benchmarks.Tokenize;
using DataBuild.Benchmarks.Words;

switch (args.Length > 0 ? args[0] : "")
{
    case "dedup":
        return MinHashBenchmark.Run(args.AsSpan(1));
    case "encode":
        BenchmarkRunner.Run<EncodeBenchmarks>();
        return 0;
    case "figures":
        return ModelFigures.Run(args.AsSpan(1));
    case "classifier":
        return ClassifierBenchmark.Run(args.AsSpan(1));
    case "filters":
        return FilterBenchmark.Run(args.AsSpan(1));
    case "language":
        return LanguageBenchmark.Run(args.AsSpan(1));
    case "train-language-model" when args.Length == 3:
        LanguageModelTrainer.Train(args[1], args[2]);
        return 0;
    case "words":
        return WordBenchmark.Run(args.AsSpan(1));
    case "word-lists" when args.Length == 3:
        WordLists.Convert(args[1], args[2]);
        return 0;
    default:
        Console.Error.WriteLine("usage: DataBuild.Benchmarks dedup|encode|figures|classifier|filters|language|words ... | train-language-model <folder of Lingua's models> <output> | word-lists <words> <output>");
        return 1;
}
