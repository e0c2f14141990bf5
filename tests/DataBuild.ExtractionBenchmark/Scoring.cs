using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Sums of the metrics of shared/score/extraction.py, page by page.</summary>
internal sealed class Scoring
{
    private readonly SortedDictionary<string, (double Sum, int Count)> _means = new(StringComparer.Ordinal);
    private int _truePositive;
    private int _falseNegative;
    private int _falsePositive;
    private int _trueNegative;

    public void Add(TruthPage page, string text)
    {
        Truth truth = page.Truth;
        if (truth.With.Length + truth.Without.Length > 0)
        {
            string squeezed = Squeeze(text);
            foreach (string segment in truth.With)
            {
                bool found = squeezed.Contains(Squeeze(segment), StringComparison.Ordinal);
                _truePositive += found ? 1 : 0;
                _falseNegative += found ? 0 : 1;
            }

            foreach (string segment in truth.Without)
            {
                bool found = squeezed.Contains(Squeeze(segment), StringComparison.Ordinal);
                _falsePositive += found ? 1 : 0;
                _trueNegative += found ? 0 : 1;
            }
        }

        if (truth.Text is not null)
        {
            List<string> a = Words(text);
            List<string> b = Words(truth.Text);
            (double p, double r, double f) = Multiset(a, b);
            Mean("precision", p);
            Mean("recall", r);
            Mean("f1", f);
            Mean("f1_4gram", Multiset(Grams(a), Grams(b)).F);
            if (truth.Kind is not null)
            {
                Mean("f1 " + truth.Kind, f);
            }
        }

        if (truth.Markdown is not null)
        {
            Mean("f1", Multiset(Words(text), Words(truth.Markdown)).F);
            MarkdownParts got = MarkdownParts.Of(text);
            MarkdownParts want = MarkdownParts.Of(truth.Markdown);
            Part("code", got.Code, want.Code);
            Part("math", got.Math, want.Math);
            Part("table", got.Tables, want.Tables);
        }
    }

    public double this[string name] => _means.TryGetValue(name, out (double Sum, int Count) m) ? m.Sum / m.Count : double.NaN;

    public double SegmentF1 => 2.0 * _truePositive / Math.Max(1, (2.0 * _truePositive) + _falseNegative + _falsePositive);

    public double SegmentAccuracy => (double)(_truePositive + _trueNegative) / Math.Max(1, _truePositive + _trueNegative + _falseNegative + _falsePositive);

    public override string ToString()
    {
        StringBuilder line = new();
        foreach ((string name, (double sum, int count)) in _means)
        {
            line.Append(CultureInfo.InvariantCulture, $"{name} {sum / count:F4}  ");
        }

        if (_truePositive + _falseNegative + _falsePositive + _trueNegative > 0)
        {
            double p = (double)_truePositive / Math.Max(1, _truePositive + _falsePositive);
            double r = (double)_truePositive / Math.Max(1, _truePositive + _falseNegative);
            line.Append(CultureInfo.InvariantCulture, $"segments p {p:F4} r {r:F4} f1 {SegmentF1:F4} acc {SegmentAccuracy:F4}");
        }

        return line.ToString();
    }

    public static (double P, double R, double F) Multiset(List<string> a, List<string> b)
    {
        if (a.Count == 0 && b.Count == 0)
        {
            return (1, 1, 1);
        }

        Dictionary<string, int> counts = [];
        foreach (string w in b)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, w, out _)++;
        }

        int n = 0;
        foreach (string w in a)
        {
            ref int c = ref CollectionsMarshal.GetValueRefOrNullRef(counts, w);
            if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref c) && c > 0)
            {
                c--;
                n++;
            }
        }

        double p = (double)n / Math.Max(1, a.Count);
        double r = (double)n / Math.Max(1, b.Count);
        return (p, r, p + r == 0 ? 0 : 2 * p * r / (p + r));
    }

    /// <summary>Runs of Python's <c>\w</c>, in lower case.</summary>
    public static List<string> Words(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsWord(rune))
            {
                word.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private static bool IsWord(Rune rune)
    {
        if (rune.IsAscii)
        {
            return char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value == '_';
        }

        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
            or UnicodeCategory.OtherNumber;
    }

    public static string Squeeze(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static List<string> Grams(List<string> words)
    {
        if (words.Count == 0)
        {
            return [];
        }

        List<string> grams = [];
        for (int i = 0; i < Math.Max(1, words.Count - 3); i++)
        {
            grams.Add(string.Join(' ', words.Skip(i).Take(4)));
        }

        return grams;
    }

    private void Mean(string name, double value)
    {
        _means.TryGetValue(name, out (double Sum, int Count) m);
        _means[name] = (m.Sum + value, m.Count + 1);
    }

    private void Part(string name, string got, string want)
    {
        if (want.Length > 0)
        {
            Mean(name, MarkdownParts.Similarity(got, want));
        }
    }
}
