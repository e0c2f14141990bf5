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
        foreach ((bool isError, string text) in state.Diagnostics)
        {
            AnsiConsole.MarkupLineInterpolated(isError ? (FormattableString)$"[red]{text}[/]" : $"[yellow]{text}[/]");
        }

        if (state.Succeeded is { } succeeded)
        {
            AnsiConsole.MarkupLine(succeeded ? "[green]Build succeeded.[/]" : "[red]Build failed.[/]");
        }
    }
}
