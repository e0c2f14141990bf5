using System.Globalization;

namespace DataBuild.Engine.Store;

/// <summary>Numbers of bytes as people write them: <c>500MB</c>, <c>1.5 TB</c>, <c>20GiB</c>, <c>1048576</c>.</summary>
public static class ByteSize
{
    private static readonly (string Unit, double Bytes)[] Units =
    [
        ("KIB", 1L << 10), ("MIB", 1L << 20), ("GIB", 1L << 30), ("TIB", 1L << 40),
        ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1),
    ];

    /// <summary>Reads a size; false where the text is none, or it is negative or above 2^62 bytes.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        string upper = text.Trim().ToUpperInvariant();
        (string unit, double factor) = Units.FirstOrDefault(u => upper.EndsWith(u.Unit, StringComparison.Ordinal), ("", 1));
        bool valid = double.TryParse(upper[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && number * factor <= 1L << 62;
        bytes = valid ? (long)(number * factor) : 0;
        return valid;
    }

    /// <summary>The size with a unit and three digits: <c>1.23 GB</c>.</summary>
    public static string Format(long bytes)
    {
        (string unit, double factor) = bytes switch
        {
            >= 1_000_000_000_000 => ("TB", 1e12),
            >= 1_000_000_000 => ("GB", 1e9),
            >= 1_000_000 => ("MB", 1e6),
            >= 1_000 => ("kB", 1e3),
            _ => ("B", 1.0),
        };
        double value = bytes / factor;
        string format = factor == 1 || value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture) + " " + unit;
    }
}
