using System.Diagnostics;

namespace DataBuild.Stages.Generate.Code;

/// <summary>A Python interpreter of this machine.</summary>
/// <param name="Path">The program itself, behind links and launchers.</param>
/// <param name="Version">What it says of itself, for keys.</param>
/// <param name="Folders">Folders that it reads.</param>
public sealed record PythonInterpreter(string Path, string Version, IReadOnlyList<string> Folders)
{
    /// <summary>Environment variables for runs that come out the same each time.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string> { ["PYTHONHASHSEED"] = "0", ["PYTHONUTF8"] = "1", ["PYTHONDONTWRITEBYTECODE"] = "1" };

    /// <summary>Finds an interpreter by asking it.</summary>
    /// <exception cref="StageException">DB4098: there is none, or it does not answer.</exception>
    public static PythonInterpreter Find(string name)
    {
        try
        {
            ProcessStartInfo start = new(name, ["-c", "import os, sys; print(os.path.realpath(sys.executable)); print(sys.base_prefix); print(sys.version.replace('\\n', ' '))"]) { RedirectStandardOutput = true };
            using Process process = Process.Start(start)!;
            string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            return process.ExitCode == 0 && lines.Length == 3 && File.Exists(lines[0])
                ? new PythonInterpreter(lines[0], "Python " + lines[2], [lines[1]])
                : throw new StageException("DB4098", $"'{name}' does not answer as a Python interpreter does: exit code {process.ExitCode}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new StageException("DB4098", $"there is no Python interpreter '{name}' to test Python programs with: {e.Message}", inner: e);
        }
    }
}
