using System.Globalization;

namespace DataBuild.Stages.Score.LanguageModel;

/// <summary>A language model file is not what it should be.</summary>
public sealed class ArpaFormatException(string path, int line, string message)
    : FormatException($"{path}({line}): {message}")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;
}

/// <summary>Reads and writes n-gram language models in the ARPA format, as SRILM and KenLM do.</summary>
public static class ArpaFile
{
    /// <summary>Reads a model.</summary>
    /// <param name="path">The file; for messages only when <paramref name="reader"/> is given.</param>
    /// <param name="reader">Text of the file; null to open it.</param>
    /// <exception cref="ArpaFormatException">The file is malformed; the message says where, what was found and what was expected.</exception>
    public static NGramLanguageModel Read(string path, TextReader? reader = null)
    {
        using TextReader lines = reader ?? new StreamReader(path);
        return new Parser(path, lines).Parse();
    }

    /// <summary>Writes a model: n-grams by length, in the order in which the model holds them.</summary>
    public static void Write(NGramLanguageModel model, TextWriter writer)
    {
        string[] words = new string[model.Words.Count];
        foreach ((string word, int id) in model.Words)
        {
            words[id] = word;
        }

        writer.Write("\\data\\\n");
        for (int n = 1; n <= model.Order; n++)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"ngram {n}={model.CountOf(n)}\n"));
        }

        string[] shorter = [""];
        for (int n = 1; n <= model.Order; n++)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"\n\\{n}-grams:\n"));
            NGramLanguageModel.Level level = model.Levels[n - 1];
            string[] texts = new string[level.LogProbability.Count];
            foreach ((ulong key, int ordinal) in level.Index)
            {
                texts[ordinal] = n == 1 ? words[(int)(uint)key] : shorter[(int)(key >> 32)] + " " + words[(int)(uint)key];
            }

            for (int i = 0; i < texts.Length; i++)
            {
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{level.LogProbability[i]:R}\t{texts[i]}"));
                writer.Write(n < model.Order ? string.Create(CultureInfo.InvariantCulture, $"\t{level.Backoff[i]:R}\n") : "\n");
            }

            shorter = texts;
        }

        writer.Write("\n\\end\\\n");
    }

    private sealed class Parser(string path, TextReader reader)
    {
        private readonly Dictionary<string, int> _words = new(StringComparer.Ordinal);
        private readonly List<NGramLanguageModel.Level> _levels = [];
        private int _line;

        public NGramLanguageModel Parse()
        {
            string? line = Next();
            while (line is not null && line != "\\data\\")
            {
                // Comments may stand before the data.
                line = Next();
            }

            List<int> counts = [];
            for (line = Next(); line is not null && line.StartsWith("ngram ", StringComparison.Ordinal); line = Next())
            {
                string[] parts = line[6..].Split('=');
                if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length != counts.Count + 1
                    || !int.TryParse(parts[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int count))
                {
                    throw Wrong(line, $"'ngram {counts.Count + 1}=' and a count");
                }

                counts.Add(count);
            }

            if (counts.Count == 0)
            {
                throw Wrong(line, "'\\data\\' and the counts of n-grams");
            }

            for (int n = 1; n <= counts.Count; n++)
            {
                if (line != $"\\{n}-grams:")
                {
                    throw Wrong(line, $"'\\{n}-grams:'");
                }

                line = Section(n, counts);
            }

            return line == "\\end\\" ? new NGramLanguageModel(_words, [.. _levels]) : throw Wrong(line, "'\\end\\'");
        }

        private string? Section(int n, List<int> counts)
        {
            NGramLanguageModel.Level level = new();
            _levels.Add(level);
            string? line;
            while ((line = Next()) is not null && !line.StartsWith('\\'))
            {
                string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                bool hasBackoff = parts.Length == n + 2;
                if (parts.Length != n + 1 && !hasBackoff)
                {
                    throw Wrong(line, $"a probability, {n} words and perhaps a back-off weight");
                }

                level.LogProbability.Add(Number(parts[0], line));
                level.Backoff.Add(hasBackoff ? Number(parts[^1], line) : 0);
                if (!level.Index.TryAdd(NGramLanguageModel.Level.Key(Context(parts.AsSpan(1, n - 1), line), Word(parts[n], n, line)), level.LogProbability.Count - 1))
                {
                    throw Wrong(line, "every n-gram once");
                }
            }

            return level.LogProbability.Count == counts[n - 1]
                ? line
                : throw new ArpaFormatException(path, _line, $"found {level.LogProbability.Count} {n}-grams; expected {counts[n - 1]}, as the header says");
        }

        private int Context(ReadOnlySpan<string> words, string line)
        {
            int node = 0;
            for (int i = 0; i < words.Length; i++)
            {
                if (!_words.TryGetValue(words[i], out int word) || !_levels[i].Index.TryGetValue(NGramLanguageModel.Level.Key(node, word), out node))
                {
                    throw Wrong(line, $"an n-gram whose first {words.Length} words are an n-gram of the file too");
                }
            }

            return node;
        }

        private int Word(string word, int n, string line)
        {
            if (_words.TryGetValue(word, out int id))
            {
                return id;
            }

            if (n > 1)
            {
                throw Wrong(line, "words that are 1-grams of the file");
            }

            _words.Add(word, _words.Count);
            return _words.Count - 1;
        }

        private double Number(string text, string line) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw Wrong(line, "a logarithm");

        private string? Next()
        {
            string? line;
            do
            {
                line = reader.ReadLine();
                _line++;
            }
            while (line is not null && string.IsNullOrWhiteSpace(line));
            return line?.Trim();
        }

        private ArpaFormatException Wrong(string? found, string expected) =>
            new(path, _line, found is null ? $"the file ends; expected {expected}" : $"found '{(found.Length > 80 ? found[..80] + "..." : found)}'; expected {expected}");
    }
}
