using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DataBuild.Stages.Extract.Metadata;

/// <summary>Finds dates of a day as people write them, with names of months in twenty languages.</summary>
internal static partial class TextDates
{
    // Names and usual abbreviations, January first; those of one month divided by spaces, without the dot behind them.
    private static readonly string[] Names =
    [
        "january jan januar januari jänner janvier janv janeiro enero ene gennaio gen styczeń stycznia sty января январь янв січня leden ledna januára tammikuuta tammikuu ocak ianuarie január ιανουαρίου",
        "february feb februar februari febr février févr fevereiro fev febrero febbraio luty lutego лютого февраля февраль фев únor února helmikuuta helmikuu şubat februarie február φεβρουαρίου",
        "march mar märz maart mrt mars março marzo marzec marca марта март мар березня březen března maaliskuuta maaliskuu mart martie március marts μαρτίου",
        "april apr avril avr abril abr aprile kwiecień kwietnia апреля апрель апр квітня duben dubna huhtikuuta huhtikuu nisan aprilie április απριλίου",
        "may mai mei maio mayo maggio mag maj maja мая май травня květen května toukokuuta toukokuu mayıs május μαΐου",
        "june jun juni juin junho junio giugno giu czerwiec czerwca июня июнь июн червня červen června kesäkuuta kesäkuu haziran iunie június ιουνίου",
        "july jul juli juillet juil julho julio luglio lug lipiec lipca июля июль июл липня červenec července heinäkuuta heinäkuu temmuz iulie július ιουλίου",
        "august aug augustus août agosto ago sierpień sierpnia августа август авг серпня srpen srpna elokuuta elokuu ağustos augusti augusztus αυγούστου",
        "september sep sept septembre setembro set septiembre settembre wrzesień września сентября сентябрь сен вересня září syyskuuta syyskuu eylül septembrie szeptember σεπτεμβρίου",
        "october oct oktober okt octobre outubro out octubre ottobre ott październik października октября октябрь окт жовтня říjen října lokakuuta lokakuu ekim octombrie október οκτωβρίου",
        "november nov novembre novembro noviembre listopad listopada ноября ноябрь ноя листопада marraskuuta marraskuu kasım noiembrie νοεμβρίου",
        "december dec dezember dez décembre déc dezembro diciembre dic dicembre grudzień grudnia декабря декабрь дек грудня prosinec prosince joulukuuta joulukuu aralık decembrie desember des δεκεμβρίου",
    ];

    private static readonly FrozenDictionary<string, int> Months = Names
        .SelectMany((names, i) => names.Split(' ').Select(n => (Name: n, Month: i + 1)))
        .DistinctBy(n => n.Name)
        .ToFrozenDictionary(n => n.Name, n => n.Month, StringComparer.Ordinal);

    /// <summary>The first date in a text.</summary>
    /// <param name="text">A short text; long ones take time with their length.</param>
    /// <param name="monthFirst">Whether 3/10/2023 is the tenth of March, as in the United States.</param>
    /// <param name="at">Where the date starts.</param>
    /// <param name="length">How long it is.</param>
    /// <returns>The date as <c>yyyy-MM-dd</c>, from 1970 to 2100; null where there is none.</returns>
    public static string? Find(string text, bool monthFirst, out int at, out int length)
    {
        at = length = 0;
        if (!text.Contains("20", StringComparison.Ordinal) && !text.Contains("19", StringComparison.Ordinal))
        {
            return null;
        }

        string? best = null;
        Try(YearFirst().Match(text), ref best, ref at, ref length, (m, _) => Date(Number(m, "y"), Number(m, "m"), Number(m, "d")));
        Try(DayMonth().Match(text), ref best, ref at, ref length, (m, _) => Date(Number(m, "y"), Month(m), Number(m, "d")));
        Try(MonthDay().Match(text), ref best, ref at, ref length, (m, _) => Date(Number(m, "y"), Month(m), Number(m, "d")));
        Try(Numeric().Match(text), ref best, ref at, ref length, (m, us) => Numbers(m, us));
        return best;

        void Try(Match match, ref string? found, ref int start, ref int size, Func<Match, bool, string?> read)
        {
            for (; match.Success; match = match.NextMatch())
            {
                if (found is not null && match.Index >= start)
                {
                    return;
                }

                if (read(match, monthFirst) is { } date)
                {
                    (found, start, size) = (date, match.Index, match.Length);
                    return;
                }
            }
        }
    }

    private static string? Numbers(Match match, bool monthFirst)
    {
        int first = Number(match, "a");
        int second = Number(match, "b");
        bool us = monthFirst && match.Groups["s"].Value == "/";
        return us ? Date(Number(match, "y"), first, second) ?? Date(Number(match, "y"), second, first)
            : Date(Number(match, "y"), second, first) ?? Date(Number(match, "y"), first, second);
    }

    private static int Number(Match match, string name) => int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static int Month(Match match) => Months.GetValueOrDefault(match.Groups["m"].Value.ToLowerInvariant());

    private static string? Date(int year, int month, int day) =>
        year is >= 1970 and <= 2100 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? string.Create(CultureInfo.InvariantCulture, $"{year:D4}-{month:D2}-{day:D2}")
            : null;

    [GeneratedRegex(@"(?<![0-9])(?<y>(?:19|20)[0-9]{2})\s?(?:[-/.]|[年년])\s?(?<m>[0-9]{1,2})\s?(?:[-/.]|[月월])\s?(?<d>[0-9]{1,2})(?![0-9])")]
    private static partial Regex YearFirst();

    [GeneratedRegex(@"(?<![0-9])(?<d>[0-9]{1,2})(?:st|nd|rd|th|er|º|\.)?[\s\-]+(?:of\s+|de\s+)?(?<m>\p{L}{3,14})\.?,?[\s\-]+(?:de\s+|del\s+)?(?<y>(?:19|20)[0-9]{2})(?![0-9])")]
    private static partial Regex DayMonth();

    [GeneratedRegex(@"(?<m>\p{L}{3,14})\.?\s+(?<d>[0-9]{1,2})(?:st|nd|rd|th)?,?\s+(?<y>(?:19|20)[0-9]{2})(?![0-9])")]
    private static partial Regex MonthDay();

    [GeneratedRegex(@"(?<![0-9])(?<a>[0-9]{1,2})(?<s>[-/.])(?<b>[0-9]{1,2})\k<s>(?<y>(?:19|20)[0-9]{2})(?![0-9])")]
    private static partial Regex Numeric();
}
