using System.Reflection;

namespace DataBuild.Engine;

/// <summary>Version of the engine, as manifests state it.</summary>
public static class EngineVersion
{
    /// <summary>Semantic version.</summary>
    public static string Current { get; } = typeof(EngineVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
