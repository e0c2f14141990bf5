using DataBuild.Text;

namespace DataBuild.Stages.Language;

/// <summary>For every UTF-16 code unit: the script it belongs to and, where several languages share that script, its index in the alphabet.</summary>
internal sealed class LetterTable
{
    /// <summary>Scripts that stand for one language, numbered after the shared ones.</summary>
    public static readonly (string Language, char First, char Last)[] SingleLanguageScripts =
    [
        ("el", '\u0370', '\u03FF'), ("el", '\u1F00', '\u1FFF'), ("hy", '\u0530', '\u058F'), ("he", '\u0590', '\u05FF'), ("he", '\uFB1D', '\uFB4F'), ("dv", '\u0780', '\u07BF'),
        ("bn", '\u0980', '\u09FF'), ("pa", '\u0A00', '\u0A7F'), ("gu", '\u0A80', '\u0AFF'), ("or", '\u0B00', '\u0B7F'), ("ta", '\u0B80', '\u0BFF'), ("te", '\u0C00', '\u0C7F'),
        ("kn", '\u0C80', '\u0CFF'), ("ml", '\u0D00', '\u0D7F'), ("si", '\u0D80', '\u0DFF'), ("th", '\u0E00', '\u0E7F'), ("lo", '\u0E80', '\u0EFF'), ("bo", '\u0F00', '\u0FFF'),
        ("my", '\u1000', '\u109F'), ("ka", '\u10A0', '\u10FF'), ("ka", '\u1C90', '\u1CBF'), ("km", '\u1780', '\u17FF'), ("ko", '\u1100', '\u11FF'), ("ko", '\uAC00', '\uD7FF'),
        ("ko", '\u3130', '\u318F'), ("ja", '\u3041', '\u30FF'), ("ja", '\u31F0', '\u31FF'), ("ja", '\uFF66', '\uFF9D'), ("zh", '\u3400', '\u4DBF'), ("zh", '\u4E00', '\u9FFF'),
        ("zh", '\uF900', '\uFAFF'), ("iu", '\u1400', '\u167F'), ("chr", '\u13A0', '\u13FF'),
    ];

    private readonly int[] _table = new int[0x10000];

    public LetterTable(ScriptModel[] scripts)
    {
        ScriptCount = scripts.Length;
        Languages = [.. SingleLanguageScripts.Select(s => s.Language).Distinct(StringComparer.Ordinal)];
        foreach ((string language, char first, char last) in SingleLanguageScripts)
        {
            int script = scripts.Length + 1 + Array.IndexOf(Languages, language);
            for (int c = first; c <= last; c++)
            {
                // Marks of these scripts are as telling as their letters.
                if (CharacterTable.Is((char)c, CharacterTraits.Letter) || IsMark((char)c))
                {
                    _table[c] = script << ScriptModel.LetterBits;
                }
            }
        }

        for (int script = 0; script < scripts.Length; script++)
        {
            string alphabet = scripts[script].Alphabet;
            for (int i = 0; i < alphabet.Length; i++)
            {
                int entry = ((script + 1) << ScriptModel.LetterBits) | (i + 1);
                _table[alphabet[i]] = entry;
                char upper = char.ToUpperInvariant(alphabet[i]);
                _table[upper] = entry;
            }
        }

        // Letters of the shared scripts that no language of the model uses still count as letters of the script.
        MarkUnknown(scripts, '\u0041', '\u024F');
        MarkUnknown(scripts, '\u1E00', '\u1EFF');
        MarkUnknown(scripts, '\u0400', '\u052F');
        MarkUnknown(scripts, '\u0600', '\u06FF');
        MarkUnknown(scripts, '\u0900', '\u097F');
        MarkUnknown(scripts, '\u1200', '\u139F');
    }

    /// <summary>Number of shared scripts: an entry's script is 1 to this for them.</summary>
    public int ScriptCount { get; }

    /// <summary>Languages with a script of their own, in the order of their script numbers.</summary>
    public string[] Languages { get; }

    /// <summary>0 for no letter; else the script's number above <see cref="ScriptModel.LetterBits"/> bits of index, 0 when the letter is in no alphabet.</summary>
    public int this[char c] => _table[c];

    private void MarkUnknown(ScriptModel[] scripts, char first, char last)
    {
        int script = Array.FindIndex(scripts, s => s.Alphabet.Any(c => c >= first && c <= last));
        if (script < 0)
        {
            return;
        }

        for (int c = first; c <= last; c++)
        {
            if (_table[c] == 0 && CharacterTable.Is((char)c, CharacterTraits.Letter))
            {
                _table[c] = (script + 1) << ScriptModel.LetterBits;
            }
        }
    }

    private static bool IsMark(char c) => char.GetUnicodeCategory(c) is
        System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
