using DataBuild.Stages.Filter.Expressions;

namespace DataBuild.Stages.Score;

/// <summary>The figures of a document as the <c>Keep</c> expression of <see cref="ScoreStage"/> names them.</summary>
internal readonly struct ScoreRow(in ScoreFigures figures) : IExpressionRow
{
    private readonly ScoreFigures _figures = figures;

    /// <inheritdoc />
    public ExpressionValue ValueOf(string column)
    {
        int dot = column.LastIndexOf('.');
        string name = column[(dot + 1)..];
        return Is(name, "covered") ? ExpressionValue.Of(_figures.Covered)
            : Is(name, "windows") ? ExpressionValue.Of(_figures.Windows)
            : IsScore(column) ? _figures.Value is { } score ? ExpressionValue.Of(score) : ExpressionValue.Unknown
            : throw new KeyNotFoundException($"Keep names '{column}'; the figures of Score are value (or score), covered and windows");
    }

    /// <summary>Why a score is out: which side of the first bound that it breaks, where that part of the expression is a bound.</summary>
    public string Reason(ExpressionNode broken)
    {
        if (broken is BinaryNode { Left: ColumnNode column, Right: LiteralNode { Value: double bound } } comparison && IsScore(column.Name) && _figures.Value is { } score)
        {
            return comparison.Operator switch
            {
                ExpressionOperator.Greater or ExpressionOperator.GreaterOrEqual => "score_too_low",
                ExpressionOperator.Less or ExpressionOperator.LessOrEqual => "score_too_high",
                ExpressionOperator.Equal => score < bound ? "score_too_low" : "score_too_high",
                _ => "score_not_kept",
            };
        }

        return "score_not_kept";
    }

    private static bool IsScore(string column) => Is(column, "score") || Is(column[(column.LastIndexOf('.') + 1)..], "value");

    private static bool Is(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
