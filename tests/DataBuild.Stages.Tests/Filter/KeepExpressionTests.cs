using CsCheck;
using DataBuild.Stages.Filter;
using DataBuild.Stages.Filter.Expressions;

namespace DataBuild.Stages.Tests.Filter;

public class KeepExpressionTests
{
    private static readonly Dictionary<string, ColumnType> Columns = new(StringComparer.Ordinal)
    {
        ["gopher.meanWordLength"] = ColumnType.Double,
        ["gopher.words"] = ColumnType.Int32,
        ["language.score"] = ColumnType.Single,
        ["language.code"] = ColumnType.String,
        ["c4.loremIpsum"] = ColumnType.Boolean,
        ["hash"] = ColumnType.UInt64,
        ["missing"] = ColumnType.Int32,
        ["tokens"] = ColumnType.Int32List,
    };

    [Theory]
    [InlineData("gopher.meanWordLength < 9 and language.score >= 0.8", true)]
    [InlineData("gopher.meanWordLength lt 9 && language.score ge 0.8", true)]
    [InlineData("gopher.words > 100 or c4.loremIpsum", false)]
    [InlineData("not c4.loremIpsum", true)]
    [InlineData("language.code in ('en', 'de')", true)]
    [InlineData("language.code not in ('fr', 'de')", true)]
    [InlineData("language.code == \"en\" and language.code != 'EN'", true)]
    [InlineData("language.code contains 'n' and language.code startswith 'e' and language.code endswith 'n'", true)]
    [InlineData("gopher.words * 2 + 1 == 85 and gopher.words / 4 - 0.5 == 10", true)]
    [InlineData("-gopher.words < -41 and abs(-3) = 3 and length(language.code) = 2", true)]
    [InlineData("(gopher.words > 50 or gopher.words < 45) and hash == 7", true)]
    [InlineData("missing > 3", null)]
    [InlineData("missing > 3 or gopher.words == 42", true)]
    [InlineData("missing > 3 and gopher.words == 0", false)]
    [InlineData("not missing > 3", null)]
    [InlineData("missing is null and gopher.words is not null", true)]
    [InlineData("missing in (1, 2)", null)]
    [InlineData("gopher.words / 0 > 1", null)]
    [InlineData("language.code < 'f'", true)]
    [InlineData("c4.loremIpsum == false", true)]
    [InlineData("gopher.words in (41, -42, 42)", true)]
    public void Evaluates(string source, bool? expected)
    {
        KeepExpression expression = KeepExpression.Parse(source);
        Assert.Empty(expression.Check(Columns));
        Assert.Equal(expected, expression.Evaluate(Row(), 0));
    }

