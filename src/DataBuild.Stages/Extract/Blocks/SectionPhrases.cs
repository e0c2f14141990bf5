namespace DataBuild.Stages.Extract.Blocks;

/// <summary>Words, and two or three words in a row, that announce a section of a page (items beside the page's own, reviews, delivery, filters), in several languages.</summary>
internal static class SectionPhrases
{
    private static readonly string[][] Groups =
    [
        // Items beside the page's own.
        [
            "related", "you may", "you might", "also like", "also bought", "also viewed", "also love", "customers also", "people also", "similar", "recommended", "recommendations", "recently viewed",
            "frequently bought", "bought together", "complete the", "pairs well", "pairs with", "shop the look", "more from", "more like", "trending", "best sellers", "bestsellers", "most read",
            "most popular", "popular posts", "popular products", "latest news", "latest posts", "latest articles", "recent posts", "read next", "up next", "keep reading", "sponsored", "promoted",
            "explore more", "discover more", "see also", "other products", "more products", "new arrivals", "featured products", "featured articles", "goes well", "inspired by",
            "relacionados", "relacionadas", "relacionado", "también te", "te puede", "recomendados", "recomendadas", "más leídas", "lo más", "ähnliche", "das könnte", "kunden kauften", "kunden kauften auch",
            "auch interessant", "meistgelesen", "empfehlungen", "similaires", "vous aimerez", "vous pourriez", "recommandés", "plus lus", "correlati", "potrebbe interessarti", "ti potrebbe", "consigliati",
            "più letti", "você também", "mais lidas", "gerelateerde", "anderen bekeken", "podobne", "polecane", "powiązane", "zobacz też", "похожие", "рекомендуем", "читайте также", "популярное",
        ],
        [
            "reviews", "review", "rating", "ratings", "testimonials", "testimonial", "what our", "bewertungen", "rezensionen", "kundenbewertungen", "avis", "opiniones", "reseñas", "valoraciones", "recensioni",
            "avaliações", "opinie", "отзывы", "beoordelingen",
        ],
        [
            "shipping", "delivery", "returns", "return policy", "warranty", "guarantee", "refund", "refunds", "payment", "pick up", "pickup", "in store", "click and collect", "versand", "lieferung", "rückgabe",
            "livraison", "retours", "envío", "envíos", "devoluciones", "spedizione", "resi", "verzending", "wysyłka", "dostawa", "доставка", "frete", "entrega",
        ],
        [
            "description", "details", "specifications", "specification", "specs", "features", "overview", "ingredients", "how to", "about this", "about the product", "dimensions", "materials", "material",
            "size guide", "care", "highlights", "included", "in the box", "benefits", "product information", "key features", "technical", "beschreibung", "eigenschaften", "technische", "produktdetails", "caractéristiques",
            "descripción", "características", "detalles", "descrizione", "caratteristiche", "descrição", "omschrijving", "opis", "описание", "характеристики",
        ],
        [
            "filter", "filters", "sort by", "sort", "refine", "price range", "shop by", "categories", "category", "view all", "see all", "show all", "load more", "show more", "results", "items per", "per page", "compare", "grid",
            "in stock", "clear all", "next page", "previous", "filtern", "sortieren", "kategorien", "trier", "filtrer", "catégories", "ordenar", "filtrar", "categorías", "ordina", "filtra", "categorie", "sorteer", "sortuj", "сортировка",
        ],
        [
            "newsletter", "subscribe", "sign up", "sign in", "log in", "login", "register", "follow us", "contact us", "get in", "join our", "join us", "stay up", "connect with", "cookie", "cookies", "privacy", "download the app",
            "get the app", "my account", "customer service", "need help", "help center", "about us", "quick links", "abonnieren", "folgen sie", "kontakt", "suscríbete", "contacto", "inscrivez", "suivez", "iscriviti", "seguici", "подписаться",
        ],
        [
            "comments", "comment", "replies", "reply", "leave a", "similar threads", "similar topics", "suggested topics", "share this", "share", "quote", "joined", "log in or", "you must", "members online", "kommentare", "comentarios",
            "commentaires", "commenti", "reacties", "komentarze", "комментарии", "teilen", "compartir", "partager", "condividi",
        ],
        ["faq", "faqs", "frequently asked", "common questions", "questions", "ask a", "q a", "häufige fragen", "häufig gestellte", "questions fréquentes", "preguntas frecuentes", "domande frequenti"],
        ["about the author", "written by", "posted by", "author", "authors", "published", "reviewed by", "meet the", "über den", "autor", "sobre el autor", "auteur", "автор", "contributors", "references", "sources", "tags", "topics"],
    ];

    private static readonly Dictionary<uint, byte> Sections = Read();

    /// <summary>Kinds of sections.</summary>
    public static int Count => Groups.Length;

    /// <summary>The kind, 1 to <see cref="Count"/>, that a phrase announces; false for none. A phrase is known by <see cref="Join"/> of its words' FNV-1a hashes in lower case.</summary>
    public static bool Find(uint phrase, out byte kind) => Sections.TryGetValue(phrase, out kind);

    /// <summary>The hash of a phrase and one more word.</summary>
    public static uint Join(uint phrase, uint word) => (phrase * 31) ^ word;

    private static Dictionary<uint, byte> Read()
    {
        Dictionary<uint, byte> sections = [];
        for (int group = 0; group < Groups.Length; group++)
        {
            foreach (string phrase in Groups[group])
            {
                uint key = 0;
                WordHashes words = new(System.Text.Encoding.UTF8.GetBytes(phrase));
                while (words.MoveNext())
                {
                    key = key == 0 ? words.Current : Join(key, words.Current);
                }

                sections.TryAdd(key, (byte)(group + 1));
            }
        }

        return sections;
    }
}
