namespace NewDataset.Stages;

/// <summary>Keeps documents that hold formulas.</summary>
[Stage("KeepFormulas")]
public sealed partial record KeepFormulas : DocumentStage<KeepFormulas.Formulas>
{
    /// <summary>Formulas at least.</summary>
    [Threshold]
    [Option(Min = 1)]
    public int MinFormulas { get; init; } = 1;

    /// <summary>What is measured of a document, and stored: an edit of <see cref="MinFormulas"/> reads no text again.</summary>
    /// <param name="Count">Formulas, inline and displayed.</param>
    [Figures]
    public readonly partial record struct Formulas(int Count);

    /// <inheritdoc />
    public override Formulas Measure(Document document)
    {
        int dollars = 0;
        ReadOnlySpan<char> text = document.Text;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '$' && (i == 0 || text[i - 1] is not ('$' or '\\')))
            {
                dollars++;
            }
        }

        return new Formulas(dollars / 2);
    }

    /// <inheritdoc />
    public override Verdict Decide(in Formulas figures) => Verdict.DropIf(figures.Count < MinFormulas, "too_few_formulas");
}
