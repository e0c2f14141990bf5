using System.Globalization;
using System.Text.RegularExpressions;

namespace DataBuild.Stages.Score;

/// <summary>Bounds of the scores that are kept.</summary>
internal sealed partial class ScoreRange
{
    private readonly double _min;
    private readonly bool _minIncluded;
    private readonly double _max;
    private readonly bool _maxIncluded;

    private ScoreRange(double min, bool minIncluded, double max, bool maxIncluded)
    {
        (_min, _minIncluded, _max, _maxIncluded) = (min, minIncluded, max, maxIncluded);
    }

    /// <summary>True when some score would be dropped.</summary>
    public bool IsLimited => _min > double.NegativeInfinity || _max < double.PositiveInfinity;

    /// <summary>The scores that an expression and two bounds allow.</summary>
    /// <exception cref="StageException">DB4008: the expression is not one of comparisons of <c>score</c> with numbers.</exception>
    public static ScoreRange Parse(string keep, double min, double max)
    {
        ScoreRange range = new(min, true, max, true);
        if (string.IsNullOrWhiteSpace(keep))
        {
            return range;
        }

        foreach (string part in Conjunction().Split(keep))
        {
            Match match = Comparison().Match(part);
            if (!match.Success)
            {
                throw new StageException("DB4008", $"Score.Keep is '{keep}'; expected comparisons of score with numbers joined by 'and', such as 'score >= 3'");
            }

            double bound = double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            range = match.Groups["operator"].Value switch
            {
                ">=" => range.AtLeast(bound, true),
                ">" => range.AtLeast(bound, false),
                "<=" => range.AtMost(bound, true),
                "<" => range.AtMost(bound, false),
                _ => range.AtLeast(bound, true).AtMost(bound, true),
            };
        }

        return range;
    }

    /// <summary>The verdict on a score.</summary>
    public Verdict Decide(double score) =>
        score < _min || (score == _min && !_minIncluded) ? Verdict.Drop("score_too_low")
        : score > _max || (score == _max && !_maxIncluded) ? Verdict.Drop("score_too_high")
        : Verdict.Keep;

    private ScoreRange AtLeast(double bound, bool included) =>
        bound > _min || (bound == _min && !included) ? new(bound, included, _max, _maxIncluded) : this;

    private ScoreRange AtMost(double bound, bool included) =>
        bound < _max || (bound == _max && !included) ? new(_min, _minIncluded, bound, included) : this;

    [GeneratedRegex(@"\s+and\s+|\s*&&\s*", RegexOptions.IgnoreCase)]
    private static partial Regex Conjunction();

    [GeneratedRegex(@"^\s*(score|value)\s*(?<operator>>=|<=|==|>|<)\s*(?<number>[-+]?[0-9]+(\.[0-9]+)?)\s*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Comparison();
}
