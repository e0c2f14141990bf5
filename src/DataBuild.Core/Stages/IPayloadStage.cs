namespace DataBuild;

/// <summary>
/// A stage that reads the fetched bytes (<see cref="Document.Payload"/>). It must be the first of a plan: bytes are not stored. A document whose input is text
/// already has an empty payload and a text, which the stage passes on.
/// </summary>
public interface IPayloadStage
{
    /// <summary>Media types of responses that the stage reads, in lower case; null for pages and text. Documents of other types are dropped before it.</summary>
    IReadOnlySet<string>? MediaTypes => null;
}
