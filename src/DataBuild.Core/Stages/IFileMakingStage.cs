namespace DataBuild;

/// <summary>
/// A corpus stage whose merge makes files: a tokenizer, a model, a report. It writes them to <see cref="StageContext.FilesDirectory"/>; packaging publishes them in a
/// folder with the stage's name, and later stages read them through file options whose value is <c>@name</c> or <c>@name/file</c>.
/// </summary>
public interface IFileMakingStage
{
    /// <summary>Names of the files, the one that <c>@name</c> stands for first.</summary>
    IReadOnlyList<string> MadeFiles { get; }
}
