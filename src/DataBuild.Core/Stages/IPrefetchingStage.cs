namespace DataBuild;

/// <summary>
/// A payload stage that asks another machine about its documents. It is shown every document of a batch before the first of them is measured, so that
/// requests are under way side by side and not one after the other.
/// </summary>
public interface IPrefetchingStage : IPayloadStage
{
    /// <summary>Starts asking about a document, without waiting for the answer. The document is valid until the method returns.</summary>
    void Prefetch(Document document);
}
