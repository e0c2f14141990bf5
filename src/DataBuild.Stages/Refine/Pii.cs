using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace DataBuild.Stages.Refine;

/// <summary>What stands in the place of personal data.</summary>
public enum PiiReplacement
{
    /// <summary>A tag that names the kind: <c>[EMAIL]</c>, <c>[IP]</c>, <c>[PHONE]</c>, <c>[CARD]</c>, <c>[IBAN]</c>.</summary>
    Tag,

    /// <summary>
    /// An invented value of the same kind, from ranges that belong to nobody (example.com, RFC 5737 addresses, 555-01xx numbers). Seed and original decide it, so
    /// one original has one pseudonym in all documents.
    /// </summary>
    Pseudonym,

    /// <summary>The original stays; only the figures are made.</summary>
    None,
}

/// <summary>Figures of <see cref="Pii"/>.</summary>
/// <param name="Emails">E-mail addresses found.</param>
/// <param name="IpAddresses">Public IP addresses found.</param>
/// <param name="Phones">Phone numbers found.</param>
/// <param name="Cards">Card numbers found.</param>
/// <param name="Ibans">IBANs found.</param>
/// <param name="Text">The text with replacements.</param>
[Figures]
public readonly partial record struct PiiFigures(int Emails, int IpAddresses, int Phones, int Cards, int Ibans, [property: Column("text")] ReadOnlyMemory<char> Text);

/// <summary>Replaces e-mail addresses, public IP addresses, phone, card and bank account numbers, or drops documents that hold many.</summary>
[Stage("Pii", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "pii")]
public sealed partial record Pii : DocumentStage<PiiFigures>
{
    /// <summary>What stands in the place of a find.</summary>
    public PiiReplacement Replacement { get; init; } = PiiReplacement.Tag;

    /// <summary>Looks for e-mail addresses.</summary>
    public bool Emails { get; init; } = true;

    /// <summary>Looks for public IP addresses.</summary>
    public bool IpAddresses { get; init; } = true;

    /// <summary>Looks for phone numbers.</summary>
    public bool Phones { get; init; } = true;

    /// <summary>Looks for card numbers.</summary>
    public bool Cards { get; init; } = true;

    /// <summary>Looks for international bank account numbers.</summary>
    public bool Ibans { get; init; } = true;

    /// <summary>Seed of pseudonyms.</summary>
    public long Seed { get; init; }

    /// <summary>Most finds that a document may hold.</summary>
    [Threshold, Option(Min = 0, Unit = "finds")]
    public int MaxFinds { get; init; } = int.MaxValue;

    /// <inheritdoc />
    public override PiiFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        List<PiiSpan> spans = document.Analyze<PiiScratch>().Spans;
        spans.Clear();
        ReadOnlySpan<char> text = document.Text;
        PiiScanner.Scan(text, spans);
        Span<int> counts = stackalloc int[5];
        TextBuilder output = document.RentTextBuilder();
        int kept = 0;
        foreach (PiiSpan span in spans)
        {
            if (!IsWanted(span.Kind))
            {
                continue;
            }

            counts[(int)span.Kind]++;
            if (Replacement != PiiReplacement.None)
            {
                _ = output.Append(text[kept..span.Start]);
                AppendReplacement(span.Kind, text.Slice(span.Start, span.Length), output);
                kept = span.End;
            }
        }

        _ = output.Append(text[kept..]);
        return new PiiFigures(counts[0], counts[1], counts[2], counts[3], counts[4], output.Memory);
    }

    /// <inheritdoc />
    public override Verdict Decide(in PiiFigures figures) =>
        Verdict.DropIf((long)figures.Emails + figures.IpAddresses + figures.Phones + figures.Cards + figures.Ibans > MaxFinds, "personal_data");

    private bool IsWanted(PiiKind kind) => kind switch
    {
        PiiKind.Email => Emails,
        PiiKind.IpAddress => IpAddresses,
        PiiKind.Phone => Phones,
        PiiKind.Card => Cards,
        _ => Ibans,
    };

    private void AppendReplacement(PiiKind kind, ReadOnlySpan<char> original, TextBuilder output)
    {
        if (Replacement == PiiReplacement.Tag)
        {
            _ = output.Append(kind switch { PiiKind.Email => "[EMAIL]", PiiKind.IpAddress => "[IP]", PiiKind.Phone => "[PHONE]", PiiKind.Card => "[CARD]", _ => "[IBAN]" });
            return;
        }

        ulong draw = Draw(kind, original);
        _ = output.Append(kind switch
        {
            PiiKind.Email => string.Create(CultureInfo.InvariantCulture, $"user{draw % 100_000_000:00000000}@example.com"),
            PiiKind.IpAddress => string.Create(CultureInfo.InvariantCulture, $"{(draw % 3) switch { 0 => "192.0.2", 1 => "198.51.100", _ => "203.0.113" }}.{(draw / 3 % 254) + 1}"),
            PiiKind.Phone => string.Create(CultureInfo.InvariantCulture, $"+1-{(draw % 8) + 2}{draw / 8 % 9}{draw / 72 % 9}-555-01{draw / 648 % 100:00}"),
            PiiKind.Card => string.Create(CultureInfo.InvariantCulture, $"0000 0000 {draw % 10_000:0000} {draw / 10_000 % 10_000:0000}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"XX00 0000 {draw % 10_000:0000} {draw / 10_000 % 10_000:0000}"),
        });
    }

    // Spellings of one value (case, spaces, hyphens) have one pseudonym.
    private ulong Draw(PiiKind kind, ReadOnlySpan<char> original)
    {
        Span<char> plain = stackalloc char[Math.Min(original.Length, 320)];
        int length = 0;
        foreach (char c in original)
        {
            if (length < plain.Length && (kind == PiiKind.Email || kind == PiiKind.IpAddress || char.IsAsciiLetterOrDigit(c)))
            {
                plain[length++] = char.ToLowerInvariant(c);
            }
        }

        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(length)];
        int written = Encoding.UTF8.GetBytes(plain[..length], bytes);
        return XxHash64.HashToUInt64(bytes[..written], Seed);
    }
}
