using System.Globalization;

namespace DataBuild.Stages.Filter;

/// <summary>
/// Which part of a host is registered, by the Public Suffix List (publicsuffix.org): below <c>co.uk</c> three labels, below <c>com</c> two. The list that lies in the
/// assembly is used where a project names none.
/// </summary>
internal sealed class PublicSuffixList
{
    private const string Resource = "DataBuild.Stages.Filter.public-suffix-list.dat";

    private static readonly Lazy<PublicSuffixList> BuiltIn = new(() =>
    {
        using Stream stream = typeof(PublicSuffixList).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is missing from the assembly");
        return new PublicSuffixList(new StreamReader(stream));
    });

    private readonly Dictionary<string, Rules> _rules = new(StringComparer.Ordinal);

    /// <summary>Reads a list: one rule a line, <c>//</c> begins a comment, a comment begins the section of private domains.</summary>
    /// <exception cref="FormatException">A name has no form in ASCII; the message has the line.</exception>
    private PublicSuffixList(TextReader reader)
    {
        IdnMapping mapping = new();
        int section = 0;
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Contains("===BEGIN PRIVATE DOMAINS===", StringComparison.Ordinal))
            {
                section = 3;
            }
            else if (line.Contains("===END PRIVATE DOMAINS===", StringComparison.Ordinal))
            {
                section = 0;
            }

            string rule = line.Trim().Split(' ', '\t')[0].ToLowerInvariant();
            if (rule.Length == 0 || rule.StartsWith("//", StringComparison.Ordinal))
            {
                continue;
            }

            (Rules kind, string name) = rule switch
            {
                ['!', .. string exception] => (Rules.Exception, exception),
                ['*', '.', .. string parent] => (Rules.Wildcard, parent),
                _ => (Rules.Suffix, rule),
            };
            Add(name, (Rules)((int)kind << section));
            if (!System.Text.Ascii.IsValid(name))
            {
                try
                {
                    Add(mapping.GetAscii(name), (Rules)((int)kind << section));
                }
                catch (ArgumentException exception)
                {
                    throw new FormatException($"line {number}: '{rule}' is no name of a domain: {exception.Message}", exception);
                }
            }
        }
    }

    [Flags]
    private enum Rules : byte
    {
        Suffix = 1,
        Wildcard = 2,
        Exception = 4,
    }

    /// <summary>Names that rules stand for, in either spelling.</summary>
    public int Count => _rules.Count;

    /// <summary>The list that lies in the assembly.</summary>
    public static PublicSuffixList Default => BuiltIn.Value;

    /// <summary>Reads a list of the project.</summary>
    /// <exception cref="StageException">The file cannot be read, or is no such list.</exception>
    public static PublicSuffixList Read(InputFile file, string option)
    {
        try
        {
            using StreamReader reader = new(file.PathOrName);
            PublicSuffixList list = new(reader);
            return list.Count > 0 ? list : throw new FormatException("it holds no rule; expected lines such as 'co.uk'");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StageException("DB4304", $"{option}: the list '{file.Value}' cannot be read: {exception.Message}", file.Path, exception);
        }
    }

    /// <summary>The domain that is registered: the public suffix and one label before it. Empty for a public suffix itself and for an IP address.</summary>
    /// <param name="host">Host in lower case, without port and final dot.</param>
    /// <param name="withPrivate">True: domains under which private owners let others register (<c>github.io</c>) are suffixes too.</param>
    public ReadOnlySpan<char> RegisteredDomain(ReadOnlySpan<char> host, bool withPrivate)
    {
        ReadOnlySpan<char> last = host[(host.LastIndexOf('.') + 1)..];
        if (host.IsEmpty || host[0] is '.' or '[' || !last.ContainsAnyExceptInRange('0', '9'))
        {
            return default;
        }

        // From the longest candidate to the shortest; the list's own rule for what it does not name is '*'.
        int before = 0;
        for (int start = 0; ;)
        {
            ReadOnlySpan<char> candidate = host[start..];
            int dot = candidate.IndexOf('.');
            if (Has(candidate, Rules.Exception, withPrivate))
            {
                return candidate;
            }

            if (dot < 0 || Has(candidate, Rules.Suffix, withPrivate) || Has(candidate[(dot + 1)..], Rules.Wildcard, withPrivate))
            {
                return start == 0 ? default : host[before..];
            }

            before = start;
            start += dot + 1;
        }
    }

    private bool Has(ReadOnlySpan<char> name, Rules kind, bool withPrivate) =>
        _rules.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out Rules rules)
        && ((rules & kind) != 0 || (withPrivate && ((Rules)((int)rules >> 3) & kind) != 0));

    private void Add(string name, Rules kind) => _rules[name] = _rules.GetValueOrDefault(name) | kind;
}
