namespace DataBuild;

/// <summary>What a stage may know of the build around it.</summary>
public sealed class StageContext
{
    private readonly Action<StageNote>? _report;
    private readonly string? _filesDirectory;

    /// <summary>Creates a context.</summary>
    public StageContext(string projectDirectory, string scratchDirectory, int threads = 1, Action<StageNote>? report = null, CancellationToken cancellation = default)
    {
        ProjectDirectory = projectDirectory;
        ScratchDirectory = scratchDirectory;
        Threads = threads;
        Cancellation = cancellation;
        _report = report;
    }

    /// <summary>Folder of the dataset project.</summary>
    public string ProjectDirectory { get; }

    /// <summary>An empty folder for temporary files, removed after the action.</summary>
    public string ScratchDirectory { get; }

    /// <summary>An empty folder into which the merge of an <see cref="IFileMakingStage"/> writes its files.</summary>
    /// <exception cref="InvalidOperationException">The stage is none, or it is not merging.</exception>
    public string FilesDirectory
    {
        get => _filesDirectory ?? throw new InvalidOperationException("files are made by the merge of an IFileMakingStage alone");
        init => _filesDirectory = value;
    }

    /// <summary>Properties of the project that reach the plan, by name (<c>DataBuildExecutionProvider</c>). A stage may only use those that never change an output.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>Threads a merge may use. Results must not depend on it.</summary>
    public int Threads { get; }

    /// <summary>Signalled when the build is cancelled.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>Says something to the person who builds: a warning or a message with a code.</summary>
    public void Report(StageNote note) => _report?.Invoke(note);
}

/// <summary>Something a stage says during a build.</summary>
/// <param name="Code">Diagnostic code (<c>DB4002</c>).</param>
/// <param name="IsWarning">Warning, or plain message.</param>
/// <param name="Message">What happened, and what to do.</param>
/// <param name="File">The file it is about, if any.</param>
public readonly record struct StageNote(string Code, bool IsWarning, string Message, string? File = null);

/// <summary>A stage cannot work: a wrong option, an unreadable model, a missing execution provider.</summary>
public sealed class StageException : DiagnosticException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">Diagnostic code (<c>DB4001</c>).</param>
    /// <param name="message">What was found, what was expected.</param>
    /// <param name="file">The file it is about, if any.</param>
    /// <param name="inner">Cause.</param>
    public StageException(string code, string message, string? file = null, Exception? inner = null)
        : base(code, message, file, 0, inner)
    {
    }
}
