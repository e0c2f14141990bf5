namespace DataBuild.Stages.Sandboxing;

/// <summary>Whether programs of a dataset need a sandbox.</summary>
public enum SandboxMode
{
    /// <summary>Where there is none, nothing is run and the build fails.</summary>
    Required,

    /// <summary>They run without one; the build warns.</summary>
    None,
}
