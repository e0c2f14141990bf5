namespace DataBuild.Engine.Inputs;

/// <summary>The digest that an input must have.</summary>
/// <param name="Sha256">Lower-case hexadecimal.</param>
/// <param name="Source">Who says so, for messages.</param>
/// <param name="Code">Diagnostic code where it is another.</param>
internal sealed record ExpectedDigest(string Sha256, string Source, string Code);
