using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>Figures of <see cref="UrlFilter"/>.</summary>
/// <param name="Allowed">The host is on an allow list.</param>
/// <param name="DomainListed">The registered domain of the host is on a list.</param>
/// <param name="SubdomainListed">The host itself, or a domain between it and the registered one, is on a list.</param>
/// <param name="UrlListed">The address, or one that it is below, is on a list.</param>
/// <param name="Words">Words of the word lists in the address.</param>
/// <param name="SoftWords">Words of the soft word lists in the address, each counted once.</param>
/// <param name="Subwords">Letter sequences of the subword lists in the address, separators left out.</param>
[Figures]
public readonly partial record struct UrlFilterFigures(bool Allowed, bool DomainListed, bool SubdomainListed, bool UrlListed, int Words, int SoftWords, int Subwords);

/// <summary>
/// Drops documents by their address: listed domains and addresses, words in the address (as RefinedWeb, Penedo et al. 2023, appendix G.1, and DataTrove do).
/// Every list is a file of the project; none is downloaded.
/// </summary>
[Stage("UrlFilter", Version = 3, Phase = StagePhase.Clean, ColumnPrefix = "url")]
public sealed partial record UrlFilter : DocumentStage<UrlFilterFigures>
{
    private Lists? _lists;

    /// <summary>Lists of domains: UT1's form, hosts files, Adblock's form.</summary>
    public IReadOnlyList<InputFile> Domains { get; init; } = [];

    /// <summary>Lists of addresses, with or without scheme.</summary>
    public IReadOnlyList<InputFile> Urls { get; init; } = [];

    /// <summary>Lists of words, one of which in an address drops it.</summary>
    public IReadOnlyList<InputFile> Words { get; init; } = [];

    /// <summary>Lists of words, several of which in an address drop it.</summary>
    public IReadOnlyList<InputFile> SoftWords { get; init; } = [];

    /// <summary>Lists of letter sequences that drop an address wherever they stand, across its separators.</summary>
    public IReadOnlyList<InputFile> Subwords { get; init; } = [];

    /// <summary>Lists of domains that are never dropped.</summary>
    public IReadOnlyList<InputFile> Allow { get; init; } = [];

    /// <summary>A Public Suffix List in its published form, which tells registered domains from what stands before them. Without it: the list of November 2026.</summary>
    public InputFile? PublicSuffixes { get; init; }

    /// <summary>Domains below which private owners let others register (<c>github.io</c>) count as public suffixes too. False: only those of registries, as DataTrove's tldextract does.</summary>
    public bool PrivateSuffixes { get; init; }

    /// <summary>A listed host stands for all below it. False: only the registered domain and the whole host are looked up, as DataTrove does.</summary>
    public bool MatchSubdomains { get; init; } = true;

    /// <summary>A listed address stands for all below it (<c>host/a</c> for <c>host/a/b</c>), as squidGuard reads UT1's lists. False: only the address itself, as DataTrove does.</summary>
    public bool MatchPaths { get; init; } = true;

    /// <summary>Fewest soft words that drop an address.</summary>
    [Threshold, Option(Min = 1, Unit = "words")]
    public int MinSoftWords { get; init; } = 2;

    /// <inheritdoc />
    [NotAnOption]
    public override IReadOnlyList<string> InputColumns => ["url"];

    /// <inheritdoc />
    [NotAnOption]
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    /// <exception cref="StageException">A list cannot be read, or there is none.</exception>
    public override void Initialize(StageContext context)
    {
        if (Domains.Count + Urls.Count + Words.Count + SoftWords.Count + Subwords.Count == 0)
        {
            throw new StageException("DB4305", "UrlFilter has no list; give at least one of Domains, Urls, Words, SoftWords, Subwords");
        }

        _lists = new Lists(
            PublicSuffixes is { } suffixes ? PublicSuffixList.Read(suffixes, "UrlFilter.PublicSuffixes") : PublicSuffixList.Default,
            HostList.ReadDomains(Domains, "UrlFilter.Domains"),
            HostList.ReadAddresses(Urls, "UrlFilter.Urls"),
            HostList.ReadDomains(Allow, "UrlFilter.Allow"),
            WordSet(Words, "UrlFilter.Words"),
            WordSet(SoftWords, "UrlFilter.SoftWords"),
            new WordListMatcher(Subwords.SelectMany(f => WordListMatcher.ReadList(f, "UrlFilter.Subwords")).Select(WithoutSeparators)));
    }

    /// <inheritdoc />
    public override UrlFilterFigures Measure(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        Lists lists = _lists ?? throw new InvalidOperationException("UrlFilter is not initialised");
        string url = document.Url;
        ReadOnlySpan<char> host = WebAddress.HostOf(url).ToString().ToLowerInvariant();
        ReadOnlySpan<char> registered = lists.Suffixes.RegisteredDomain(host, PrivateSuffixes);
        registered = registered.IsEmpty ? host : registered;
        bool domain = lists.Domains.Contains(registered);
        bool subdomain = MatchSubdomains ? !domain && lists.Domains.ContainsHostOrParent(host) : host.Length != registered.Length && lists.Domains.Contains(host);
        return new UrlFilterFigures(
            lists.Allow.ContainsHostOrParent(host),
            domain,
            subdomain,
            MatchPaths ? lists.Urls.ContainsAddressOrParent(WebAddress.WithoutScheme(url)) : lists.Urls.Contains(WebAddress.WithoutScheme(url)),
            CountWords(url, lists.Words),
            CountWords(url, lists.SoftWords),
            lists.Subwords.Count == 0 ? 0 : lists.Subwords.CountMatches(WithoutSeparators(url), WordBoundary.None));
    }

    /// <inheritdoc />
    public override Verdict Decide(in UrlFilterFigures figures) => figures switch
    {
        { Allowed: true } => Verdict.Keep,
        { DomainListed: true } => Verdict.Drop("domain"),
        { SubdomainListed: true } => Verdict.Drop("subdomain"),
        { UrlListed: true } => Verdict.Drop("url"),
        { Words: > 0 } => Verdict.Drop("word"),
        _ when figures.SoftWords >= MinSoftWords => Verdict.Drop("soft_words"),
        { Subwords: > 0 } => Verdict.Drop("subword"),
        _ => Verdict.Keep,
    };

    private static HashSet<string> WordSet(IReadOnlyList<InputFile> files, string option) =>
        new(files.SelectMany(f => WordListMatcher.ReadList(f, option)).Select(w => w.ToLowerInvariant()), StringComparer.Ordinal);

    // Distinct words: runs of letters and digits.
    private static int CountWords(string url, HashSet<string> words)
    {
        if (words.Count == 0)
        {
            return 0;
        }

        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        string lower = url.ToLowerInvariant();
        HashSet<string> seen = new(StringComparer.Ordinal);
        int start = 0;
        for (int i = 0; i <= lower.Length; i++)
        {
            if (i < lower.Length && CharacterTable.Is(lower[i], CharacterTraits.Letter | CharacterTraits.Digit))
            {
                continue;
            }

            if (i > start && lookup.TryGetValue(lower.AsSpan(start, i - start), out string? word))
            {
                _ = seen.Add(word);
            }

            start = i + 1;
        }

        return seen.Count;
    }

    private static string WithoutSeparators(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private sealed record Lists(PublicSuffixList Suffixes, HostList Domains, HostList Urls, HostList Allow, HashSet<string> Words, HashSet<string> SoftWords, WordListMatcher Subwords);
}
