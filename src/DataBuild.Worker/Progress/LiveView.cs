using Spectre.Console;

namespace DataBuild.Worker.Progress;

/// <summary>Keeps the drawing of a build on the terminal until the build ends.</summary>
internal static class LiveView
{
    /// <summary>Draws until there is nothing more to come.</summary>
    public static Task RunAsync(BuildState state, Func<bool> ended, TimeSpan interval, CancellationToken cancellation) =>
        AnsiConsole.Live(new Markup("")).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async context =>
        {
            while (true)
            {
                bool last = ended();
                lock (state)
                {
                    context.UpdateTarget(BuildDisplay.Render(state, AnsiConsole.Profile.Width, AnsiConsole.Profile.Height));
                }

                if (last || cancellation.IsCancellationRequested)
                {
                    return;
                }

                await Task.Delay(interval, CancellationToken.None).ConfigureAwait(false);
            }
        });

    /// <summary>Writes what stays below the drawing: errors, warnings, the outcome.</summary>
    public static void WriteEnd(BuildState state)
    {
        foreach (string note in state.Notes)
        {
            AnsiConsole.WriteLine(TerminalText.Lines(note));
        }

        foreach ((bool isError, string text) in state.Diagnostics)
        {
            AnsiConsole.MarkupLineInterpolated(isError ? (FormattableString)$"[red]{text}[/]" : $"[yellow]{text}[/]");
        }

        if (state.Succeeded is not { } succeeded)
        {
            return;
        }

        string count = BuildDisplay.Counts(state);
        AnsiConsole.MarkupLine($"{(succeeded ? "[green]Build succeeded[/]" : "[red]Build failed[/]")}{(count.Length > 0 ? " with " + count : "")}");
        foreach (DatasetState dataset in state.Datasets.Where(d => succeeded && d.Output.Length > 0))
        {
            AnsiConsole.MarkupLineInterpolated($"  {dataset.Name} [grey]→[/] {Near(dataset.Output)}");
        }
    }

    /// <summary>The path as it is shortest from here.</summary>
    private static string Near(string path)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.Length < path.Length && !relative.StartsWith("..", StringComparison.Ordinal) ? relative : path;
    }
}
