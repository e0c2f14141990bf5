using System.Runtime.InteropServices;

namespace DataBuild.Stages.Tokenize.Scanning;

/// <summary>
/// A pattern that has no scanner of its own, run by a backtracking matcher over code points, as tokenizers that are
/// written in other languages see text; .NET's own regular expressions see UTF-16 units. Thread-safe.
/// </summary>
internal sealed class TextPattern
{
    private readonly PatternNode _root;

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="FormatException">The pattern is malformed or uses what is not supported.</exception>
    public TextPattern(string pattern)
    {
        Source = pattern;
        _root = PatternParser.Parse(pattern);
    }

    /// <summary>The pattern as written.</summary>
    public string Source { get; }

    /// <summary>The first match from a position on, empty ones left out.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <param name="from">Start of a code point.</param>
    /// <param name="start">Where it starts.</param>
    /// <param name="end">Where it ends.</param>
    public bool TryFind(ReadOnlySpan<byte> text, int from, out int start, out int end)
    {
        ref byte first = ref MemoryMarshal.GetReference(text);
        for (start = from; start < text.Length;)
        {
            end = MatchAt(text, start);
            if (end > start)
            {
                return true;
            }

            CharacterClasses.Decode(ref first, start, out int size);
            start += size;
        }

        end = start;
        return false;
    }

    /// <summary>End of the match that starts at a position, or -1.</summary>
    public int MatchAt(ReadOnlySpan<byte> text, int start)
    {
        var matcher = new Matcher(text);
        return matcher.Match(_root, start, null);
    }

    /// <summary>What remains to be matched after a part.</summary>
    private sealed record Rest(PatternNode Node, int Taken, int LastStart, Rest? Next);

    private readonly ref struct Matcher
    {
        private readonly ReadOnlySpan<byte> _text;

        public Matcher(ReadOnlySpan<byte> text) => _text = text;

        public int Match(PatternNode node, int at, Rest? rest)
        {
            switch (node)
            {
                case PatternNode.One one:
                    return TryTake(one.Set, at, out int size) ? Continue(at + size, rest) : -1;
                case PatternNode.Sequence sequence:
                    return MatchSequence(sequence, 0, at, rest);
                case PatternNode.Choice choice:
                    foreach (PatternNode alternative in choice.Alternatives)
                    {
                        int end = Match(alternative, at, rest);
                        if (end >= 0)
                        {
                            return end;
                        }
                    }

                    return -1;
                case PatternNode.Repeat { Part: PatternNode.One single } repeat:
                    return RepeatOne(single.Set, repeat, at, rest);
                case PatternNode.Repeat { Kind: RepeatKind.Possessive } repeat:
                    int possessive = Match(repeat with { Kind = RepeatKind.Greedy }, at, null);
                    return possessive < 0 ? -1 : Continue(possessive, rest);
                case PatternNode.Repeat repeat:
                    return RepeatMore(repeat, 0, -1, at, rest);
                case PatternNode.Look look:
                    return (Match(look.Part, at, null) >= 0) != look.Negative ? Continue(at, rest) : -1;
                case PatternNode.Atomic atomic:
                    int whole = Match(atomic.Part, at, null);
                    return whole < 0 ? -1 : Continue(whole, rest);
                case PatternNode.End:
                    return at == _text.Length ? Continue(at, rest) : -1;
                case PatternNode.Start:
                    return at == 0 ? Continue(at, rest) : -1;
                default:
                    throw new InvalidOperationException($"Unknown pattern node {node.GetType().Name}.");
            }
        }

        private int Continue(int at, Rest? rest) => rest switch
        {
            null => at,
            { Node: PatternNode.Sequence sequence } => MatchSequence(sequence, rest.Taken, at, rest.Next),
            { Node: PatternNode.Repeat repeat } => RepeatMore(repeat, rest.Taken, rest.LastStart, at, rest.Next),
            _ => throw new InvalidOperationException("Only sequences and repetitions go on."),
        };

        private int MatchSequence(PatternNode.Sequence sequence, int index, int at, Rest? rest) =>
            index == sequence.Parts.Count ? Continue(at, rest)
            : Match(sequence.Parts[index], at, index + 1 == sequence.Parts.Count ? rest : new Rest(sequence, index + 1, 0, rest));

        private int RepeatMore(PatternNode.Repeat repeat, int taken, int lastStart, int at, Rest? rest)
        {
            // A round that took nothing would go on for ever.
            bool more = taken < repeat.Most && at != lastStart;
            bool enough = taken >= repeat.Least;
            if (enough && repeat.Kind == RepeatKind.Lazy)
            {
                int end = Continue(at, rest);
                if (end >= 0)
                {
                    return end;
                }
            }

            if (more)
            {
                int end = Match(repeat.Part, at, new Rest(repeat, taken + 1, at, rest));
                if (end >= 0)
                {
                    return end;
                }
            }

            return enough && repeat.Kind != RepeatKind.Lazy ? Continue(at, rest) : -1;
        }

        private int RepeatOne(CodePointSet set, PatternNode.Repeat repeat, int at, Rest? rest)
        {
            int taken = 0;
            int position = at;
            int least = at;
            int most = repeat.Kind == RepeatKind.Lazy ? repeat.Least : repeat.Most;
            while (taken < most && TryTake(set, position, out int size))
            {
                position += size;
                if (++taken == repeat.Least)
                {
                    least = position;
                }
            }

            if (taken < repeat.Least)
            {
                return -1;
            }

            if (repeat.Kind == RepeatKind.Possessive)
            {
                return Continue(position, rest);
            }

            while (true)
            {
                int end = Continue(position, rest);
                if (end >= 0)
                {
                    return end;
                }

                if (repeat.Kind == RepeatKind.Lazy)
                {
                    if (taken == repeat.Most || !TryTake(set, position, out int size))
                    {
                        return -1;
                    }

                    taken++;
                    position += size;
                }
                else
                {
                    if (position == least)
                    {
                        return -1;
                    }

                    position--;
                    while ((_text[position] & 0xC0) == 0x80)
                    {
                        position--;
                    }
                }
            }
        }

        private bool TryTake(CodePointSet set, int at, out int size)
        {
            size = 0;
            return at < _text.Length
                && set.Contains(CharacterClasses.Decode(ref MemoryMarshal.GetReference(_text), at, out size));
        }
    }
}
