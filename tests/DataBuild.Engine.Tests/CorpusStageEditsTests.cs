namespace DataBuild.Engine.Tests;

[Figures]
public readonly partial record struct LetterFigures(ReadOnlyMemory<float> Vector);

/// <summary>An embedding without a model: how often each letter occurs.</summary>
[Stage("Letters", Phase = StagePhase.Clean, ColumnPrefix = "letters")]
public sealed partial record LettersStage : DocumentStage<LetterFigures>
{
    public override LetterFigures Measure(Document document)
    {
        float[] counts = new float[26];
        foreach (char c in document.Text)
        {
            _ = char.IsAsciiLetterLower(c) ? counts[c - 'a']++ : 0;
        }

        return new LetterFigures(counts);
    }
}

/// <summary>
/// Stages that see all documents, over random histories of inputs added, changed and removed: each build measures what is new and nothing else, and gives the
/// bytes of a build from nothing.
/// </summary>
[Collection(TestStages.Collection)]
public sealed class CorpusStageEditsTests
{
    public static TheoryData<string, string> Stages => new()
    {
        { "ExactDedup", "" },
        { "ExactDedup", "Normalized=true;Priority=date asc" },
        { "UrlDedup", "" },
        { "MinHashDedup", "" },
        { "MinHashDedup", "Unit=Character;Ngram=12;Bands=20;Rows=4;MinJaccard=0.5;Priority=text_length asc" },
        { "ParagraphDedup", "" },
        { "ParagraphDedup", "Index=Bloom" },
        { "SentenceDedup", "" },
        { "SubstringDedup", "MinLength=12" },
        { "SubstringDedup", "MinLength=40;Unit=Byte;Copies=None" },
        { "SemanticDedup", "Embedding=letters.vector;Clusters=3;MinCosine=0.98" },
        { "Decontaminate", "Benchmarks=exam.txt;Ngram=8" },
        { "DecontaminateSpans", "Benchmarks=exam.txt;Ngram=8" },
        { "CulturaXMetrics", "MinDocuments=5" },
    };

    [Theory]
    [MemberData(nameof(Stages))]
    public void Any_history_of_inputs_gives_what_a_build_from_nothing_gives(string stage, string options)
    {
        Random random = new(20260101);
        using TestDataset dataset = Dataset(stage, options);
        SortedDictionary<string, int> inputs = new(StringComparer.Ordinal) { ["a"] = 1, ["b"] = 2, ["c"] = 3 };
        HashSet<(string Name, int Seed)> measured = [];
        foreach ((string name, int seed) in inputs)
        {
            Write(dataset, name, seed);
        }

        bool dropped = false;
        for (int edit = 0; edit < 5; edit++)
        {
            if (edit > 0)
            {
                Edit(dataset, inputs, random, edit);
            }

            int fresh = inputs.Count(i => measured.Add((i.Key, i.Value)));
            BuildLog log = dataset.Build(threads: 1 + random.Next(3));
            Execution.StageSummary summary = log.Stages.Values.Single(s => s.Kind == stage);
            Assert.Equal(fresh, summary.Computed);
            dropped |= summary.Counts.Dropped.Count > 0;

            using TestDataset scratch = Dataset(stage, options);
            foreach ((string name, int seed) in inputs)
            {
                Write(scratch, name, seed);
            }

            scratch.Build(threads: 1);
            Assert.Equal(scratch.OutputDigests(), dataset.OutputDigests());
        }

        // Parts are cut out where documents stay.
        Assert.True(dropped || stage is "ParagraphDedup" or "SentenceDedup" or "SubstringDedup" or "DecontaminateSpans", $"{stage} dropped nothing in any of these corpora");
    }

    private static void Edit(TestDataset dataset, SortedDictionary<string, int> inputs, Random random, int edit)
    {
        string name = inputs.Keys.ElementAt(random.Next(inputs.Count));
        switch (edit % 3)
        {
            case 0:
                inputs.Remove(name);
                File.Delete(Path.Combine(dataset.Folder, "crawl", name + ".jsonl"));
                return;
            case 1:
                name = "d" + edit;
                break;
        }

        inputs[name] = 100 + edit;
        Write(dataset, name, inputs[name]);
    }

    private static TestDataset Dataset(string stage, string options)
    {
        TestDataset dataset = new();
        File.WriteAllText(Path.Combine(dataset.Folder, "exam.txt"), "which of these rivers flows into the black sea after passing ten countries and four capitals\n");
        if (stage == "SemanticDedup")
        {
            dataset.Stage("Letters");
        }

        if (stage == "CulturaXMetrics")
        {
            dataset.Stage("Language", ("MinScore", "0"));
        }

        dataset.Stage(stage, [.. options.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(o => (o.Split('=')[0], o.Split('=')[1]))]);
        return dataset;
    }

    // A third copies a text that any input may hold (texts follow from numbers alone), a third changes a word of one; some share lines, some hold a question of the exam.
    private static void Write(TestDataset dataset, string name, int seed)
    {
        Random random = new(seed);
        dataset.AddInput(name + ".jsonl", Enumerable.Range(0, 25).Select(i =>
        {
            string[] words = Text(random.Next(20));
            if (random.Next(3) == 0)
            {
                words[random.Next(words.Length)] = "changed";
            }

            string exam = i % 9 == 7 ? "\nWhich of these rivers flows into the Black Sea after passing ten countries?" : "";
            return ($"{name}{seed}-{(i % 10 == 9 ? "same" : i)}", string.Join(' ', words) + ".\nShared footer of the site.\n" + exam);
        }));
    }

    private static string[] Text(int number)
    {
        Random random = new(1000 + number);
        return [.. Enumerable.Range(0, 60).Select(i => $"w{(char)('a' + random.Next(26))}{(char)('a' + random.Next(26))}{(i % 9 == 8 ? "." : "")}")];
    }
}
