using System.Diagnostics;
using System.Text;

namespace DataBuild.Stages.Extract.MathPages;

/// <summary>
/// Renders pages with the text browser lynx, as NVIDIA's pipeline does (NeMo Curator 1e2e4275e, nemo_curator/stages/math/download/html_extractors/lynx.py): one process a page. It runs neither CSS nor
/// scripts; what it gives is the layout of blocks, tables and lists, with raw TeX and alternative texts kept.
/// </summary>
/// <param name="program">Path of lynx.</param>
/// <param name="timeout">How long a page may take.</param>
public sealed class LynxRenderer(string program, TimeSpan timeout)
{
    /// <summary>The arguments.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
        ["-dump", "-stdin", "-nolist", "-width=10000", "-assume_charset=utf-8", "-display_charset=utf-8", "-localhost", "-force_html"];

    /// <summary>The rendered text; empty where lynx fails or takes too long.</summary>
    /// <param name="html">The page.</param>
    /// <exception cref="StageException">DB4013: lynx cannot be started.</exception>
    public string Render(string html)
    {
        ProcessStartInfo start = new(program, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        using Process process = Start(start);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task input = WriteAsync(process, html);
        if (!process.WaitForExit(timeout))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return "";
        }

        Task.WaitAll(output, errors, input);
        return process.ExitCode == 0 ? output.Result : "";
    }

    private static async Task WriteAsync(Process process, string html)
    {
        try
        {
            await process.StandardInput.WriteAsync(html).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything; its exit status tells.
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or FileNotFoundException)
        {
            throw new StageException("DB4013", $"lynx cannot be started: {e.Message}; install it, or leave the option Lynx out and use the built-in renderer", program, e);
        }
    }
}
