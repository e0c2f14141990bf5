namespace DataBuild.Stages.Generate.Repositories;

/// <summary>An environment in which the tests of a repository have run.</summary>
/// <param name="Repository">Name of the repository.</param>
/// <param name="Version">Version that it was made for.</param>
/// <param name="Setup">Script that makes it.</param>
/// <param name="Evaluation">Commands that run the tests.</param>
public sealed record PooledEnvironment(string Repository, string Version, string Setup, string Evaluation);
