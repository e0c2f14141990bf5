using System.Buffers.Text;

namespace DataBuild.Formats.Warc;

/// <summary>The fields of an ARC record's header line, as ranges of that line (ARC file format 1.0 and 2.0, Internet Archive 1996).</summary>
internal readonly struct ArcHeader
{
    public Range Url { get; private init; }

    public Range Address { get; private init; }

    public Range Date { get; private init; }

    public Range MediaType { get; private init; }

    public Range Length { get; private init; }

    /// <summary>Parses from the right, since urls may hold spaces: the last word is the length, the date is the first word of 14 digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out ArcHeader header)
    {
        header = default;
        line = line.TrimEnd((byte)'\r');
        int scheme = line.IndexOf((byte)':');
        if (scheme <= 0 || scheme > 16 || line[..scheme].ContainsAnyExcept(SchemeBytes))
        {
            return false;
        }

        int lengthAt = line.LastIndexOf((byte)' ') + 1;
        if (lengthAt <= scheme || !IsNumber(line[lengthAt..]))
        {
            return false;
        }

        int wordEnd = lengthAt - 1;
        int mediaFrom = -1;
        for (int words = 0; wordEnd > 0 && words < 12; words++)
        {
            int wordAt = line[..wordEnd].LastIndexOf((byte)' ') + 1;
            ReadOnlySpan<byte> word = line[wordAt..wordEnd];
            if (word.Length == 14 && IsNumber(word))
            {
                int addressEnd = wordAt - 1;
                int addressAt = addressEnd > 0 ? line[..addressEnd].LastIndexOf((byte)' ') + 1 : 0;
                if (addressAt <= scheme || mediaFrom < 0)
                {
                    return false;
                }

                ReadOnlySpan<byte> afterDate = line[mediaFrom..(lengthAt - 1)];
                int mediaLength = afterDate.IndexOf((byte)' ');
                header = new ArcHeader
                {
                    Url = ..(addressAt - 1),
                    Address = addressAt..addressEnd,
                    Date = wordAt..wordEnd,
                    MediaType = mediaFrom..(mediaLength < 0 ? lengthAt - 1 : mediaFrom + mediaLength),
                    Length = lengthAt..line.Length,
                };
                return true;
            }

            mediaFrom = wordAt;
            wordEnd = wordAt - 1;
        }

        return false;
    }

    private static System.Buffers.SearchValues<byte> SchemeBytes { get; } = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."u8);

    private static bool IsNumber(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 0 && bytes.Length <= 19 && Utf8Parser.TryParse(bytes, out long value, out int used) && used == bytes.Length && value >= 0;
}
