namespace DataBuild.Stages.Generate.Repositories;

/// <summary>What a change does to the tests of its repository, by the exit codes of two runs.</summary>
public enum RunCategory
{
    /// <summary>The tests fail before the change and pass after it: what a task needs.</summary>
    Fail2Pass,

    /// <summary>They fail before and after.</summary>
    Fail2Fail,

    /// <summary>They pass before and after: they do not test the change.</summary>
    Pass2Pass,

    /// <summary>They pass before and fail after.</summary>
    Pass2Fail,

    /// <summary>One of the runs left no exit code.</summary>
    Error,
}
