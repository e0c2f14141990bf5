using System.Globalization;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Tests.RandomEdits;

/// <summary>One use of a test stage.</summary>
internal sealed record StageUse(string Kind, int Threshold)
{
    /// <summary>First part of its columns' names.</summary>
    public string Prefix => Kind switch
    {
        "Words" => "words",
        "Upper" => "upper",
        "Lexicon" => "lexicon",
        "Unique" => "unique",
        _ => "score",
    };

    /// <summary>The item in a plan.</summary>
    public StageItem ToItem()
    {
        Dictionary<string, string> options = [];
        switch (Kind)
        {
            case "Words":
                options["MinWords"] = Threshold.ToString(CultureInfo.InvariantCulture);
                break;
            case "Lexicon":
                options["List"] = "lexicon.txt";
                options["MinHits"] = Threshold.ToString(CultureInfo.InvariantCulture);
                break;
            case "Model":
                options["MinScore"] = (Threshold / 10d).ToString(CultureInfo.InvariantCulture);
                break;
        }

        return new StageItem { Name = Kind, Metadata = options };
    }
}

/// <summary>All that a dataset is made of, as edits change it.</summary>
internal sealed class DatasetModel
{
    private static readonly string[] Vocabulary =
        ["river", "stone", "of", "a", "light", "valley", "to", "engine", "map", "letter", "in", "garden", "winter", "it", "harbour", "bell"];

    private int _nextDocument;
    private int _nextShard;

    public SortedDictionary<string, (string Id, string Text)[]> Shards { get; private set; } = new(StringComparer.Ordinal);

    public IReadOnlyList<StageUse> Stages { get; private set; } = [new("Words", 3), new("Upper", 0), new("Unique", 0), new("Lexicon", 1), new("Model", 1)];

    /// <summary>The code of the Words stage: words that are shorter do not count.</summary>
    public int ShortestWord { get; private set; } = 1;

    /// <summary>The file that the Lexicon stage reads.</summary>
    public IReadOnlyList<string> Lexicon { get; private set; } = ["river", "garden", "map"];

    public static DatasetModel Create(Random random)
    {
        DatasetModel model = new();
        for (int i = 0; i < 4; i++)
        {
            model.AddShard(random);
        }

        return model;
    }

    public DatasetModel Clone() => (DatasetModel)MemberwiseClone();

    /// <summary>Makes one edit and says which.</summary>
    public string Edit(Random random, IReadOnlyList<DatasetModel> earlier)
    {
        Shards = new(Shards, StringComparer.Ordinal);
        string shard = Shards.Keys.ElementAt(random.Next(Shards.Count));
        (string Id, string Text)[] documents = Shards[shard];
        int at = random.Next(documents.Length);
        switch (random.Next(14))
        {
            case 0:
                Shards[shard] = [.. documents.Select((d, i) => i == at ? (d.Id, Text(random)) : d)];
                return $"text of {documents[at].Id} in {shard}";
            case 1:
                Shards[shard] = [.. documents, .. Documents(random, 3)];
                return $"documents more in {shard}";
            case 2 when documents.Length > 1:
                Shards[shard] = [.. documents.Where((_, i) => i != at)];
                return $"document {documents[at].Id} less in {shard}";
            case 3:
                return $"new shard {AddShard(random)}";
            case 4 when Shards.Count > 1:
                Shards.Remove(shard);
                return $"shard {shard} removed";
            case 5:
                Shards.Remove(shard);
                string name = NewName();
                Shards[name] = documents;
                return $"shard {shard} renamed {name}";
            case 6:
                string copy = NewName();
                Shards[copy] = documents;
                return $"shard {shard} copied to {copy}";
            case 7:
                ShortestWord = 1 + random.Next(3);
                return $"code of Words, {ShortestWord}";
            case 8:
                Lexicon = [.. Vocabulary.Where(_ => random.Next(4) == 0).Append("bell").Distinct()];
                return $"lexicon of {Lexicon.Count} words";
            case 9 when Stages.Count > 1:
                int first = random.Next(Stages.Count - 1);
                Stages = [.. Stages.Take(first), Stages[first + 1], Stages[first], .. Stages.Skip(first + 2)];
                return $"order of {Stages[first].Kind} and {Stages[first + 1].Kind}";
            case 10 when Stages.Count > 2:
                StageUse gone = Stages[random.Next(Stages.Count)];
                Stages = [.. Stages.Where(s => s != gone)];
                return $"stage {gone.Kind} removed";
            case 11:
                string[] missing = [.. new[] { "Words", "Upper", "Unique", "Lexicon", "Model" }.Where(k => Stages.All(s => s.Kind != k))];
                if (missing.Length == 0)
                {
                    goto default;
                }

                int place = random.Next(Stages.Count + 1);
                Stages = [.. Stages.Take(place), new StageUse(missing[random.Next(missing.Length)], random.Next(3)), .. Stages.Skip(place)];
                return $"stage {Stages[place].Kind} inserted";
            case 12 when earlier.Count > 0:
                int step = random.Next(earlier.Count);
                DatasetModel old = earlier[step];
                (Shards, Stages, ShortestWord, Lexicon) = (new(old.Shards, StringComparer.Ordinal), old.Stages, old.ShortestWord, old.Lexicon);
                return $"everything as in step {step}";
            default:
                int index = random.Next(Stages.Count);
                int threshold = random.Next(5);
                Stages = [.. Stages.Select((s, i) => i == index ? s with { Threshold = threshold } : s)];
                return $"threshold of {Stages[index].Kind}, {threshold}";
        }
    }

    private string AddShard(Random random)
    {
        string name = NewName();
        Shards[name] = Documents(random, 2 + random.Next(6));
        return name;
    }

    // Names fall anywhere in the order of names.
    private string NewName() => string.Create(CultureInfo.InvariantCulture, $"s{_nextShard * 7 % 10}-{_nextShard++}.jsonl");

    private (string Id, string Text)[] Documents(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (string.Create(CultureInfo.InvariantCulture, $"d{_nextDocument++:D4}"), Text(random)))];

    // Few words and few lengths, so that equal texts are common.
    private static string Text(Random random) =>
        string.Join(' ', Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Vocabulary[random.Next(random.Next(2) == 0 ? 4 : Vocabulary.Length)]));
}
