using System.Globalization;
using DataBuild.Stages.Generate.Code;
using DataBuild.Stages.Sandboxing;

namespace DataBuild.Stages.Generate.Repositories;

/// <summary>What the tests of repositories run with: the sandbox, and the machine's .NET, Python and git.</summary>
internal sealed class RepositoryToolchain
{
    private readonly Sandbox _sandbox;
    private readonly SandboxLimits _limits;
    private readonly List<string> _readable;
    private readonly Dictionary<string, string> _environment;

    /// <summary>Finds the tools.</summary>
    /// <exception cref="StageException">DB4019: there is no git in the sandbox.</exception>
    public RepositoryToolchain(string stage, Sandbox sandbox, SandboxLimits limits, bool setupNetwork, string pythonName, IReadOnlyList<string> readable, IReadOnlyList<string> variables)
    {
        (_sandbox, _limits, SetupNetwork) = (sandbox, limits, setupNetwork);
        _readable = [CSharpProgram.HostFolder, .. readable.Where(Directory.Exists)];
        List<string> path = [CSharpProgram.HostFolder];
        string python = "no Python";
        try
        {
            PythonInterpreter found = PythonInterpreter.Find(pythonName);
            python = found.Version;
            _readable.AddRange(found.Folders);
            path.Insert(0, System.IO.Path.GetDirectoryName(found.Path)!);
        }
        catch (StageException)
        {
            // Repositories in other languages need none; those that do say so in their logs.
        }

        _environment = new Dictionary<string, string>(PythonInterpreter.Environment)
        {
            ["PATH"] = string.Join(':', path) + ":/usr/local/bin:/usr/bin:/bin",
            ["DOTNET_ROOT"] = CSharpProgram.HostFolder,
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_NOLOGO"] = "1",
        };
        foreach ((string name, string value) in CSharpProgram.Environment(limits))
        {
            _environment[name] = value;
        }

        foreach (string variable in variables)
        {
            int at = variable.IndexOf('=', StringComparison.Ordinal);
            _environment[at < 0 ? variable : variable[..at]] = at < 0 ? "" : variable[(at + 1)..];
        }

        SandboxResult git = Run(["/usr/bin/git", "--version"], System.IO.Path.GetTempPath(), network: false, CancellationToken.None);
        if (git.ExitCode != 0)
        {
            throw new StageException("DB4019", $"the stage '{stage}' checks repositories out by git, and there is none at /usr/bin/git: exit code {git.ExitCode}, {git.Errors.Trim()}");
        }

        Key = string.Create(CultureInfo.InvariantCulture, $"{git.Output.Trim()}; {python}; .NET {Environment.Version}; {limits}; {setupNetwork}");
    }

    /// <summary>Whether the setup of an environment may use the network.</summary>
    public bool SetupNetwork { get; }

    /// <summary>Versions and limits, for keys.</summary>
    public string Key { get; }

    /// <summary>Runs a program with a folder that it may write to as its working folder.</summary>
    public SandboxResult Run(IReadOnlyList<string> command, string folder, bool network, CancellationToken cancellation) =>
        _sandbox.Run(command, "", folder, _readable, _limits with { Network = network }, isWritable: true, _environment, cancellation);
}