    [Theory]
    [InlineData("", 0, "ends where a column")]
    [InlineData("gopher.words <", 14, "ends where a column")]
    [InlineData("gopher.words < 9 gopher.words", 17, "found 'gopher.words' where the end")]
    [InlineData("(gopher.words < 9", 17, "')'")]
    [InlineData("1 < gopher.words < 9", 17, "comparisons do not chain")]
    [InlineData("language.code == 'en", 17, "no closing '")]
    [InlineData("gopher.words # 3", 13, "'#' means nothing here")]
    [InlineData("gopher.words > 1.2.3", 15, "'1.2.3' is no number")]
    [InlineData("language.code in 'en'", 17, "'('")]
    [InlineData("language.code in (en)", 18, "a number, a text")]
    [InlineData("upper(language.code) == 'EN'", 0, "there is no function 'upper'")]
    [InlineData("gopher.words not 3", 17, "'in'")]
    public void Errors_of_syntax_name_the_place_and_what_is_expected(string source, int position, string message)
    {
        Assert.False(KeepExpression.TryParse(source, out _, out ExpressionError error));
        Assert.Equal(position, error.Position);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => KeepExpression.Parse(source));
    }

    [Theory]
    [InlineData("gopher.wrods > 3", 0, "did you mean 'gopher.words'?")]
    [InlineData("gopher.words > 'a'", 0, "compares a number with text")]
    [InlineData("gopher.words", 0, "expected true or false")]
    [InlineData("gopher.words and c4.loremIpsum", 0, "the left side of 'and' is a number")]
    [InlineData("c4.loremIpsum and language.code + 1 > 2", 18, "the left side of '+' is text")]
    [InlineData("language.code in ('en', 3)", 24, "the list holds a number")]
    [InlineData("tokens == 3", 0, "holds Int32List")]
    [InlineData("c4.loremIpsum < true", 0, "cannot order true and false")]
    [InlineData("length(gopher.words) > 3", 7, "the argument of length")]
    [InlineData("not gopher.words", 4, "the operand of 'not'")]
    public void Errors_of_types_name_the_place(string source, int position, string message)
    {
        ExpressionError error = Assert.Single(KeepExpression.Parse(source).Check(Columns));
        Assert.Equal(position, error.Position);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a<9 AND  b>=0.80", "a < 9 and b >= 0.8")]
    [InlineData("((a lt 9) && (b ge .8))", "a < 9 and b >= 0.8")]
    [InlineData("a == 1 or (b == 2 and c == 3)", "a == 1 or b == 2 and c == 3")]
    [InlineData("(a == 1 or b == 2) and c == 3", "(a == 1 or b == 2) and c == 3")]
    [InlineData("a - (b - c) > 1e3", "a - (b - c) > 1000")]
    [InlineData("(a - b) - c > - 1", "a - b - c > -1")]
    [InlineData("not (a == 1 and b == 2)", "not (a == 1 and b == 2)")]
    [InlineData("! a in ( \"it''s\" , 'x''y' )", "not a in ('it''''s', 'x''y')")]
    [InlineData("(a == 1) == (b == 2)", "(a == 1) == (b == 2)")]
    public void Spellings_of_one_expression_have_one_canonical_form(string source, string canonical)
    {
        KeepExpression expression = KeepExpression.Parse(source);
        Assert.Equal(canonical, expression.Canonical);
        Assert.Equal(canonical, KeepExpression.Parse(canonical).Canonical);
    }

    [Fact]
    public void Columns_are_listed_once_in_order_of_mention() =>
        Assert.Equal(["b", "a.x", "c"], KeepExpression.Parse("b > 1 and (a.x > b or length(c) > 2) and b is not null").Columns);

    [Fact]
    public void Canonical_forms_evaluate_alike() =>
        Expressions().Sample(source =>
        {
            KeepExpression expression = KeepExpression.Parse(source);
            KeepExpression canonical = KeepExpression.Parse(expression.Canonical);
            Assert.Equal(expression.Canonical, canonical.Canonical);
            Assert.Equal(expression.Evaluate(Row(), 0), canonical.Evaluate(Row(), 0));
        });

    [Fact]
    public void No_text_breaks_the_parser() =>
        Gen.String[Gen.Char["ab.<>=!&|()'\",+-*/ 019notinsul"], 0, 40].Sample(source =>
        {
            bool parsed = KeepExpression.TryParse(source, out KeepExpression? expression, out ExpressionError error);
            Assert.Equal(parsed, expression is not null);
            Assert.True(parsed || (error.Position >= 0 && error.Position <= source.Length && error.Length > 0));
        });

    [Fact]
    public void Deep_nesting_is_refused_and_long_chains_are_not()
    {
        Assert.False(KeepExpression.TryParse(new string('(', 100_000), out _, out ExpressionError error));
        Assert.Contains("nested deeper", error.Message, StringComparison.Ordinal);
        Assert.True(KeepExpression.TryParse(string.Join(" and ", Enumerable.Repeat("a > 1", 500)), out _, out _));
    }

    [Fact]
    public void The_filter_stage_keeps_what_the_expression_says()
    {
        ValueColumnBuilder<double> score = new();
        score.Append(0.5);
        Document document = Document.Create("text", "", "", ("language.score", score.Build()));
        ColumnFilter stage = new() { Keep = "language.score >= 0.4" };
        Assert.Equal(["language.score"], stage.InputColumns);
        Assert.True(stage.Run(document).IsKeep);
        Assert.Equal("filtered", (stage with { Keep = "language.score > 0.6" }).Run(document).Reason);
        Assert.Equal("low_score", (stage with { Keep = "language.score > 0.6", Reason = "low_score" }).Run(document).Reason);
        Assert.Equal("keep_unknown", (stage with { Keep = "language.score / 0 > 1" }).Run(document).Reason);
        Assert.True((stage with { Keep = "language.score / 0 > 1", KeepUnknown = true }).Run(document).IsKeep);
        Assert.Contains("at character 18", Assert.Throws<StageException>(() => (stage with { Keep = "language.score > >" }).Run(document)).Message, StringComparison.Ordinal);
    }

    private static Gen<string> Expressions()
    {
        Gen<string> number = OneOf("gopher.words", "missing", "3", "-0.5", "gopher.words + 1", "2 * (gopher.words - missing)", "gopher.words / (missing + 1) - 2");
        Gen<string> comparison = Gen.Select(number, OneOf("<", ">=", "==", "ne"), number, (a, op, b) => $"{a} {op} {b}");
        Gen<string> atom = Gen.OneOf(comparison, OneOf("c4.loremIpsum", "language.code in ('en')", "missing is null", "missing not in (1, 2)", "true"));
        return Gen.Recursive<string>((depth, inner) => depth > 4
            ? atom
            : Gen.OneOf(atom, Gen.Select(inner, OneOf("and", "or"), inner, (a, op, b) => $"({a}) {op} ({b})"), inner.Select(a => $"not ({a})")));
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static DocumentBatch Row()
    {
        ValueColumnBuilder<int> missing = new();
        missing.AppendNull();
        StringColumnBuilder code = new();
        code.Append("en".AsSpan());
        return new DocumentBatch(1, new Dictionary<string, Column>(StringComparer.Ordinal)
        {
            ["gopher.meanWordLength"] = One(4.5),
            ["gopher.words"] = One(42),
            ["language.score"] = One(0.9f),
            ["language.code"] = code.Build(),
            ["c4.loremIpsum"] = One(false),
            ["hash"] = One(7UL),
            ["missing"] = missing.Build(),
        });
    }

    private static Column One<T>(T value) where T : unmanaged
    {
        ValueColumnBuilder<T> builder = new();
        builder.Append(value);
        return builder.Build();
    }
}
