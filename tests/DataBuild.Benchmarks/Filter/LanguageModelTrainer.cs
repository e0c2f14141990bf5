using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using DataBuild.Stages.Language;

namespace DataBuild.Benchmarks.Filter;

/// <summary>
/// Makes the shipped language model from the n-gram frequencies that the SearchPioneer.Lingua package carries (Apache-2.0): conditional probabilities of a
/// letter after up to four others, by language. For each script: smoothed probabilities of every n-gram in every language, and of these n-grams the ones that
/// tell languages apart best, by probability mass times change against the shorter n-gram (the idea of relative-entropy pruning, Stolcke 1998).
/// </summary>
internal static class LanguageModelTrainer
{
    // Lingua counted one million sentences a language: some 4e7 letters.
    private const double CorpusLetters = 4e7;
    private const double LeastCount = 60;
    private const double Smoothing = 4;

    private static readonly string[] Orders = ["unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams"];

    private static readonly (string Languages, int Rows)[] Scripts =
    [
        ("af az bs ca cs cy da de en eo es et eu fi fr ga hr hu id is it la lg lt lv mi ms nb nl nn om pl pt ro sk sl sn so sq st sv sw tl tn tr ts vi xh yo zu", 36000),
        ("be bg kk mk mn ru sr uk", 30000),
        ("ar fa ur", 12000),
        ("hi mr", 8000),
        ("am ti", 16000),
    ];

    /// <summary>Reads Lingua's folder of language models and writes the model file.</summary>
    public static void Train(string linguaModels, string output)
    {
        using FileStream stream = File.Create(output);
        LanguageModel.Write(stream, [.. Scripts.Select(s => TrainScript(linguaModels, s.Languages.Split(' '), s.Rows))]);
    }

    private static (string[] Languages, string Alphabet, ulong[] Keys, byte[] Penalties) TrainScript(string folder, string[] languages, int rowCount)
    {
        List<char> alphabet = [];
        Dictionary<ulong, float[]> counts = ReadCounts(folder, languages, alphabet);
        Dictionary<ulong, float[]> rows = [];
        List<(double Gain, ulong Key)> gains = [];
        foreach (ulong key in counts.Keys.OrderBy(k => k >> 60).ThenBy(k => k))
        {
            int n = (int)(key >> 60);
            float[]? shorter = null;
            for (int m = n - 1; m > 0 && shorter is null; m--)
            {
                _ = rows.TryGetValue(ScriptModel.KeyOf(key, m), out shorter);
            }

            float[]? context = n == 1 ? null : counts.GetValueOrDefault(PrefixOf(key, n));
            float[] count = counts[key];
            float[] row = new float[languages.Length];
            for (int l = 0; l < row.Length; l++)
            {
                double prior = shorter is null ? 1e-6 : Math.Exp(shorter[l]);
                double contextCount = n == 1 ? CorpusLetters : context?[l] ?? 0;
                row[l] = (float)Math.Log((count[l] + (Smoothing * prior)) / (contextCount + Smoothing));
            }

            rows[key] = row;
            gains.Add((Gain(row, shorter, count), key));
        }

        HashSet<ulong> chosen = Choose(gains, rows, rowCount);
        ulong[] keys = [.. chosen.Order()];
        byte[] penalties = new byte[keys.Length * languages.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            float[] row = rows[keys[i]];
            float best = row.Max();
            for (int l = 0; l < row.Length; l++)
            {
                penalties[(i * row.Length) + l] = (byte)Math.Clamp((best - row[l]) / ScriptModel.PenaltyRange * 255, 0, 255);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{languages.Length} languages, {alphabet.Count} letters, {keys.Length} n-grams"));
        return (languages, string.Concat(alphabet), keys, penalties);
    }

    private static ulong PrefixOf(ulong key, int n) =>
        ScriptModel.KeyOf((key & ((1UL << (ScriptModel.LetterBits * n)) - 1)) >> ScriptModel.LetterBits, n - 1);

    // Single letters always stay: they end every search.
    private static double Gain(float[] row, float[]? shorter, float[] count)
    {
        if (shorter is null)
        {
            return double.MaxValue;
        }

        double mean = 0;
        for (int l = 0; l < row.Length; l++)
        {
            mean += (row[l] - shorter[l]) / row.Length;
        }

        double gain = 0;
        for (int l = 0; l < row.Length; l++)
        {
            gain += count[l] * Math.Abs(row[l] - shorter[l] - mean);
        }

        return gain;
    }

    // The best n-grams, each with all its beginnings.
    private static HashSet<ulong> Choose(List<(double Gain, ulong Key)> gains, Dictionary<ulong, float[]> rows, int rowCount)
    {
        HashSet<ulong> chosen = [];
        foreach ((_, ulong key) in gains.OrderByDescending(g => g.Gain).ThenBy(g => g.Key))
        {
            if (chosen.Count >= rowCount)
            {
                break;
            }

            ulong at = key;
            for (int n = (int)(key >> 60); n > 0; n--)
            {
                _ = rows.ContainsKey(at) && chosen.Add(at);
                at = PrefixOf(at, n);
            }
        }

        return chosen;
    }

    private static Dictionary<ulong, float[]> ReadCounts(string folder, string[] languages, List<char> alphabet)
    {
        Dictionary<char, int> indices = [];
        Dictionary<ulong, float[]> counts = [];
        for (int l = 0; l < languages.Length; l++)
        {
            Dictionary<ulong, double> shorter = [];
            for (int n = 1; n <= ScriptModel.MaxLetters; n++)
            {
                string path = Path.Combine(folder, languages[l], Orders[n - 1] + ".json.br");
                Dictionary<ulong, double> found = [];
                foreach ((string gram, double probability) in ReadOrder(path).Where(g => g.Gram.Length == n))
                {
                    ulong key = 0;
                    foreach (char c in gram)
                    {
                        if (!indices.TryGetValue(c, out int index))
                        {
                            alphabet.Add(c);
                            indices[c] = index = alphabet.Count;
                        }

                        key = (key << ScriptModel.LetterBits) | (uint)index;
                    }

                    key = ScriptModel.KeyOf(key, n);
                    double before = n == 1 ? CorpusLetters : shorter.GetValueOrDefault(PrefixOf(key, n));
                    double count = probability * before;
                    if (count < (n <= 2 ? 1 : 5))
                    {
                        continue;
                    }

                    found[key] = count;
                    if (count >= LeastCount || n <= 2)
                    {
                        if (!counts.TryGetValue(key, out float[]? row))
                        {
                            counts[key] = row = new float[languages.Length];
                        }

                        row[l] = (float)count;
                    }
                }

                shorter = found;
            }
        }

        return counts;
    }

    private static IEnumerable<(string Gram, double Probability)> ReadOrder(string path)
    {
        using BrotliStream stream = new(File.OpenRead(path), CompressionMode.Decompress);
        using JsonDocument document = JsonDocument.Parse(stream);
        foreach (JsonProperty property in document.RootElement.GetProperty("ngrams").EnumerateObject())
        {
            string[] fraction = property.Name.Split('/');
            double probability = double.Parse(fraction[0], CultureInfo.InvariantCulture) / double.Parse(fraction[1], CultureInfo.InvariantCulture);
            foreach (string gram in property.Value.GetString()!.Split(' '))
            {
                yield return (gram, probability);
            }
        }
    }
}
