namespace DataBuild.Tasks;

/// <summary>Codes of the diagnostics that the tasks themselves report. Next free number: DB0009.</summary>
internal static class DiagnosticCodes
{
    /// <summary>The worker process ended before it finished a phase.</summary>
    public const string WorkerCrashed = "DB0001";

    /// <summary>The worker could not be found or started.</summary>
    public const string WorkerMissing = "DB0002";

    /// <summary>The build was cancelled.</summary>
    public const string Cancelled = "DB0003";

    /// <summary>The worker reported failure and gave no error.</summary>
    public const string UnexplainedFailure = "DB0004";

    /// <summary>One input is listed more than once.</summary>
    public const string DuplicateCrawl = "DB0005";

    /// <summary>The plan could not be written.</summary>
    public const string PlanNotWritten = "DB0006";

    /// <summary>A property of the project has a value that is not allowed.</summary>
    public const string InvalidProperty = "DB0007";

    /// <summary>The worker's output does not follow the protocol.</summary>
    public const string ProtocolViolation = "DB0008";

    /// <summary>The page that explains a code.</summary>
    public static string HelpLink(string code) =>
        $"https://github.com/databuild/databuild/blob/main/docs/diagnostics/{code}.md";
}
