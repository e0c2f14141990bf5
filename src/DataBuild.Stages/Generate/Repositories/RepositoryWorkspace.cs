using DataBuild.Stages.Sandboxing;

namespace DataBuild.Stages.Generate.Repositories;

/// <summary>
/// A repository at a commit, in a folder of its own, and what runs there. All of it runs in the sandbox, git too: a repository may bring links, filters and hooks. The environment is
/// made once and copied for each run, always to the same place, so that paths in it stay right.
/// </summary>
internal sealed class RepositoryWorkspace : IDisposable
{
    private const int NoCommit = 90;
    private const int NoPatch = 91;
    private const int NoSetup = 92;

    // Exit codes tell which step failed; what the steps say goes to files.
    private const string Driver =
        """
        set -u
        export HOME="$PWD/home" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0
        mkdir -p home
        case "$1" in
          checkout)
            git init -q repo && cd repo && git bundle unbundle ../source.bundle >/dev/null && git checkout -q --detach "$2" || exit 90
            git ls-files ;;
          setup)
            rm -rf repo && git init -q repo && cd repo && git bundle unbundle ../source.bundle >/dev/null && git checkout -q --detach "$2" || exit 90
            bash -ux ../setup.sh > ../setup.log 2>&1 || exit 92
            cd .. && rm -rf pristine && cp -a repo pristine ;;
          before|after)
            rm -rf repo && cp -a pristine repo
            if [ "$1" = after ] && [ -s patch.diff ]; then (cd repo && git apply --whitespace=nowarn ../patch.diff) > after.log 2>&1 || exit 91; fi
            bash evaluation.sh > "$1.log" 2>&1
            exit 0 ;;
        esac
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-repository-").FullName;
    private readonly RepositoryToolchain _toolchain;
    private readonly RepositoryInstance _instance;
    private readonly CancellationToken _cancellation;

    public RepositoryWorkspace(RepositoryToolchain toolchain, RepositoryInstance instance, string bundle, CancellationToken cancellation)
    {
        (_toolchain, _instance, _cancellation) = (toolchain, instance, cancellation);
        File.Copy(bundle, PathOf("source.bundle"));
        File.WriteAllText(PathOf("driver.sh"), Driver);
        File.WriteAllText(PathOf("patch.diff"), instance.Patch);
        File.WriteAllText(PathOf("test.diff"), instance.TestPatch);
    }

    /// <summary>True where the environment has been made here.</summary>
    public bool IsMade { get; private set; }

    /// <summary>Names of the files at the commit; null where there is no such commit.</summary>
    public string[]? List()
    {
        SandboxResult checkout = Step("checkout", _instance.BaseCommit);
        return checkout.ExitCode == 0 ? checkout.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : null;
    }

    /// <summary>The text of a file at the commit, cut at a length; null where it has none.</summary>
    public string? Show(string file, int length)
    {
        SandboxResult result = _toolchain.Run(["/usr/bin/git", "-C", "repo", "show", "HEAD:" + file], _folder, network: false, _cancellation);
        return result.ExitCode != 0 || result.Output.Contains('\0', StringComparison.Ordinal) ? null
            : result.Output.Length <= length ? result.Output : result.Output[..length] + "\n...";
    }

    /// <summary>Makes the environment and runs the tests with the change.</summary>
    public RepositoryRun RunAfter(string setup, string evaluation, MarkerRule rule, int logLength)
    {
        IsMade = false;
        File.WriteAllText(PathOf("setup.sh"), setup);
        File.WriteAllText(PathOf("commands.sh"), evaluation);
        File.WriteAllText(PathOf("evaluation.sh"), Evaluation());
        SandboxResult made = Step("setup", _instance.BaseCommit, _toolchain.SetupNetwork);
        if (made.Limit is not null || made.ExitCode != 0)
        {
            string fault = made.Limit ?? (made.ExitCode == NoCommit ? "no_commit" : "setup_failed");
            return new RepositoryRun(fault, null, null, false, made.ExitCode == NoSetup || made.Limit is not null ? Read("setup.log", rule, logLength).Tail : made.Errors);
        }

        IsMade = true;
        SandboxResult run = Step("after");
        ExitCodeLog log = Read("after.log", rule, logLength);
        return new RepositoryRun(run.Limit ?? (run.ExitCode == NoPatch ? "patch_does_not_apply" : null), log.ExitCode, null, false, log.Tail);
    }

    /// <summary>Runs the tests without the change, in the environment that was made.</summary>
    public ExitCodeLog RunBefore(MarkerRule rule, int logLength)
    {
        SandboxResult run = Step("before");
        ExitCodeLog log = Read("before.log", rule, logLength);
        return run.Limit is null ? log : log with { ExitCode = null };
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whatever rights the repository's programs gave their files, they go.
            _toolchain.Run(["/bin/bash", "-c", "chmod -R u+rwX . 2>/dev/null; rm -rf repo pristine home"], _folder, network: false, CancellationToken.None);
            Directory.Delete(_folder, recursive: true);
        }
    }

    // As published: test files as at the commit, the change of the tests, the tests, their exit code as a line of the log.
    private string Evaluation()
    {
        string files = string.Join(' ', _instance.TestFiles.Select(f => "'" + f.Replace("'", "'\\''", StringComparison.Ordinal) + "'"));
        string checkout = files.Length == 0 ? "" : $"git checkout -q {_instance.BaseCommit} -- {files}\n";
        return $"set -uxo pipefail\ncd repo\n{checkout}[ ! -s ../test.diff ] || git apply --verbose --whitespace=nowarn ../test.diff || exit 0\nbash -ux -o pipefail ../commands.sh\nrc=$?\n{checkout}echo \"{ExitCodeLog.Marker}=$rc\"\n";
    }

    private ExitCodeLog Read(string name, MarkerRule rule, int logLength)
    {
        // A program under test may have put a link in the log's place: it is not followed.
        FileInfo file = new(PathOf(name));
        if (!file.Exists || file.LinkTarget is not null)
        {
            return new ExitCodeLog(null, false, "");
        }

        using FileStream stream = file.OpenRead();
        return ExitCodeLog.Read(stream, rule, logLength);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private SandboxResult Step(string name, string argument = "", bool network = false) => _toolchain.Run(["/bin/bash", "driver.sh", name, argument], _folder, network, _cancellation);
}
