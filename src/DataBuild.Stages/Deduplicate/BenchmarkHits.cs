namespace DataBuild.Stages.Deduplicate;

/// <summary>Where a text holds n-grams of benchmark texts. Reused for document after document.</summary>
internal sealed class BenchmarkHits
{
    private readonly Dictionary<int, int> _hitsOf = [];
    private ulong[] _shingles = [];

    /// <summary>N-grams that stand in a benchmark.</summary>
    public int Count { get; private set; }

    /// <summary>Share of the words that such n-grams cover.</summary>
    public double Coverage { get; private set; }

    /// <summary>Name of the benchmark text with most hits, the first of several.</summary>
    public string? BestItem { get; private set; }

    /// <summary>Ranges of the source text that hits cover, in UTF-16 units, ascending and apart.</summary>
    public List<(int Start, int End)> Spans { get; } = [];

    /// <summary>Loads an index and says how many texts are too short for it.</summary>
    public static BenchmarkIndex LoadIndex(string stage, IReadOnlyList<InputFile> files, IReadOnlyList<string> fields, int ngram, StageContext context)
    {
        BenchmarkIndex index = BenchmarkIndex.Load(files, fields, ngram);
        if (index.TooShort > 0)
        {
            context.Report(new StageNote("DB4109", true, $"'{stage}': {index.TooShort} benchmark texts have fewer than {ngram} words and cannot be found; a smaller Ngram finds them"));
        }

        return index;
    }

    /// <summary>Looks a text up.</summary>
    public void Find(SimplifiedText text, BenchmarkIndex index)
    {
        Count = 0;
        Coverage = 0;
        BestItem = null;
        Spans.Clear();
        _hitsOf.Clear();
        if (text.WordCount < index.Ngram)
        {
            return;
        }

        if (_shingles.Length < text.WordCount)
        {
            _shingles = new ulong[text.WordCount * 2];
        }

        int count = Shingles.Hash(text.WordHashes, index.Ngram, _shingles);
        int covered = 0;
        int coveredTo = 0;
        for (int i = 0; i < count; i++)
        {
            int item = index.Find(_shingles[i]);
            if (item < 0)
            {
                continue;
            }

            Count++;
            _hitsOf[item] = _hitsOf.GetValueOrDefault(item) + 1;
            int start = text.SourceStarts[i];
            int end = text.SourceEnds[i + index.Ngram - 1];
            if (i <= coveredTo && Spans.Count > 0)
            {
                Spans[^1] = (Spans[^1].Start, end);
            }
            else
            {
                Spans.Add((start, end));
            }

            covered += i + index.Ngram - Math.Max(i, coveredTo);
            coveredTo = i + index.Ngram;
        }

        Coverage = (double)covered / text.WordCount;
        if (Count > 0)
        {
            int best = _hitsOf.OrderByDescending(h => h.Value).ThenBy(h => h.Key).First().Key;
            BestItem = index.ItemName(best);
        }
    }
}
