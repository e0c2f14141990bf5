using System.Runtime.InteropServices;
using DataBuild.Stages.Extract.Blocks;

namespace DataBuild.ExtractionBenchmark;

/// <summary>
/// Logistic regression over words: a block's log-odds are the sum of the weights of the names of all elements around it, of its own words and of the words of
/// the heading above. Trained page by page with steps that shrink by word (Duchi, Hazan and Singer 2011, "Adaptive subgradient methods").
/// </summary>
internal sealed class WordRegression
{
    private const int LeastSites = 8;
    private const int Epochs = 6;
    private const float Step = 0.03f;
    private const float Decay = 0.0002f;

    private readonly PageWords[] _pages;
    private readonly Dictionary<uint, int> _names = [];
    private readonly Dictionary<uint, int> _words = [];
    private readonly float[] _weights;
    private readonly float[] _squares;
    private readonly float[] _gradient;
    private readonly List<int> _touched = [];
    private float _bias;

    public WordRegression(IEnumerable<(string Site, PageTokens Tokens)> pages)
    {
        (string Site, PageTokens Tokens)[] all = [.. pages];
        _pages = [.. all.Select(p => p.Tokens.Regression)];
        int next = 0;
        next = Index(_names, all.Select(p => (p.Site, p.Tokens.Regression.Names.SelectMany(n => n))), next);
        next = Index(_words, all.Select(p => (p.Site, p.Tokens.Regression.Words.Concat(p.Tokens.Regression.Headings).SelectMany(n => n))), next);
        _weights = new float[next];
        _squares = new float[next];
        _gradient = new float[next];
    }

    /// <summary>Trains and returns the weights of names and of words.</summary>
    public (TokenScores Names, TokenScores Words) Train()
    {
        Random random = new(1);
        Encoded[] encoded = [.. _pages.Select(Encode)];
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(encoded);
            foreach (Encoded page in encoded)
            {
                Learn(page);
            }
        }

        return (Table(_names), Table(_words));
    }

    // Numbers words of enough sites.
    private static int Index(Dictionary<uint, int> index, IEnumerable<(string Site, IEnumerable<uint> Hashes)> pages, int next)
    {
        Dictionary<uint, int> sites = [];
        foreach (IGrouping<string, IEnumerable<uint>> site in pages.GroupBy(p => p.Site, p => p.Hashes))
        {
            foreach (uint hash in site.SelectMany(h => h).ToHashSet())
            {
                CollectionsMarshal.GetValueRefOrAddDefault(sites, hash, out _)++;
            }
        }

        foreach ((uint hash, int count) in sites.OrderBy(s => s.Key))
        {
            if (count >= LeastSites)
            {
                index[hash] = next++;
            }
        }

        return next;
    }

    private Encoded Encode(PageWords page) => new(page, Encode(page.Names, _names), Encode(page.Words, _words), Encode(page.Headings, _words));

    private static int[][] Encode(uint[][] lists, Dictionary<uint, int> index) =>
        [.. lists.Select(l => l.Length == 0 ? [] : l.Where(index.ContainsKey).Select(h => index[h]).ToArray())];

    private float[] Odds(Encoded page, out float[] elements)
    {
        PageWords source = page.Source;
        elements = new float[source.Parents.Length];
        for (int e = 0; e < elements.Length; e++)
        {
            elements[e] = (source.Parents[e] < 0 ? 0 : LearnedTokens.Fade * elements[source.Parents[e]]) + Sum(page.Names[e]);
        }

        float[] odds = new float[source.Labels.Length];
        for (int i = 0; i < odds.Length; i++)
        {
            int above = source.Above[i];
            odds[i] = _bias + elements[source.Elements[i]] + (Sum(page.Words[i]) * LearnedTokens.Scale(source.Counts[i]))
                + (above < 0 ? 0 : Sum(page.Headings[above]) * LearnedTokens.Scale(source.Counts[above]));
        }

        return odds;
    }

    private float Sum(int[] ids)
    {
        float sum = 0;
        foreach (int id in ids)
        {
            sum += _weights[id];
        }

        return sum;
    }

    private void Learn(Encoded page)
    {
        PageWords source = page.Source;
        float[] odds = Odds(page, out float[] elements);
        Array.Clear(elements);
        float bias = 0;
        float[] sections = new float[odds.Length];
        for (int i = 0; i < odds.Length; i++)
        {
            float g = source.Weights[i] * (source.Labels[i] - (1f / (1f + MathF.Exp(-odds[i]))));
            bias += g;
            elements[source.Elements[i]] += g;
            Spread(page.Words[i], g * LearnedTokens.Scale(source.Counts[i]));
            if (source.Above[i] >= 0)
            {
                sections[source.Above[i]] += g;
            }
        }

        for (int i = 0; i < odds.Length; i++)
        {
            if (sections[i] != 0)
            {
                Spread(page.Headings[i], sections[i] * LearnedTokens.Scale(source.Counts[i]));
            }
        }

        for (int e = elements.Length - 1; e >= 0; e--)
        {
            Spread(page.Names[e], elements[e]);
            if (source.Parents[e] >= 0)
            {
                elements[source.Parents[e]] += LearnedTokens.Fade * elements[e];
            }
        }

        foreach (int id in _touched)
        {
            float g = _gradient[id] - (Decay * _weights[id]);
            _gradient[id] = 0;
            _squares[id] += g * g;
            _weights[id] += g == 0 ? 0 : Step * g / MathF.Sqrt(_squares[id]);
        }

        _touched.Clear();
        _bias += 0.05f * bias;
    }

    private void Spread(int[] ids, float gradient)
    {
        foreach (int id in ids)
        {
            if (_gradient[id] == 0)
            {
                _touched.Add(id);
            }

            _gradient[id] += gradient;
        }
    }

    private TokenScores Table(Dictionary<uint, int> index)
    {
        byte[] checks = new byte[TokenScores.Size];
        sbyte[] scores = new sbyte[TokenScores.Size];
        float[] strength = new float[TokenScores.Size];
        foreach ((uint hash, int id) in index)
        {
            int rounded = (int)Math.Clamp(MathF.Round(_weights[id] / LearnedTokens.Unit), -127, 127);
            (int slot, byte check) = TokenScores.Place(hash);
            float power = MathF.Abs(_weights[id]) * MathF.Sqrt(_squares[id]);
            if (rounded != 0 && power > strength[slot])
            {
                strength[slot] = power;
                checks[slot] = check;
                scores[slot] = (sbyte)rounded;
            }
        }

        return new TokenScores(checks, scores);
    }

    private sealed record Encoded(PageWords Source, int[][] Names, int[][] Words, int[][] Headings);
}
