using System.Buffers;
using DataBuild.Text;

namespace DataBuild.Stages.Refine;

/// <summary>Figures of <see cref="CulturaXLines"/>.</summary>
/// <param name="RemovedTrailingLines">Short lines removed at the end.</param>
/// <param name="RemovedScriptLines">Lines of program text removed.</param>
/// <param name="RemovedCharacters">Share of characters removed.</param>
/// <param name="KeptCharacters">UTF-16 units left, white space at both ends not counted.</param>
/// <param name="Text">The lines kept.</param>
[Figures]
public readonly partial record struct CulturaXLinesFigures(
    int RemovedTrailingLines, int RemovedScriptLines, double RemovedCharacters, int KeptCharacters, [property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>
/// CulturaX's refinement of documents (Nguyen et al. 2023, section 2.2): removes the short lines at the end of a document, which are the page's footer, and lines of
/// JavaScript. The paper gives neither length nor keywords; those here are ours.
/// </summary>
[Stage("CulturaXLines", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "culturaxLines")]
public sealed partial record CulturaXLines : DocumentStage<CulturaXLinesFigures>
{
    private static readonly SearchValues<string> Keywords = SearchValues.Create(
        [
            "function(", "function (", "=> {", "=>{", "var ", "let ", "const ", "return ", "typeof ", "document.", "window.", "jQuery", "$(", "getElementById", "addEventListener", "querySelector",
            "innerHTML", "console.log", "setTimeout(", "JSON.parse", "<script", "</script", "});", ".push(",
        ],
        StringComparison.Ordinal);

    /// <summary>Lines below this length at the end of a document are short.</summary>
    [Option(Min = 0, Unit = "characters")]
    public int ShortLineLength { get; init; } = 100;

    /// <summary>Keeps short lines at the end that end as a sentence does; the first of them ends the footer.</summary>
    public bool KeepSentences { get; init; } = true;

    /// <summary>Fewest keywords of JavaScript, each occurrence counted, in a line that is removed.</summary>
    [Option(Min = 1, Unit = "keywords")]
    public int MinScriptKeywords { get; init; } = 2;

    /// <summary>Drops documents of which a larger share of characters was removed.</summary>
    [Threshold, Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MaxRemovedCharacters { get; init; } = 1;

    /// <inheritdoc />
    public override CulturaXLinesFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        LineIndex lines = document.Analyze<LineIndex>();
        TextBuilder text = document.RentTextBuilder();
        int script = 0;
        int end = lines.Count;
        int trailing = 0;
        for (; end > 0; end--)
        {
            ReadOnlySpan<char> line = CharacterTable.Trim(lines[end - 1]);
            if (line.IsEmpty)
            {
                continue;
            }

            if (CharacterTable.CountCodePoints(line) >= ShortLineLength || (KeepSentences && CharacterTable.EndsWithSentenceTerminal(line)))
            {
                break;
            }

            trailing++;
        }

        for (int i = 0; i < end; i++)
        {
            if (CountKeywords(lines[i]) >= MinScriptKeywords)
            {
                script++;
                continue;
            }

            if (i > script)
            {
                _ = text.Append('\n');
            }

            _ = text.Append(lines[i]);
        }

        int length = document.Text.Length;
        return new CulturaXLinesFigures(trailing, script, length == 0 ? 0 : (double)(length - text.Length) / length, CharacterTable.Trim(text.Span).Length, text.Memory);
    }

    /// <inheritdoc />
    public override Verdict Decide(in CulturaXLinesFigures figures) => figures switch
    {
        { KeptCharacters: 0 } => Verdict.Drop("nothing_left"),
        _ => Verdict.DropIf(figures.RemovedCharacters > MaxRemovedCharacters, "too_much_removed"),
    };

    private static int CountKeywords(ReadOnlySpan<char> line)
    {
        int count = 0;
        while (line.IndexOfAny(Keywords) is >= 0 and int at)
        {
            count++;
            line = line[(at + 1)..];
        }

        return count;
    }
}
