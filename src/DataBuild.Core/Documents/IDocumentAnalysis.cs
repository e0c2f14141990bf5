namespace DataBuild;

/// <summary>
/// Something computed once for a document's text and shared by the stages that read it (word boundaries, lines).
/// Instances are reused for document after document: keep buffers, not results.
/// </summary>
public interface IDocumentAnalysis
{
    /// <summary>Computes the analysis for the document's current text.</summary>
    void Analyze(Document document);
}
