namespace DataBuild.Stages.Generate.Repositories;

/// <summary>Grading by exit codes alone (SWE-Factory, Guo et al. 2025, arXiv 2506.10954).</summary>
public static class ExitCodeGrade
{
    /// <summary>The category of two runs.</summary>
    /// <param name="before">Exit code of the tests before the change; null where there is none.</param>
    /// <param name="after">Exit code after it.</param>
    public static RunCategory Of(int? before, int? after) => (before, after) switch
    {
        (null, _) or (_, null) => RunCategory.Error,
        (0, 0) => RunCategory.Pass2Pass,
        (0, _) => RunCategory.Pass2Fail,
        (_, 0) => RunCategory.Fail2Pass,
        _ => RunCategory.Fail2Fail,
    };

    /// <summary>The name of a category, as published: <c>fail2pass</c>.</summary>
    public static string NameOf(RunCategory category) => category.ToString().ToLowerInvariant();
}
