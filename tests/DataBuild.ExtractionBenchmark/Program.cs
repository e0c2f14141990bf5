using DataBuild.ExtractionBenchmark;

switch (args.FirstOrDefault())
{
    case "oracle":
        EvaluateCommand.Oracle();
        return 0;
    case "train":
        TrainCommand.Run(args[1..]);
        return 0;
    case "score":
        ScoreCommand.Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("usage: score [all] [heuristic] [out=FOLDER] | train [trees=N] [depth=N] [rate=X]");
        return 1;
}
