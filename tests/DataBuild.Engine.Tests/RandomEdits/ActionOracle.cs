using System.Globalization;
using DataBuild.Engine.Execution;

namespace DataBuild.Engine.Tests.RandomEdits;

/// <summary>
/// Says what a build must compute, from the plan and the documents alone: it does the stages' work again in the plainest way and knows an action by
/// everything that its result depends on. An action must run if and only if none of the same identity ever ran. It shares no code with the engine.
/// </summary>
internal sealed class ActionOracle
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _scoredTexts = new(StringComparer.Ordinal);

    /// <summary>The actions of a build and their identities.</summary>
    public Dictionary<(ActionKind Kind, string Stage, string Shard), string> Identities { get; private set; } = [];

    /// <summary>Identities that the build must compute.</summary>
    public IReadOnlySet<string> Expected { get; private set; } = new HashSet<string>();

    /// <summary>Documents that the model must score, sorted.</summary>
    public IReadOnlyList<string> ExpectedScores { get; private set; } = [];

    /// <summary>Ids of the documents that the dataset must hold, sorted.</summary>
    public IReadOnlyList<string> Kept { get; private set; } = [];

    public void Predict(DatasetModel model)
    {
        Identities = [];
        List<string> scored = [];
        HashSet<string> measured = new(StringComparer.Ordinal);
        Dictionary<string, Row[]> shards = new(StringComparer.Ordinal);
        foreach ((string name, (string Id, string Text)[] documents) in model.Shards)
        {
            shards[name] = [.. documents.Select(d => new Row(d.Id, d.Text))];
            Add(ActionKind.Read, "read", name, $"read\n{Lines(shards[name], r => $"{r.Id} {r.Text}")}");
        }

        foreach (StageUse stage in model.Stages)
        {
            string code = stage.Kind == "Words" ? string.Create(CultureInfo.InvariantCulture, $"words {model.ShortestWord}") : "built in";
            string options = stage.Kind == "Lexicon" ? string.Join(' ', model.Lexicon) : "";
            foreach ((string name, Row[] rows) in shards)
            {
                bool kept = stage.Kind == "Model";
                string identity = $"measure {stage.Kind} {code} {options}\n{Lines(rows, r => $"{r.Id} {r.Text} {(kept ? r.Alive : "")}")}";
                Add(ActionKind.Measure, stage.Prefix, name, identity);
                if (kept && !_known.Contains($"{stage.Prefix} {identity}") && measured.Add(identity))
                {
                    // A text is scored once, wherever it stands.
                    scored.AddRange(rows.Where(r => r.Alive && _scoredTexts.Add(r.Text)).Select(r => r.Id));
                }

                foreach (Row row in rows)
                {
                    row.Figures = stage.Kind switch
                    {
                        "Words" => Words(row.Text, model.ShortestWord),
                        "Upper" => row.Text.ToUpperInvariant(),
                        "Lexicon" => row.Text.Split(' ').Count(w => model.Lexicon.Contains(w, StringComparer.OrdinalIgnoreCase)).ToString(CultureInfo.InvariantCulture),
                        "Model" => row.Alive ? row.Text.Length.ToString(CultureInfo.InvariantCulture) : "none",
                        _ => row.Text,
                    };
                    row.Text = stage.Kind == "Upper" ? row.Figures : row.Text;
                }
            }

            if (stage.Kind == "Unique")
            {
                Add(ActionKind.Merge, stage.Prefix, "", $"merge\n{string.Join("\n--\n", shards.Values.Select(rows => Lines(rows, r => $"{r.Id} {r.Figures} {r.Alive}")))}");
                Dictionary<string, string?> smallest = shards.Values.SelectMany(r => r).Where(r => r.Alive)
                    .GroupBy(r => r.Text).ToDictionary(g => g.Key, g => g.Select(r => r.Id).Min(StringComparer.Ordinal));
                foreach (Row row in shards.Values.SelectMany(r => r))
                {
                    row.Figures = row.Alive && smallest[row.Text] != row.Id ? "duplicate" : "first";
                }
            }

            foreach ((string name, Row[] rows) in shards)
            {
                Add(ActionKind.Decide, stage.Prefix, name,
                    $"decide {stage.Kind} {code} {options} {(stage.Kind is "Upper" or "Unique" ? 0 : stage.Threshold)}\n{Lines(rows, r => $"{r.Figures} {r.Alive}")}");
                foreach (Row row in rows)
                {
                    row.Alive = row.Alive && stage.Kind switch
                    {
                        "Words" => int.Parse(row.Figures.Split(' ')[0], CultureInfo.InvariantCulture) >= stage.Threshold,
                        "Lexicon" => int.Parse(row.Figures, CultureInfo.InvariantCulture) >= stage.Threshold,
                        "Model" => row.Text.Length / 100f >= stage.Threshold / 10d,
                        "Unique" => row.Figures == "first",
                        _ => true,
                    };
                }
            }
        }

        Expected = Identities.Values.Where(i => !_known.Contains(i)).ToHashSet(StringComparer.Ordinal);
        ExpectedScores = [.. scored.Order(StringComparer.Ordinal)];
        Kept = [.. shards.Values.SelectMany(r => r).Where(r => r.Alive).Select(r => r.Id).Order(StringComparer.Ordinal)];
        _known.UnionWith(Expected);
    }

    private static string Words(string text, int shortest)
    {
        string[] words = [.. text.Split(' ').Where(w => w.Length >= shortest)];
        return string.Create(CultureInfo.InvariantCulture, $"{words.Length} {(words.Length == 0 ? 0 : words.Average(w => w.Length))}");
    }

    private static string Lines(Row[] rows, Func<Row, string> line) => string.Join('\n', rows.Select(line));

    private void Add(ActionKind kind, string stage, string shard, string identity) =>
        Identities[(kind, stage, shard.Length == 0 ? "" : "crawl/" + shard)] = $"{stage} {identity}";

    private sealed class Row(string id, string text)
    {
        public string Id { get; } = id;

        public string Text { get; set; } = text;

        public bool Alive { get; set; } = true;

        public string Figures { get; set; } = "";
    }
}
