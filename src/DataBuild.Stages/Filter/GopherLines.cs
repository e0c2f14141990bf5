using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Shares of lines that start with a bullet or end with an ellipsis, by dialect.</summary>
internal static class GopherLines
{
    public static (double Bullets, double Ellipses) Measure(LineIndex lines, ReadOnlySpan<char> text, FilterDialect dialect)
    {
        if (text.IsEmpty)
        {
            return (0, 0);
        }

        int count = 0;
        int bullets = 0;
        int ellipses = 0;
        for (int i = 0; i < lines.Count; i++)
        {
            ReadOnlySpan<char> line = lines[i];
            if (dialect == FilterDialect.Dolma)
            {
                count++;
                bullets += line.Length > 0 && line[0] is '*' or '-' ? 1 : 0;
                ellipses += line.Length > 0 && line[^1] == '…' ? 1 : 0;
                continue;
            }

            ReadOnlySpan<char> trimmed = CharacterTable.Trim(line);
            if (trimmed.IsEmpty)
            {
                // Python's splitlines, which DataTrove counts, gives no line after a final line feed but every other empty one.
                count += dialect == FilterDialect.Datatrove && i + 1 < lines.Count ? 1 : 0;
                continue;
            }

            count++;
            bullets += IsBullet(trimmed[0], dialect) ? 1 : 0;
            ellipses += EndsWithEllipsis(trimmed, dialect) ? 1 : 0;
        }

        return count == 0 ? (0, 0) : ((double)bullets / count, (double)ellipses / count);
    }

    private static bool IsBullet(char c, FilterDialect dialect) => dialect switch
    {
        FilterDialect.Datatrove => c is '•' or '-',
        FilterDialect.Dclm => c is '●' or '•' or '*' or '-',
        FilterDialect.Nemo => c is '•' or '‣' or '⁃' or '⁌' or '⁍' or '∙' or '○' or '●' or '◘' or '◦' or '⦾' or '⦿',
        _ => c is '•' or '‣' or '⁃' or '⁌' or '⁍' or '∙' or '○' or '●' or '◘' or '◦' or '⦾' or '⦿' or '*' or '-',
    };

    private static bool EndsWithEllipsis(ReadOnlySpan<char> line, FilterDialect dialect)
    {
        if (line.EndsWith("...", StringComparison.Ordinal) || line[^1] == '…')
        {
            return true;
        }

        return dialect switch
        {
            FilterDialect.Dclm => line.EndsWith(". . .", StringComparison.Ordinal),
            FilterDialect.Nemo => line.EndsWith("[...]", StringComparison.Ordinal) || line.EndsWith("(...)", StringComparison.Ordinal)
                || line.EndsWith("[…]", StringComparison.Ordinal) || line.EndsWith("-»", StringComparison.Ordinal)
                || line.EndsWith("read more..", StringComparison.OrdinalIgnoreCase) || line.EndsWith("read more", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
    }
}
