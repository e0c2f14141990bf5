using System.Text.Json;

namespace DataBuild.Stages.Extract.Metadata;

/// <summary>What a page's JSON-LD scripts state (schema.org).</summary>
internal sealed class JsonLd
{
    private const int MaxDepth = 24;

    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    /// <summary>The headline or name of the main thing described.</summary>
    public string? Headline { get; private set; }

    /// <summary>Its authors.</summary>
    public List<string> Authors { get; } = [];

    /// <summary>Its date of publication as written.</summary>
    public string? DatePublished { get; private set; }

    /// <summary>The publisher's or site's name.</summary>
    public string? SiteName { get; private set; }

    /// <summary>Its licence.</summary>
    public string? License { get; private set; }

    /// <summary>The kinds of things described.</summary>
    public PageTypes Types { get; private set; }

    /// <summary>The text of the article where it is stated in full.</summary>
    public string? ArticleBody { get; private set; }

    /// <summary>Texts that describe the page's content: article bodies, descriptions, answers, reviews, names.</summary>
    public List<string> Texts { get; } = [];

    private readonly List<(string? Name, string? Id, bool Organization)> _authors = [];
    private readonly Dictionary<string, string> _described = [];

    /// <summary>Forgets the last page.</summary>
    public void Clear()
    {
        Headline = DatePublished = SiteName = License = ArticleBody = null;
        Authors.Clear();
        Texts.Clear();
        _authors.Clear();
        _described.Clear();
        Types = PageTypes.None;
    }

    /// <summary>Reads a script; one that is not JSON states nothing.</summary>
    public void Read(ReadOnlyMemory<byte> script)
    {
        ReadOnlyMemory<byte> text = script.TrimStart(" \t\r\n;"u8).TrimEnd(" \t\r\n;"u8);
        if (text.Span.StartsWith("<!--"u8) || text.Span.StartsWith("//"u8) || text.Span.StartsWith("/*"u8))
        {
            int start = text.Span.IndexOfAny((byte)'{', (byte)'[');
            int end = text.Span.LastIndexOfAny((byte)'}', (byte)']');
            if (start < 0 || end < start)
            {
                return;
            }

            text = text[start..(end + 1)];
        }

        if (text.Length < 2 || text.Span[0] is not ((byte)'{' or (byte)'['))
        {
            return;
        }

        if (!TryVisit(text))
        {
            // Line ends within strings are the usual fault; white space between values may become spaces as well.
            byte[] repaired = text.ToArray();
            foreach (ref byte b in repaired.AsSpan())
            {
                b = b < 0x20 ? (byte)' ' : b;
            }

            TryVisit(repaired);
        }
    }

    // False for a script that is no JSON: those are common and say nothing.
    private bool TryVisit(ReadOnlyMemory<byte> text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Lenient);
            Visit(document.RootElement, 0);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The authors of the main thing described, each by the name that its own description gives where it has one.</summary>
    /// <param name="person">Whether none of them is said to be an organization.</param>
    public IReadOnlyList<string> NamedAuthors(out bool person)
    {
        person = true;
        List<string> names = [];
        foreach ((string? name, string? id, bool organization) in _authors)
        {
            string? known = id is not null && _described.TryGetValue(id, out string? described) ? described : name;
            if (known is not null && !known.StartsWith("http", StringComparison.Ordinal) && !names.Contains(known))
            {
                names.Add(known);
                person &= !organization;
            }
        }

        return names;
    }

    private void Visit(JsonElement e, int depth)
    {
        if (depth > MaxDepth)
        {
            return;
        }

        if (e.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in e.EnumerateArray())
            {
                Visit(item, depth + 1);
            }

            return;
        }

        if (e.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        PageTypes type = TypeOf(e);
        Types |= type;
        const PageTypes Content = PageTypes.Article | PageTypes.Forum | PageTypes.Product | PageTypes.Recipe;
        if ((type & Content) != 0)
        {
            Headline ??= Text(e, "headline") ?? Text(e, "name");
            DatePublished ??= Text(e, "datePublished") ?? Text(e, "dateCreated");
            License ??= TextOrId(e, "license");
            ArticleBody ??= Text(e, "articleBody");
            if (Authors.Count == 0 && e.TryGetProperty("author", out JsonElement author))
            {
                ReadAuthors(author, 0);
            }

            if (_authors.Count == 0 && (e.TryGetProperty("author", out author) || e.TryGetProperty("creator", out author)))
            {
                ReferAuthors(author, 0);
            }

            if (SiteName is null && e.TryGetProperty("publisher", out JsonElement publisher) && publisher.ValueKind == JsonValueKind.Object)
            {
                SiteName = Text(publisher, "name");
            }
        }
        else if ((type & PageTypes.Site) != 0)
        {
            SiteName ??= Text(e, "name");
        }
        else if ((type & PageTypes.WebPage) != 0)
        {
            DatePublished ??= Text(e, "datePublished");
            License ??= TextOrId(e, "license");
        }

        if (Text(e, "@id") is { } id && Text(e, "name") is { } named && _described.Count < 64)
        {
            _described.TryAdd(id, named);
        }

        foreach (JsonProperty p in e.EnumerateObject())
        {
            if (p.Value.ValueKind == JsonValueKind.String && Texts.Count < 200
                && (p.NameEquals("articleBody") || p.NameEquals("description") || p.NameEquals("text") || p.NameEquals("reviewBody") || p.NameEquals("name")))
            {
                if (Text(e, p.Name) is { } text)
                {
                    Texts.Add(text);
                }
            }
            else if (p.NameEquals("acceptedAnswer") || p.NameEquals("suggestedAnswer") || p.NameEquals("comment") || p.NameEquals("review") || p.NameEquals("item"))
            {
                Visit(p.Value, depth + 1);
            }
            else if (p.NameEquals("@graph") || p.NameEquals("mainEntity") || p.NameEquals("mainEntityOfPage") || p.NameEquals("itemListElement") || p.NameEquals("hasPart"))
            {
                Visit(p.Value, depth + 1);
            }
        }
    }

