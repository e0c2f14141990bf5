using System.Runtime.InteropServices;

namespace DataBuild.Stages.Language;

/// <summary>The language of a text, with its runner-up.</summary>
/// <param name="Code">ISO 639-1 code (Cherokee: 639-3); null when the text has no letters.</param>
/// <param name="Score">Probability among the languages of its script, times the share of letters in that script; 0 to 1.</param>
/// <param name="SecondCode">The next best; null when there is none.</param>
/// <param name="SecondScore">Its score.</param>
/// <param name="Letters">Letters looked at.</param>
public readonly record struct DetectedLanguage(string? Code, double Score, string? SecondCode, double SecondScore, int Letters);

/// <summary>
/// Tells the language of a text by its script and, within a script that several languages share, by a model of letter n-grams. Looks at all of a short text
/// and at evenly spread pieces of a long one. Not safe for several threads at once.
/// </summary>
public sealed class LanguageDetector : IDocumentAnalysis
{
    /// <summary>Texts up to this length are looked at whole.</summary>
    public const int WholeLength = 4096;

    private const int Pieces = 8;
    private const int PieceLength = WholeLength / Pieces;

    // Neighbouring letters are not independent evidence; dividing by this keeps scores near observed frequencies of being right.
    private const double Temperature = 2.0;

    // An ideograph or a syllable tells about as much as two to three letters.
    private const int DenseScriptWeight = 2;

    private const int FlushEvery = 256;

    private readonly LanguageModel _model = LanguageModel.Instance;
    private readonly ushort[][] _sums;
    private readonly long[][] _totals;
    private readonly int[] _pending;
    private readonly int[] _letters;
    private readonly List<(string Code, double Score)> _candidates = [];

    /// <summary>Creates a detector; the model is loaded once for the process.</summary>
    public LanguageDetector()
    {
        _sums = [.. _model.Scripts.Select(s => new ushort[s.Stride])];
        _totals = [.. _model.Scripts.Select(s => new long[s.Stride])];
        _pending = new int[_model.Scripts.Length];
        _letters = new int[_model.Scripts.Length + _model.Letters.Languages.Length + 1];
    }

    /// <summary>Codes of all languages that can be told.</summary>
    public static IReadOnlyList<string> Languages { get; } =
        [.. LanguageModel.Instance.Scripts.SelectMany(s => s.Languages).Concat(LanguageModel.Instance.Letters.Languages).Order(StringComparer.Ordinal)];

    /// <summary>Nothing: the object only keeps buffers for one text after another.</summary>
    public void Analyze(Document document)
    {
    }

    /// <summary>The language of a text.</summary>
    public DetectedLanguage Detect(ReadOnlySpan<char> text)
    {
        Clear();
        if (text.Length <= WholeLength)
        {
            Scan(text);
        }
        else
        {
            for (int i = 0; i < Pieces; i++)
            {
                int start = (int)((long)(text.Length - PieceLength) * i / (Pieces - 1));
                Scan(text.Slice(start, PieceLength));
            }
        }

        return Decide();
    }

    private void Clear()
    {
        Array.Clear(_letters);
        for (int i = 0; i < _sums.Length; i++)
        {
            Array.Clear(_sums[i]);
            Array.Clear(_totals[i]);
            _pending[i] = 0;
        }
    }

    private void Scan(ReadOnlySpan<char> text)
    {
        LetterTable letters = _model.Letters;
        ulong context = 0;
        int matched = 0;
        int current = 0;
        foreach (char c in text)
        {
            int entry = letters[c];
            if (entry == 0)
            {
                context = 0;
                matched = 0;
                continue;
            }

            int script = entry >> ScriptModel.LetterBits;
            _letters[script]++;
            if (script != current)
            {
                current = script;
                context = 0;
                matched = 0;
            }

            int index = entry & ((1 << ScriptModel.LetterBits) - 1);
            if (index == 0)
            {
                context = 0;
                matched = 0;
                continue;
            }

            int model = script - 1;
            context = ((context << ScriptModel.LetterBits) | (uint)index) & ((1UL << (ScriptModel.LetterBits * ScriptModel.MaxLetters)) - 1);
            matched = _model.Scripts[model].Add(context, Math.Min(matched + 1, ScriptModel.MaxLetters), _sums[model]);
            if (++_pending[model] == FlushEvery)
            {
                Flush(model);
            }
        }
    }

    private void Flush(int model)
    {
        ushort[] sums = _sums[model];
        long[] totals = _totals[model];
        for (int i = 0; i < sums.Length; i++)
        {
            totals[i] += sums[i];
        }

        Array.Clear(sums);
        _pending[model] = 0;
    }

    private DetectedLanguage Decide()
    {
        MergeJapanese();
        long all = 0;
        int letters = 0;
        for (int script = 1; script < _letters.Length; script++)
        {
            letters += _letters[script];
            all += (long)_letters[script] * WeightOf(script);
        }

        if (all == 0)
        {
            return default;
        }

        _candidates.Clear();
        for (int script = 1; script < _letters.Length; script++)
        {
            if (_letters[script] == 0)
            {
                continue;
            }

            double share = (double)_letters[script] * WeightOf(script) / all;
            if (script > _model.Scripts.Length)
            {
                _candidates.Add((_model.Letters.Languages[script - _model.Scripts.Length - 1], share));
            }
            else
            {
                Flush(script - 1);
                AddPosteriors(script - 1, share);
            }
        }

        (string Code, double Score) best = default;
        (string Code, double Score) second = default;
        foreach ((string code, double score) in CollectionsMarshal.AsSpan(_candidates))
        {
            if (score > best.Score)
            {
                second = best;
                best = (code, score);
            }
            else if (score > second.Score)
            {
                second = (code, score);
            }
        }

        return new DetectedLanguage(best.Code, best.Score, second.Code, second.Score, letters);
    }

    private void AddPosteriors(int model, double share)
    {
        ScriptModel script = _model.Scripts[model];
        ReadOnlySpan<long> totals = _totals[model].AsSpan(0, script.Languages.Length);
        long least = long.MaxValue;
        foreach (long total in totals)
        {
            least = Math.Min(least, total);
        }

        double sum = 0;
        Span<double> weights = stackalloc double[totals.Length];
        for (int i = 0; i < totals.Length; i++)
        {
            weights[i] = Math.Exp((least - totals[i]) * (ScriptModel.PenaltyRange / 255 / Temperature));
            sum += weights[i];
        }

        for (int i = 0; i < totals.Length; i++)
        {
            _candidates.Add((script.Languages[i], share * weights[i] / sum));
        }
    }

    // Japanese is written with ideographs and kana, Chinese with ideographs alone.
    private void MergeJapanese()
    {
        int kana = _model.Scripts.Length + 1 + Array.IndexOf(_model.Letters.Languages, "ja");
        int ideographs = _model.Scripts.Length + 1 + Array.IndexOf(_model.Letters.Languages, "zh");
        (int from, int to) = _letters[kana] * 10 >= _letters[ideographs] ? (ideographs, kana) : (kana, ideographs);
        if (_letters[kana] > 0)
        {
            _letters[to] += _letters[from];
            _letters[from] = 0;
        }
    }

    private int WeightOf(int script) => script > _model.Scripts.Length && _model.Letters.Languages[script - _model.Scripts.Length - 1] is "zh" or "ja" or "ko" ? DenseScriptWeight : 1;
}
