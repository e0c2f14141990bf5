using System.Text;

namespace DataBuild.Stages.Refine.Programs;

/// <summary>
/// A line as the labeller of lines reads it: its words, and words that tell of its place, length, case, digits, end and neighbours. One text, so that any text classifier
/// of this project can be trained on it.
/// </summary>
public static class LineFeatures
{
    private const int PlaceParts = 10;

    /// <summary>The text for line <paramref name="index"/>.</summary>
    public static string Of(IReadOnlyList<string> lines, int index)
    {
        ArgumentNullException.ThrowIfNull(lines);
        string line = lines[index];
        StringBuilder text = new(line.Length + 96);
        text.Append(line).Append('\n');
        Mark(text, "place", (int)((long)index * PlaceParts / lines.Count));
        Mark(text, "length", Size(line));
        Mark(text, "words", Size(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length));
        Mark(text, "upper", Tenths(line, char.IsUpper));
        Mark(text, "digits", Tenths(line, char.IsDigit));
        Mark(text, "marks", Tenths(line, c => char.IsPunctuation(c) || char.IsSymbol(c)));
        Mark(text, "before", index == 0 ? 25 : Size(lines[index - 1]));
        Mark(text, "after", index == lines.Count - 1 ? 25 : Size(lines[index + 1]));
        string trimmed = line.TrimEnd();
        text.Append(trimmed.Length == 0 ? "zzendnone" : ".!?".Contains(trimmed[^1], StringComparison.Ordinal) ? "zzendstop" : char.IsLetterOrDigit(trimmed[^1]) ? "zzendword" : "zzendmark");
        return text.ToString();
    }

    // Letters, as the classifier takes all digits for the same.
    private static void Mark(StringBuilder text, string name, int value) => text.Append("zz").Append(name).Append((char)('a' + Math.Min(25, value))).Append(' ');

    private static int Size(string line) => Size(line.Length);

    // Powers of two.
    private static int Size(int length) => length == 0 ? 0 : int.Log2(length) + 1;

    private static int Tenths(string line, Func<char, bool> predicate) => line.Length == 0 ? 0 : line.Count(predicate) * 10 / line.Length;
}
