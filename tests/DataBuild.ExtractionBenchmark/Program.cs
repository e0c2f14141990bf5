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
    case "speed":
        SpeedCommand.Run(args[1..]);
        return 0;
    case "parsers":
        ParserCommand.Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("usage: speed [set=NAME] [rounds=N] [model] [heuristic] | parsers [set=NAME] | score [all] [heuristic] [out=FOLDER] | train [trees=N] [depth=N] [rate=X]");
        return 1;
}
