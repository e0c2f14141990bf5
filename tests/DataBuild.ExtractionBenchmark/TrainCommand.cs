using DataBuild.Stages.Extract.Model;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Trains the block model on the pages of the training sites and writes it into the source tree.</summary>
internal static class TrainCommand
{
    public static void Run(string[] args)
    {
        Arguments arguments = new(args);
        string output = arguments.Text("model") ?? Path.Combine(PageSet.RepositoryRoot, "src", "DataBuild.Stages", "Extract", "Model", "BlockModel.bin");
        (ObliviousTrainer.Settings settings, int bags) = SettingsOf(arguments);
        TrainingSet set = new();
        bool[] all = set.RowsWithout(TrainingSet.Folds);
        float[] scores = new float[set.Data.Rows];
        ObliviousEnsemble ensemble = ObliviousEnsemble.Mean(
            [.. Enumerable.Range(0, bags).Select(bag => ObliviousTrainer.Train(set.Data, all, settings with { Seed = settings.Seed + (100 * bag) }, scores))]);
        using (FileStream file = File.Create(output))
        {
            new BlockModel(set.Tokens, ensemble).Write(file);
        }

        set.Log($"{output}: {new FileInfo(output).Length} bytes");
    }

    /// <summary>The settings that ship, or those of the command line.</summary>
    public static (ObliviousTrainer.Settings Settings, int Bags) SettingsOf(Arguments arguments) => (
        new(
            arguments.Number("trees", 450), arguments.Number("depth", 4), arguments.Real("rate", 0.06), arguments.Real("lambda", 0.2),
            arguments.Real("columns", 0.2), arguments.Real("pages", 0.8), arguments.Real("rows", 0.15), arguments.Number("seed", 1)),
        arguments.Number("bags", 6));
}
