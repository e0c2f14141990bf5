using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using DataBuild.Tests;

namespace DataBuild.Engine.Tests;

/// <summary>Token files of a dataset, read by readers that are written from the layouts alone: a Python script, and DuckDB for Parquet.</summary>
internal static class TokenFiles
{
    /// <summary>Reads the sequences of the files in their order; skips the test where there is no Python.</summary>
    /// <param name="folder">Folder of the token files.</param>
    /// <param name="format">Name of the format, as the Tokenize stage takes it; ids of four bytes.</param>
    public static int[][] Read(string folder, string format)
    {
        if (format == "Parquet")
        {
            return [.. DuckDbQuery.Rows($"SELECT input_ids FROM '{folder}/train-*.parquet'", r => ((IEnumerable<int>)r.GetValue(0)).ToArray())];
        }

        ProcessStartInfo start = new("python3", [Path.Combine(TestPaths.RepositoryRoot, "tests", "tokens", "read_tokens.py"), format.ToLowerInvariant(), folder, "4"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process python;
        try
        {
            python = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new SkipException("python3 is not on this machine");
        }

        using (python)
        {
            Task<string> errors = python.StandardError.ReadToEndAsync();
            string output = python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            Assert.True(python.ExitCode == 0, errors.Result);
            return JsonSerializer.Deserialize<int[][]>(output)!;
        }
    }
}
