using DataBuild.Tests;
using Xunit.Abstractions;

namespace DataBuild.Engine.Tests.RandomEdits;

/// <summary>
/// Edits of every kind, one after the other, on one store. Each build equals a build from nothing to the byte, and computes exactly the actions that the
/// oracle predicts. <c>DATABUILD_EDITS=200</c> in the environment makes the long run, <c>DATABUILD_SEED</c> another one.
/// </summary>
[Collection(TestStages.Collection)]
public sealed class RandomEditTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    public void EveryBuildComputesWhatThePlanPredictsAndEqualsABuildFromNothing(int seed)
    {
        Random random = new(LongRun.Count("DATABUILD_SEED", 2026) + seed);
        using TestDataset incremental = new();
        ActionOracle oracle = new();
        DatasetModel model = DatasetModel.Create(random);
        List<DatasetModel> earlier = [];
        string before = "";
        int actions = 0;
        int computed = 0;
        int steps = LongRun.Count("DATABUILD_EDITS", 20);
        for (int step = 0; step <= steps; step++)
        {
            string edit = step == 0 ? "first build" : model.Edit(random, earlier);
            string context = $"seed {seed}, step {step}: {edit}";
            oracle.Predict(model);
            Apply(model, incremental);
            TestStages.Take();

            // On one thread: side by side, two equal shards may both run an action that they share.
            BuildLog log = incremental.Build(threads: 1);
            string[] ran = [.. log.Actions.Select(a => oracle.Identities[(a.Kind, a.Stage, a.Shard)])];
            Assert.True(oracle.Expected.SetEquals(ran), $"{context}\nnot predicted:\n{string.Join('\n', ran.Except(oracle.Expected))}\nnot computed:\n{string.Join('\n', oracle.Expected.Except(ran))}");
            Assert.True(ran.Length == oracle.Expected.Count, $"{context}: {ran.Length} actions for {oracle.Expected.Count} results");
            string[] scored = TestStages.TakeIds("Model");
            Assert.True(oracle.ExpectedScores.SequenceEqual(scored), $"{context}\nscored: {string.Join(' ', scored)}\npredicted: {string.Join(' ', oracle.ExpectedScores)}");

            string after = incremental.OutputDigests();
            using TestDataset scratch = new();
            Apply(model, scratch);
            scratch.Build(1 + random.Next(4));
            Assert.True(scratch.OutputDigests() == after, $"{context}: the output differs from that of a build from nothing");
            Assert.True(oracle.Kept.SequenceEqual(incremental.KeptIds().Order(StringComparer.Ordinal)), $"{context}: other documents kept than predicted");
            Assert.True(log.Written == (before != after), $"{context}: output written: {log.Written}");
            before = after;
            earlier.Add(model.Clone());
            actions += oracle.Identities.Count;
            computed += oracle.Expected.Count;
        }

        output.WriteLine($"{steps} edits: {computed} of {actions} actions computed, as predicted");
    }

    private static void Apply(DatasetModel model, TestDataset dataset)
    {
        TestStages.ShortestWord = model.ShortestWord;
        dataset.WordsCode = $"words {model.ShortestWord}";
        dataset.Stages.Clear();
        dataset.Stages.AddRange(model.Stages.Select(s => s.ToItem()));
        File.WriteAllLines(Path.Combine(dataset.Folder, "lexicon.txt"), model.Lexicon);
        string crawl = Path.Combine(dataset.Folder, "crawl");
        foreach (string path in Directory.EnumerateFiles(crawl).Where(p => !model.Shards.ContainsKey(Path.GetFileName(p))).ToArray())
        {
            File.Delete(path);
        }

        foreach ((string name, (string Id, string Text)[] documents) in model.Shards)
        {
            dataset.AddInput(name, documents);
        }
    }
}
