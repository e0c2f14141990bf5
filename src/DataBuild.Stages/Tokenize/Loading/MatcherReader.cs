using System.Text;
using DataBuild.Stages.Tokenize.PreTokenizing;
using DataBuild.Stages.Tokenize.Scanning;

namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>Reads patterns: <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
internal static class MatcherReader
{
    /// <summary>The matcher of a pattern.</summary>
    public static ITextMatcher Read(DefinitionKey key)
    {
        key.AllowOnly("String", "Regex");
        if (!key["String"].IsMissing)
        {
            string literal = key["String"].String();
            return literal.Length > 0
                ? new LiteralMatcher(Encoding.UTF8.GetBytes(literal))
                : throw key["String"].Refuse("an empty pattern is not supported");
        }

        DefinitionKey regex = key["Regex"];
        return ForKnown(regex.String()) ?? Compile(regex);
    }

    /// <summary>The scanner of a pattern that has one, as a matcher; null otherwise.</summary>
    public static ITextMatcher? ForKnown(string pattern) => pattern switch
    {
        PatternNames.O200k => new ScannerMatcher<O200kScanner>(),
        PatternNames.Cl100k => new ScannerMatcher<Cl100kScanner<Cl100kVariant>>(),
        PatternNames.Llama3 => new ScannerMatcher<Cl100kScanner<Llama3Variant>>(),
        PatternNames.Qwen2 => new ScannerMatcher<Cl100kScanner<Qwen2Variant>>(),
        PatternNames.Gpt2 or PatternNames.Gpt2Possessive => new ScannerMatcher<Gpt2Scanner>(),
        _ => null,
    };

    private static PatternMatcher Compile(DefinitionKey regex)
    {
        try
        {
            return new PatternMatcher(new TextPattern(regex.String()));
        }
        catch (FormatException error)
        {
            throw regex.Refuse(error.Message);
        }
    }
}
