using DataBuild.Stages.Extract.Html;

namespace DataBuild.Stages.Extract.Blocks;

/// <content>
/// How a block begins, in the languages that much of the web is written in: learned word scores know only what the training pages say often.
/// </content>
internal sealed partial class BlockFeatures
{
    private const int PhraseBytes = 40;

    // Pointers to other pages, credits of pictures and texts, advertisements, calls to share, comment or subscribe.
    private static readonly string[][] PhraseGroups =
    [
        [
            "read also", "also read", "read more", "read next", "see also", "related", "more from", "more on", "you may also", "you might also", "recommended", "don't miss",
            "lea también", "lea más", "lea:", "lea ", "lee también", "lee más", "leer también", "le puede interesar", "te puede interesar", "puede interesar", "también te", "más información", "además:",
            "ver también", "vea también", "mira también", "lire aussi", "à lire", "a lire", "voir aussi", "lire la suite", "lesen sie", "lies auch", "mehr zum", "mehr dazu",
            "weitere beiträge", "weitere artikel", "weitere themen", "weitere informationen", "das könnte", "auch interessant", "zum weiterlesen", "weiterlesen", "passend dazu", "zum thema", "siehe auch",
            "leia também", "leia mais", "veja também", "veja mais", "saiba mais", "leggi anche", "leggi ", "guarda anche", "czytaj ", "zobacz też", "zobacz także", "zobacz również", "zobacz ", "polecamy", "przeczytaj ",
            "lees ook", "lees verder", "läs också", "läs mer", "les også", "læs også", "lue myös", "читайте также", "читать также", "смотрите также", "по теме",
            "相关", "推荐", "延伸阅读", "阅读更多", "関連", "あわせて", "ilgili ", "baca juga", "lihat juga", "xem thêm",
        ],
        [
            "foto:", "fotos:", "foto ", "photo:", "photos:", "photo by", "photo credit", "image:", "images:", "image credit", "credit:", "crédit", "crédits", "bild:", "bilder:", "bildquelle", "titelbild", "quelle:", "quellen:",
            "source:", "sources:", "fuente:", "fonte:", "źródło", "fot.", "zdjęcie", "imagen:", "via:", "\u00a9", "copyright", "来源", "图片", "责任编辑", "编辑：", "foto/", "фото", "источник",
        ],
        ["anzeige", "werbung", "publicidad", "advertisement", "advertising", "ad:", "sponsored", "reklama", "pubblicità", "publicité", "anuncio", "реклама", "广告", "*werbung", "affiliate"],
        [
            "share", "teilen", "compartir", "comparte", "partager", "condividi", "udostępnij", "compartilhe", "delen", "поделиться", "分享", "kommentar", "comment", "leave a", "reply", "add a comment", "comentario", "commentaire",
            "subscribe", "abonnieren", "newsletter", "suscríbe", "sign up", "log in", "login", "inscri", "follow us", "folgen sie", "síguenos", "suivez", "join our", "únete", "download our", "melden sie",
        ],
    ];

    private static readonly (byte[] Phrase, byte Group)[][] PhrasesByFirst = ByFirst();

    // 0, or 1 and up by the group of the phrase that a block begins with.
    private void Phrases()
    {
        Span<Block> blocks = _segments.Blocks;
        Span<float> phrase = Add("phrase");
        Span<float> above = Add("phrase_above");
        Span<byte> start = stackalloc byte[PhraseBytes];
        int last = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            int group = GroupOf(start[..Beginning(ref blocks[i], start)]);
            phrase[i] = group;
            above[i] = last;
            last = group;
        }
    }

    private static int GroupOf(ReadOnlySpan<byte> start)
    {
        if (!start.IsEmpty)
        {
            foreach ((byte[] phrase, byte group) in PhrasesByFirst[start[0]])
            {
                if (start.StartsWith(phrase))
                {
                    return group;
                }
            }
        }

        return 0;
    }

    // The first bytes of a block's text in lower case, white space collapsed.
    private int Beginning(ref Block b, Span<byte> start)
    {
        int n = 0;
        for (int leaf = b.FirstLeaf; leaf != 0 && n < start.Length; leaf = _tree.Next(leaf, 0))
        {
            if (_tree[leaf].Kind == HtmlNodeKind.Text)
            {
                ReadOnlySpan<byte> text = _tree.TextOf(leaf);
                for (int i = 0; i < text.Length && n < start.Length; i++)
                {
                    byte c = text[i];
                    if (c is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)'\r' or (byte)'\f')
                    {
                        if (n > 0 && start[n - 1] != ' ')
                        {
                            start[n++] = (byte)' ';
                        }
                    }
                    else
                    {
                        start[n++] = c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c;
                    }
                }
            }

            if (leaf == b.LastLeaf)
            {
                break;
            }
        }

        return n;
    }

    private static (byte[] Phrase, byte Group)[][] ByFirst()
    {
        List<(byte[] Phrase, byte Group)>[] lists = [.. Enumerable.Range(0, 256).Select(_ => new List<(byte[], byte)>())];
        for (int g = 0; g < PhraseGroups.Length; g++)
        {
            foreach (string phrase in PhraseGroups[g])
            {
                // Letters outside ASCII keep their case in a block's beginning: both forms of the first one are known.
                foreach (string form in new[] { phrase, char.ToUpperInvariant(phrase[0]) + phrase[1..] }.Where(f => f[0] >= 0x80 || f == phrase).Distinct())
                {
                    byte[] bytes = System.Text.Encoding.UTF8.GetBytes(form);
                    lists[bytes[0]].Add((bytes, (byte)(g + 1)));
                }
            }
        }

        return [.. lists.Select(l => l.ToArray())];
    }
}
