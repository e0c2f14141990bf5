using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Shares of repeated lines and paragraphs, by dialect.</summary>
/// <param name="Count">Share of segments that are repeats.</param>
/// <param name="Characters">Share of characters in them.</param>
internal readonly record struct SegmentRepetition(double Count, double Characters)
{
    /// <summary>Repeated lines.</summary>
    public static SegmentRepetition OfLines(LineIndex lines, ReadOnlySpan<char> text, int textLength, int nonSpaceLength, SpanInterner scratch, FilterDialect dialect)
    {
        if (dialect is FilterDialect.Datatrove or FilterDialect.Dolma)
        {
            return OfLineTypes(lines, textLength, nonSpaceLength, dialect);
        }

        scratch.Clear();
        Tally tally = default;
        for (int i = 0; i < lines.Count; i++)
        {
            tally.AddTrimmed(scratch, text, lines.Starts[i], lines[i].Length, keepSpace: dialect == FilterDialect.Nemo);
        }

        return tally.Result(scratch, textLength, nonSpaceLength, dialect);
    }

    // These dialects take lines as they are, so the index has counted them.
    private static SegmentRepetition OfLineTypes(LineIndex lines, int textLength, int nonSpaceLength, FilterDialect dialect)
    {
        bool everyCopy = dialect == FilterDialect.Dolma;
        long segments = 0;
        long repeats = 0;
        long characters = 0;
        foreach (ref readonly InternedSpan type in lines.Types)
        {
            int count = type.Count;
            if (!everyCopy && type.Length == 0)
            {
                // Splitting at runs of line feeds leaves an empty piece only before a leading and after a trailing run.
                count = lines.Count == 1 ? 0 : (lines[0].IsEmpty ? 1 : 0) + (lines[lines.Count - 1].IsEmpty ? 1 : 0);
            }

            segments += count;
            if (count > 1)
            {
                int copies = everyCopy ? count : count - 1;
                repeats += copies;
                characters += (long)copies * type.CodePoints;
            }
        }

        int whole = everyCopy ? nonSpaceLength : textLength;
        return new SegmentRepetition(segments == 0 ? 0 : (double)repeats / segments, whole == 0 ? 0 : (double)characters / whole);
    }

    /// <summary>Repeated paragraphs: segments between empty lines. Dolma's tagger has no such figure; it is 0 there.</summary>
    public static SegmentRepetition OfParagraphs(ReadOnlySpan<char> text, int textLength, SpanInterner scratch, FilterDialect dialect)
    {
        if (dialect == FilterDialect.Dolma)
        {
            return default;
        }

        if (!text.Contains("\n\n", StringComparison.Ordinal))
        {
            return default;
        }

        scratch.Clear();
        Tally tally = default;
        ReadOnlySpan<char> trimmed = CharacterTable.Trim(text);
        int at = 0;
        int end = text.Length;
        if (dialect == FilterDialect.Datatrove)
        {
            _ = text.Overlaps(trimmed, out at);
            end = at + trimmed.Length;
        }

        while (true)
        {
            int length = text[at..end].IndexOf("\n\n", StringComparison.Ordinal);
            bool isLast = length < 0;
            if (isLast)
            {
                length = end - at;
            }

            switch (dialect)
            {
                case FilterDialect.Datatrove:
                    tally.Add(scratch, text, at, length);
                    break;
                case FilterDialect.Nemo:
                    tally.Add(scratch, text, at, length);
                    break;
                default:
                    tally.AddTrimmed(scratch, text, at, length, keepSpace: false);
                    break;
            }

            if (isLast)
            {
                break;
            }

            at += length + 2;
            while (dialect == FilterDialect.Datatrove && at < end && text[at] == '\n')
            {
                at++;
            }
        }

        return tally.Result(scratch, textLength, 0, dialect);
    }

    private struct Tally
    {
        private int _segments;
        private long _characters;

        public void Add(SpanInterner scratch, ReadOnlySpan<char> text, int start, int length)
        {
            int id = scratch.Add(text, start, length, out _);
            ref InternedSpan entry = ref scratch.EntryOf(id);
            if (entry.Count == 1)
            {
                entry.CodePoints = CharacterTable.CountCodePoints(text.Slice(start, length));
            }

            _segments++;
            _characters += entry.CodePoints;
        }

        public void AddTrimmed(SpanInterner scratch, ReadOnlySpan<char> text, int start, int length, bool keepSpace)
        {
            ReadOnlySpan<char> trimmed = CharacterTable.Trim(text.Slice(start, length));
            if (trimmed.IsEmpty)
            {
                return;
            }

            if (keepSpace)
            {
                Add(scratch, text, start, length);
                return;
            }

            _ = text.Overlaps(trimmed, out int at);
            Add(scratch, text, at, trimmed.Length);
        }

        public readonly SegmentRepetition Result(SpanInterner scratch, int textLength, int nonSpaceLength, FilterDialect dialect)
        {
            long repeats = 0;
            long repeatCharacters = 0;
            bool everyCopy = dialect is FilterDialect.Dclm or FilterDialect.Dolma;
            foreach (ref readonly InternedSpan entry in scratch.Entries)
            {
                if (entry.Count > 1)
                {
                    int copies = everyCopy ? entry.Count : entry.Count - 1;
                    repeats += copies;
                    repeatCharacters += (long)copies * entry.CodePoints;
                }
            }

            double characters = dialect switch
            {
                FilterDialect.Datatrove => textLength,
                FilterDialect.Dolma => nonSpaceLength,
                _ => _characters,
            };
            return new SegmentRepetition(_segments == 0 ? 0 : (double)repeats / _segments, characters == 0 ? 0 : repeatCharacters / characters);
        }
    }
}
