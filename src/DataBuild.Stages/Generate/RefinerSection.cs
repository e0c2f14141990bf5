namespace DataBuild.Stages.Generate;

/// <summary>A numbered part of a Refiner answer.</summary>
/// <param name="Heading">What stands behind the number; may be empty.</param>
/// <param name="Extracts">Lines taken over from the sources.</param>
public sealed record RefinerSection(string Heading, IReadOnlyList<string> Extracts);
