namespace DataBuild.Stages.Filter.Expressions;

/// <summary>The values that an expression is evaluated on.</summary>
internal interface IExpressionRow
{
    /// <summary>Value of a column.</summary>
    ExpressionValue ValueOf(string column);
}
