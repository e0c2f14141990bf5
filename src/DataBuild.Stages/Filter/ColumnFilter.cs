using DataBuild.Stages.Filter.Expressions;

namespace DataBuild.Stages.Filter;

/// <summary>Keeps documents for which an expression over their columns is true; reads no text.</summary>
[Stage("Filter", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "filter")]
public sealed partial record ColumnFilter : DocumentStage
{
    private KeepExpression? _expression;

    /// <summary>The expression, as in <c>gopher.meanWordLength &lt; 9 and language.score &gt;= 0.8</c>; see <see cref="KeepExpression"/>.</summary>
    [Option(Required = true)]
    public string Keep { get; init; } = "";

    /// <summary>Keeps documents for which a missing value leaves the expression unknown.</summary>
    public bool KeepUnknown { get; init; }

    /// <summary>The reason that dropped documents get.</summary>
    public string Reason { get; init; } = "filtered";

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => Expression.Columns;

    /// <inheritdoc />
    [NotAnOption]
    public override MeasureScope Scope => MeasureScope.All;

    private KeepExpression Expression
    {
        get
        {
            // A copy made by 'with' may hold the expression of the original.
            if (_expression is { } known && known.Source == Keep)
            {
                return known;
            }

            return _expression = KeepExpression.ParseOption("Filter", Keep);
        }
    }

    /// <inheritdoc />
    public override Verdict Run(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Expression.Evaluate(document.Batch, document.Row) switch
        {
            true => Verdict.Keep,
            false => Verdict.Drop(Reason),
            null => Verdict.DropIf(!KeepUnknown, "keep_unknown"),
        };
    }
}
