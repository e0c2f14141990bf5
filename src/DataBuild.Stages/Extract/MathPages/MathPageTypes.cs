using System.Text.Json;

namespace DataBuild.Stages.Extract.MathPages;

/// <summary>
/// How NVIDIA's pipeline tells what a document is (NeMo Curator 1e2e4275e, nemo_curator/stages/math/download/extract.py and mime_types.py), from the type that the server
/// declared, the type that the content looks like, and the address.
/// </summary>
public static class MathPageTypes
{
    private static readonly HashSet<string> DeclaredText = Set(
        """
        text/x-web-markdown text/x-verilog text/x-rst text/x-ruby text/x-rsrc text/x-python text/x-perl text/x-pascal text/x-objcsrc text/x-ml text/x-matlab text/x-log text/x-haskell
        text/x-fortran text/x-expect text/x-diff text/x-csrc text/x-common-lisp text/x-chdr text/x-cgi text/x-c++src text/x-basic text/vtt text/x-assembly text/troff text/plain
        message/rfc822 message/news application/mathematica application/mbox application/postscript application/x-elc application/x-matlab-data application/x-sas application/x-sh
        application/x-subrip application/x-tex application/x-tika-msoffice
        """);

    private static readonly HashSet<string> DeclaredHtml = Set(
        """
        text/x-php text/x-jsp text/x-coldfusion text/html message/x-emlx text/asp image/svg+xml application/xml application/atom+xml application/rdf+xml application/rss+xml
        application/x-bibtex-text-file application/xhtml+xml
        """);

    private static readonly HashSet<string> LooksLikeText = Set(
        """
        text/x-shellscript text/x-perl text/x-lisp text/x-java text/x-fortran text/x-diff application/postscript application/x-matlab-data message/news message/rfc822 text/plain
        text/texmacs text/x-Algol68
        """);

    private static readonly HashSet<string> LooksLikeHtml = Set(
        """
        text/xml text/x-tex text/x-php text/x-ruby text/x-script.python text/x-objective-c text/x-forth text/x-c text/x-c++ text/csv text/html application/octet-stream
        application/x-appleworks3 application/x-bytecode.python application/x-setupscript application/x-wine-extension-ini image/svg+xml
        """);

    /// <summary>Media types that are read at all: those that the rules know, JSON, and bytes of no stated kind, which notebooks are often served as.</summary>
    public static IReadOnlySet<string> Read { get; } =
        new HashSet<string>([.. DeclaredText, .. DeclaredHtml, .. LooksLikeText, .. LooksLikeHtml, "text/markdown", "application/json", "application/x-ipynb+json"], StringComparer.Ordinal);

    /// <summary>Sizes of the four sets: declared text, declared HTML, looks like text, looks like HTML.</summary>
    internal static (int, int, int, int) Sizes => (DeclaredText.Count, DeclaredHtml.Count, LooksLikeText.Count, LooksLikeHtml.Count);

    /// <summary>The type of a document.</summary>
    /// <param name="content">Its text.</param>
    /// <param name="looksLike">Media type that the content looks like; null where that is not known.</param>
    /// <param name="declared">Media type that the server declared; null where it did not.</param>
    /// <param name="url">Address.</param>
    public static MathPageType Of(string content, string? looksLike, string? declared, string? url)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (content.Length == 0)
        {
            return MathPageType.Text;
        }

        bool maybeNotebook = looksLike == "application/json" || url?.EndsWith(".ipynb", StringComparison.Ordinal) == true;
        if (maybeNotebook && NotebookText.TryParse(content, out JsonDocument? notebook))
        {
            notebook.Dispose();
            return MathPageType.Notebook;
        }

        bool declaredText = declared is not null && DeclaredText.Contains(declared);
        if (looksLike is null)
        {
            return declaredText ? MathPageType.Text : MathPageType.Html;
        }

        bool html = LooksLikeHtml.Contains(looksLike) || (declared is not null && DeclaredHtml.Contains(declared));
        return !html && (declaredText || LooksLikeText.Contains(looksLike)) ? MathPageType.Text : MathPageType.Html;
    }

    private static HashSet<string> Set(string types) => new(types.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}
