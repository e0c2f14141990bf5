using System.Text;

namespace DataBuild.Text;

/// <summary>The tokens of a document's text: spans with their lengths in code points and their traits.</summary>
public abstract class TokenIndex : SpanIndex
{
    /// <inheritdoc />
    protected sealed override void Describe(ReadOnlySpan<char> span, ref InternedSpan entry)
    {
        TokenTraits traits = TokenTraits.None;
        int codePoints = 0;
        for (int i = 0; i < span.Length; codePoints++)
        {
            char c = span[i];
            CharacterTraits character;
            if (char.IsSurrogate(c))
            {
                _ = Rune.DecodeFromUtf16(span[i..], out Rune rune, out int width);
                character = CharacterTable.TraitsOf(rune);
                i += width;
            }
            else
            {
                character = CharacterTable.TraitsOf(c);
                i++;
            }

            if ((character & CharacterTraits.Letter) != 0)
            {
                traits |= char.IsAsciiLetter(c) ? TokenTraits.HasLetter | TokenTraits.HasAsciiLetter : TokenTraits.HasLetter;
            }

            if ((character & CharacterTraits.Punctuation) == 0)
            {
                traits |= TokenTraits.HasNonPunctuation;
            }

            if (codePoints == 0 && (character & (CharacterTraits.Letter | CharacterTraits.Digit | CharacterTraits.OtherNumber)) != 0)
            {
                traits |= TokenTraits.IsWord;
            }
        }

        entry.CodePoints = codePoints;
        entry.Traits = traits;
    }
}
