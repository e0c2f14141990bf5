using DataBuild.ExtractionBenchmark;

switch (args.FirstOrDefault())
{
    case "oracle":
        OracleCommand.Run(args[1..]);
        return 0;
    case "train":
        TrainCommand.Run(args[1..]);
        return 0;
    case "cv":
        CrossValidateCommand.Run(args[1..]);
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
    case "metadata":
        MetadataCommand.Run(args[1..]);
        return 0;
    case "union":
        UnionCommand.Run();
        return 0;
    case "repeats":
        RepeatsCommand.Run(args[1..]);
        return 0;
    case "indexes":
        IndexesCommand.Run();
        return 0;
    case "fuzz":
        return FuzzCommand.Run(args[1..]);
    default:
        Console.Error.WriteLine("usage: speed [set=NAME] [rounds=N] [model] [heuristic] | parsers [set=NAME] | metadata [show] [training|validation] | union | repeats [show] | fuzz [minutes=N] [seed=N] [size=N] | score [all] [heuristic] [set=NAME] [out=FOLDER] | oracle [training] [out=FOLDER] | indexes | cv [trees=N] [bags=N] [depth=N] [rate=X] [seed=N] [without=FEATURES] [save=SCORES] [load=SCORES] [out=FOLDER] | train [model=FILE] [trees=N] [bags=N] [depth=N] [rate=X]");
        return 1;
}
