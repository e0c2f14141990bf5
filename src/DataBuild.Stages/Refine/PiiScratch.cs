namespace DataBuild.Stages.Refine;

/// <summary>A list of finds, reused for document after document.</summary>
internal sealed class PiiScratch : IDocumentAnalysis
{
    public List<PiiSpan> Spans { get; } = [];

    public void Analyze(Document document)
    {
    }
}
