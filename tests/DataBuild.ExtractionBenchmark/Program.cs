using DataBuild.ExtractionBenchmark;

switch (args.FirstOrDefault())
{
    case "score":
        ScoreCommand.Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("usage: score [all] [heuristic]");
        return 1;
}
