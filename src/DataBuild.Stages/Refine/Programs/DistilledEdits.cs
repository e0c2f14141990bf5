namespace DataBuild.Stages.Refine.Programs;

/// <summary>What <see cref="EditDistiller"/> made of a pair of texts.</summary>
/// <param name="Program">The program; null where the pair is discarded.</param>
/// <param name="Reason">Why the pair is discarded; null where it is not.</param>
/// <param name="Deleted">Characters that the refined text lacks.</param>
/// <param name="Skipped">Deletions that no operation can express, and that the program leaves out.</param>
public readonly record struct DistilledEdits(EditProgram? Program, string? Reason, int Deleted, int Skipped);
