namespace DataBuild.Stages.Generate.Repositories;

/// <summary>Which of several marks of an exit code in a log counts.</summary>
public enum MarkerRule
{
    /// <summary>The last line that is one: what the tested program prints comes before it.</summary>
    Last,

    /// <summary>The first place that holds <c>echo OMNIGRIL_EXIT_CODE=</c>, as in the published code; a tested program that prints it decides its own grade.</summary>
    First,
}
