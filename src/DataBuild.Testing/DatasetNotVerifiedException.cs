namespace DataBuild.Testing;

/// <summary>A dataset is not as its verified files say; the message holds the difference.</summary>
public sealed class DatasetNotVerifiedException(string message) : Exception(message);
