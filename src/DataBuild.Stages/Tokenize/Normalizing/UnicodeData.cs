using System.Globalization;

namespace DataBuild.Stages.Tokenize.Normalizing;

/// <summary>
/// Decompositions, compositions and combining classes. .NET in invariant globalization normalises nothing, and its other
/// modes follow whatever ICU a machine has; a dataset must not depend on either.
/// </summary>
internal sealed class UnicodeData
{
    private const string Resource = "DataBuild.Stages.Tokenize.Normalizing.decompositions.txt";

    private static readonly Lazy<UnicodeData> Loaded = new(() => new UnicodeData());

    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<(int, int), int> _compositions = [];
    private readonly HashSet<int> _seconds = [];

    private UnicodeData()
    {
        using Stream stream = typeof(UnicodeData).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var compatible = new Dictionary<int, int[]>();
        while (reader.ReadLine() is string line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            string[] fields = line.Split(';');
            int codePoint = Hexadecimal(fields[0]);
            byte combining = byte.Parse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture);
            if (combining != 0)
            {
                _classes.Add(codePoint, combining);
            }

            if (fields[2] == "-")
            {
                continue;
            }

            int[] parts = [.. fields[3].Split(' ').Select(Hexadecimal)];
            (fields[2] == "K" ? compatible : _canonical).Add(codePoint, parts);
            if (fields[2] == "C")
            {
                _compositions.Add((parts[0], parts[1]), codePoint);
                _seconds.Add(parts[1]);
            }
        }

        foreach ((int codePoint, int[] _) in _canonical.Concat(compatible))
        {
            _compatible.Add(codePoint, [.. Expand(codePoint, compatible)]);
        }

        foreach (int codePoint in _canonical.Keys.ToArray())
        {
            _canonical[codePoint] = [.. Expand(codePoint, null)];
        }
    }

    /// <summary>The data; read on first use.</summary>
    public static UnicodeData Instance => Loaded.Value;

    /// <summary>Canonical combining class; 0 for starters.</summary>
    public byte ClassOf(int codePoint) => _classes.GetValueOrDefault(codePoint);

    /// <summary>The primary composite of two code points, or -1.</summary>
    public int Compose(int first, int second)
    {
        // Hangul syllables are computed: Unicode standard, section 3.12.
        if (first is >= 0x1100 and < 0x1113 && second is >= 0x1161 and < 0x1176)
        {
            return 0xAC00 + ((((first - 0x1100) * 21) + (second - 0x1161)) * 28);
        }

        if (first is >= 0xAC00 and < 0xD7A4 && (first - 0xAC00) % 28 == 0 && second is > 0x11A7 and < 0x11C3)
        {
            return first + second - 0x11A7;
        }

        return _compositions.TryGetValue((first, second), out int composite) ? composite : -1;
    }

    /// <summary>Appends the full decomposition of a code point.</summary>
    public void Decompose(int codePoint, bool compatibility, List<int> output)
    {
        if (codePoint is >= 0xAC00 and < 0xD7A4)
        {
            int syllable = codePoint - 0xAC00;
            output.Add(0x1100 + (syllable / 588));
            output.Add(0x1161 + (syllable % 588 / 28));
            if (syllable % 28 != 0)
            {
                output.Add(0x11A7 + (syllable % 28));
            }
        }
        else if ((compatibility ? _compatible : _canonical).TryGetValue(codePoint, out int[]? parts))
        {
            output.AddRange(parts);
        }
        else
        {
            output.Add(codePoint);
        }
    }

    /// <summary>Whether a code point starts anew: nothing before it can join it, reorder with it or compose with it.</summary>
    public bool IsBoundary(int codePoint, bool compatibility)
    {
        int first = (compatibility ? _compatible : _canonical).TryGetValue(codePoint, out int[]? parts) ? parts[0] : codePoint;
        return !_classes.ContainsKey(first) && !_seconds.Contains(first)
            && first is not (>= 0x1161 and < 0x1176) and not (> 0x11A7 and < 0x11C3);
    }

    private IEnumerable<int> Expand(int codePoint, Dictionary<int, int[]>? compatible) =>
        _canonical.TryGetValue(codePoint, out int[]? parts) || (compatible?.TryGetValue(codePoint, out parts) ?? false)
            ? parts!.SelectMany(part => Expand(part, compatible))
            : [codePoint];

    private static int Hexadecimal(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
