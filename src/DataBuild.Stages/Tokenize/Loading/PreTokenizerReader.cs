using System.Globalization;
using System.Text;
using DataBuild.Stages.Tokenize.PreTokenizing;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>The pre-tokenisers of a definition.</summary>
internal sealed class PreTokenizerSteps
{
    /// <summary>The steps in order.</summary>
    public List<IPreTokenizer> Steps { get; } = [];

    /// <summary>Whether words are bytes in the model.</summary>
    public bool ByteLevel { get; set; }

    /// <summary>The pattern of the only step, where it cuts the text whole by a pattern that has a scanner; null otherwise.</summary>
    public string? OnlyPattern { get; set; }
}

/// <summary>Reads the <c>pre_tokenizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerReader
{
    /// <summary>The pre-tokenisers in order; none where the key is missing.</summary>
    public static PreTokenizerSteps Read(DefinitionKey key)
    {
        var steps = new PreTokenizerSteps();
        if (!key.IsMissing)
        {
            Add(key, steps);
        }

        if (steps.Steps.Count != 1)
        {
            steps.OnlyPattern = null;
        }

        return steps;
    }

    private static void Add(DefinitionKey key, PreTokenizerSteps steps)
    {
        if (steps.ByteLevel)
        {
            throw key.Refuse("a pre-tokenizer after ByteLevel is not supported");
        }

        switch (key.Type)
        {
            case "Sequence":
                key.AllowOnly("type", "pretokenizers");
                foreach (DefinitionKey item in key["pretokenizers"].Items())
                {
                    Add(item, steps);
                }

                break;
            case "ByteLevel":
                key.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
                if (key["add_prefix_space"].Boolean(true))
                {
                    steps.Steps.Add(new PrefixSpacePreTokenizer());
                }

                if (key["use_regex"].Boolean(true))
                {
                    steps.OnlyPattern = PatternNames.Gpt2;
                    steps.Steps.Add(new SplitPreTokenizer(new ScannerMatcher<Gpt2Scanner>(), SplitBehavior.Isolated));
                }

                steps.ByteLevel = true;
                break;
            case "Split":
                key.AllowOnly("type", "pattern", "behavior", "invert");
                SplitBehavior behavior = Behavior(key["behavior"]);
                bool invert = key["invert"].Boolean(false);
                steps.Steps.Add(new SplitPreTokenizer(MatcherReader.Read(key["pattern"]), behavior, invert));
                bool whole = behavior == SplitBehavior.Isolated || (behavior == SplitBehavior.Removed && invert);
                if (whole && !key["pattern"]["Regex"].IsMissing && MatcherReader.ForKnown(key["pattern"]["Regex"].String()) is not null)
                {
                    steps.OnlyPattern = key["pattern"]["Regex"].String();
                }

                break;
            case "Digits":
                key.AllowOnly("type", "individual_digits");
                steps.Steps.Add(new SplitPreTokenizer(
                    new CodePointMatcher(c => (CharacterClasses.Of(c) & CharacterClasses.Number) != 0),
                    key["individual_digits"].Boolean(false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous));
                break;
            case "Punctuation":
                key.AllowOnly("type", "behavior");
                steps.Steps.Add(new SplitPreTokenizer(
                    new CodePointMatcher(IsPunctuation), key["behavior"].IsMissing ? SplitBehavior.Isolated : Behavior(key["behavior"])));
                break;
            case "Metaspace":
                steps.Steps.Add(Metaspace(key));
                break;
            case "WhitespaceSplit":
                key.AllowOnly("type");
                steps.Steps.Add(new SplitPreTokenizer(new CodePointMatcher(IsSpace), SplitBehavior.Removed));
                break;
            case "Whitespace":
                key.AllowOnly("type");
                steps.Steps.Add(new SplitPreTokenizer(
                    new PatternMatcher(new TextPattern(@"\w+|[^\w\s]+")), SplitBehavior.Removed, invert: true));
                break;
            case "BertPreTokenizer":
                key.AllowOnly("type");
                steps.Steps.Add(new SplitPreTokenizer(new CodePointMatcher(IsSpace), SplitBehavior.Removed));
                steps.Steps.Add(new SplitPreTokenizer(new CodePointMatcher(IsPunctuation), SplitBehavior.Isolated));
                break;
            case "CharDelimiterSplit":
                key.AllowOnly("type", "delimiter");
                steps.Steps.Add(new SplitPreTokenizer(
                    new LiteralMatcher(Encoding.UTF8.GetBytes(key["delimiter"].String())), SplitBehavior.Removed));
                break;
            default:
                throw key["type"].Refuse(
                    $"'{key.Type}' is not supported; supported are Sequence, ByteLevel, Split, Digits, Punctuation, Metaspace, WhitespaceSplit, Whitespace, BertPreTokenizer, CharDelimiterSplit");
        }
    }

    private static MetaspacePreTokenizer Metaspace(DefinitionKey key)
    {
        key.AllowOnly("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split");
        PrependScheme scheme = key["prepend_scheme"].IsMissing
            ? key["add_prefix_space"].Boolean(true) ? PrependScheme.Always : PrependScheme.Never
            : key["prepend_scheme"].String() switch
            {
                "always" => PrependScheme.Always,
                "first" => PrependScheme.First,
                "never" => PrependScheme.Never,
                string other => throw key["prepend_scheme"].Refuse($"'{other}' is none of always, first, never"),
            };
        return new MetaspacePreTokenizer(Encoding.UTF8.GetBytes(key["replacement"].String()), scheme, key["split"].Boolean(true));
    }

    private static SplitBehavior Behavior(DefinitionKey key) => key.String() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        string other => throw key.Refuse($"'{other}' is none of Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous"),
    };

    private static bool IsSpace(int codePoint) => (CharacterClasses.Of(codePoint) & CharacterClasses.Space) != 0;

    private static bool IsPunctuation(int codePoint) => codePoint < 128
        ? char.IsAscii((char)codePoint) && (CharacterClasses.Of(codePoint) & CharacterClasses.PunctuationOrSymbol) != 0
        : CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation
            or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation
            or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation;
}
