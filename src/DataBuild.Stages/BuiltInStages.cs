namespace DataBuild.Stages;

/// <summary>Marks the assembly that holds the built-in stages.</summary>
public static class BuiltInStages;
