namespace DataBuild;

/// <summary>
/// A stage that reads the fetched bytes (<see cref="Document.Payload"/>). It must be the first of a plan: bytes are not stored. A document whose input is text
/// already has an empty payload and a text, which the stage passes on.
/// </summary>
public interface IPayloadStage;
