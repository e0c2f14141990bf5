using System.Numerics;

namespace DataBuild.Stages.Generate.Repositories;

/// <summary>Order of versions as repositories name them: <c>v1.9</c> before <c>1.10-3-gabc</c>.</summary>
public sealed class VersionOrder : IComparer<string>
{
    /// <summary>The one order.</summary>
    public static VersionOrder Instance { get; } = new();

    /// <inheritdoc />
    public int Compare(string? x, string? y)
    {
        List<BigInteger> a = Numbers(x ?? "");
        List<BigInteger> b = Numbers(y ?? "");
        for (int i = 0; i < Math.Max(a.Count, b.Count); i++)
        {
            int order = (i < a.Count ? a[i] : BigInteger.Zero).CompareTo(i < b.Count ? b[i] : BigInteger.Zero);
            if (order != 0)
            {
                return order;
            }
        }

        return string.CompareOrdinal(x?.TrimStart('v', 'V'), y?.TrimStart('v', 'V'));
    }

    // Numbers up to a commit's id: "v1.10-3-gabc" is 1, 10, 3.
    private static List<BigInteger> Numbers(string version)
    {
        List<BigInteger> numbers = [];
        foreach (string part in version.TrimStart('v', 'V').Split('.', '-', '_', '+'))
        {
            if (part.Length == 0 || !part.All(char.IsAsciiDigit))
            {
                break;
            }

            numbers.Add(BigInteger.Parse(part, System.Globalization.CultureInfo.InvariantCulture));
        }

        return numbers;
    }
}
