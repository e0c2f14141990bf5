using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using DataBuild.Tests;

namespace DataBuild.EndToEnd.Tests;

/// <summary>Runs the <c>dotnet</c> command as a user does.</summary>
internal static class DotNet
{
    /// <summary>The portable runtime identifier; what the runtime says of itself may name a distribution.</summary>
    public static string Platform =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + "-" + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    /// <summary>Where the runtime lies that runs this test, wherever it was installed: programs that a tool package brings look for it there.</summary>
    public static string Root => Path.GetDirectoryName(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? Environment.ProcessPath)!;

    /// <summary>Runs to the end; the log is read from a binary log.</summary>
    public static BuildResult Run(string folder, params string[] arguments)
    {
        using RunningBuild build = Start(folder, arguments);
        return build.Wait();
    }

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    public static string Execute(string folder, string program) => Command(folder, program);

    /// <summary>Runs a command of <c>dotnet</c> that is no build; returns what it printed.</summary>
    public static string Command(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}:\n{output}\n{error.Result}");
        return output;
    }

    /// <summary>Starts a build that the test goes on beside.</summary>
    public static RunningBuild Start(string folder, params string[] arguments)
    {
        string log = Path.Combine(Path.GetTempPath(), $"databuild-{Guid.NewGuid():N}.binlog");
        ProcessStartInfo start = new("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.ArgumentList.Add($"-bl:{log}");
        start.ArgumentList.Add("-tl:off");
        start.ArgumentList.Add("-nodeReuse:false");
        // What the test host's own build set must not reach the build under test.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) && k != "MSBUILDDISABLENODEREUSE").ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        return new RunningBuild(Process.Start(start)!, log);
    }
}

/// <summary>A build under way.</summary>
internal sealed class RunningBuild : IDisposable
{
    private readonly Process _process;
    private readonly string _log;
    private readonly StringBuilder _output = new();

    public RunningBuild(Process process, string log)
    {
        _process = process;
        _log = log;
        process.OutputDataReceived += (_, e) => Append(e.Data);
        process.ErrorDataReceived += (_, e) => Append(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What the build printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The binary log, which lies there until this is disposed.</summary>
    public string BinaryLog => _log;

    /// <summary>What Ctrl+C in a terminal does.</summary>
    public void Interrupt() => InterruptSignal.Send(_process.Id);

    /// <summary>
    /// What the system does to a process that takes too much memory: no process of the build can do anything about it. The worker is spared unless asked for.
    /// </summary>
    public void Kill(bool withChildren = false)
    {
        // MSBuild's own children end with it; killing the whole tree takes the worker too.
        _process.Kill(withChildren);
        _process.WaitForExit();
    }

    /// <summary>Waits for something that the build does; fails when it ends without.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        while (!condition())
        {
            Assert.False(_process.HasExited, $"the build ended early:\n{_output}");
            Thread.Sleep(50);
        }
    }

    public BuildResult Wait()
    {
        // A build that hangs must fail its test, not stop the whole run.
        if (!_process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            _process.Kill(entireProcessTree: true);
            lock (_output)
            {
                Assert.Fail($"the build did not end within 5 minutes:\n{_output}");
            }
        }

        _process.WaitForExit();
        lock (_output)
        {
            return BuildResult.Read(_process.ExitCode, _output.ToString(), _log);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        File.Delete(_log);
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
