namespace DataBuild.Stages.Generate.Code;

/// <summary>A program after a step, or why there is none.</summary>
/// <param name="Program">The program; null where the step was rejected.</param>
/// <param name="Reason">Why it was rejected; null where it was not.</param>
internal readonly record struct CodeEdit(string? Program, string? Reason)
{
    public static CodeEdit Made(string program) => new(program, null);

    public static CodeEdit Rejected(string reason) => new(null, reason);
}
