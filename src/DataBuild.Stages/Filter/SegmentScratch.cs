using DataBuild.Text;

namespace DataBuild.Stages.Filter;

/// <summary>A table for segments of one text, reused for document after document.</summary>
internal sealed class SegmentScratch : IDocumentAnalysis
{
    public SpanInterner Interner { get; } = new();

    public void Analyze(Document document)
    {
    }
}
