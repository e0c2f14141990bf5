using DataBuild.Stages.Extract.Html;
using DataBuild.Stages.Extract.Metadata;
using DataBuild.Stages.Language;
using DataBuild.Text;

namespace DataBuild.Stages.Extract.JusText;

/// <summary>Buffers of one thread.</summary>
internal sealed class JusTextScratch
{
    private const int KeepBytes = 8 * 1024 * 1024;

    public JusTextScratch() => Builder = new HtmlTreeBuilder(Tree);

    public HtmlTree Tree { get; } = new();

    public HtmlTreeBuilder Builder { get; }

    public PageMetadata Metadata { get; } = new();

    public LanguageDetector Detector { get; } = new();

    public WordIndex Words { get; } = new();

    /// <summary>Lets go of buffers that one very large page made.</summary>
    public void Trim()
    {
        if (Tree.Text.Length > KeepBytes)
        {
            Tree.Trim(KeepBytes);
        }
    }
}