    private void ReadAuthors(JsonElement author, int depth)
    {
        switch (author.ValueKind)
        {
            case JsonValueKind.String:
                Add(Value(author));
                break;
            case JsonValueKind.Object:
                Add(Text(author, "name"));
                break;
            case JsonValueKind.Array when depth < 2:
                foreach (JsonElement item in author.EnumerateArray())
                {
                    ReadAuthors(item, depth + 1);
                }

                break;
            default:
                break;
        }

        void Add(string? name)
        {
            if (!string.IsNullOrWhiteSpace(name) && !name.StartsWith("http", StringComparison.Ordinal) && Authors.Count < 16 && !Authors.Contains(name))
            {
                Authors.Add(name);
            }
        }
    }

    private void ReferAuthors(JsonElement author, int depth)
    {
        switch (author.ValueKind)
        {
            case JsonValueKind.String:
                _authors.Add((Value(author), null, false));
                break;
            case JsonValueKind.Object:
                string? type = Text(author, "@type");
                _authors.Add((Text(author, "name"), Text(author, "@id"), type is not null && type.EndsWith("Organization", StringComparison.Ordinal)));
                break;
            case JsonValueKind.Array when depth < 2:
                foreach (JsonElement item in author.EnumerateArray().Take(16))
                {
                    ReferAuthors(item, depth + 1);
                }

                break;
            default:
                break;
        }
    }

    private static string? Text(JsonElement e, string name)
    {
        if (!e.TryGetProperty(name, out JsonElement value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
        {
            value = value[0];
        }

        return value.ValueKind == JsonValueKind.String ? Value(value) : null;
    }

    private static string? Value(JsonElement value)
    {
        // Escapes can spell lone surrogates, which no text can hold.
        try
        {
            string? text = value.GetString();
            return string.IsNullOrWhiteSpace(text) ? null : text;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TextOrId(JsonElement e, string name) =>
        Text(e, name) ?? (e.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Object ? Text(value, "url") ?? Text(value, "@id") : null);

    private static PageTypes TypeOf(JsonElement e)
    {
        if (!e.TryGetProperty("@type", out JsonElement type))
        {
            return PageTypes.None;
        }

        if (type.ValueKind == JsonValueKind.String)
        {
            return TypeOf(Text(e, "@type"));
        }

        PageTypes types = PageTypes.None;
        if (type.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement t in type.EnumerateArray())
            {
                if (t.ValueKind == JsonValueKind.String)
                {
                    types |= TypeOf(t.GetString());
                }
            }
        }

        return types;
    }

    private static PageTypes TypeOf(string? type) => type switch
    {
        null => PageTypes.None,
        "DiscussionForumPosting" or "QAPage" or "Question" => PageTypes.Forum,
        "Recipe" or "HowTo" => PageTypes.Recipe,
        "Product" or "ProductGroup" or "Offer" or "Book" or "SoftwareApplication" or "Vehicle" => PageTypes.Product,
        "CollectionPage" or "ItemList" or "SearchResultsPage" or "Blog" or "OfferCatalog" => PageTypes.Collection,
        "WebSite" or "Organization" or "NewsMediaOrganization" or "Corporation" or "LocalBusiness" => PageTypes.Site,
        "Service" or "FAQPage" or "ProfessionalService" => PageTypes.Service,
        "WebPage" or "AboutPage" or "ContactPage" => PageTypes.WebPage,
        _ => type.EndsWith("Article", StringComparison.Ordinal) || type.EndsWith("Posting", StringComparison.Ordinal) || type == "Report" ? PageTypes.Article : PageTypes.None,
    };
}

/// <summary>What a page says it is.</summary>
[Flags]
internal enum PageTypes
{
    None = 0,
    Article = 1,
    Forum = 2,
    Product = 4,
    Collection = 8,
    Service = 16,
    Recipe = 32,
    Site = 64,
    WebPage = 128,
}
