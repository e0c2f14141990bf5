using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DataBuild.Worker.Progress;

/// <summary>Draws a followed build: a block for each dataset, a line with a bar for each stage. Nothing is wider or higher than the terminal.</summary>
internal static class BuildDisplay
{
    private const int NarrowWidth = 100;

    /// <summary>The build as it is now.</summary>
    /// <param name="state">Build.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="height">Lines of the terminal.</param>
    public static IRenderable Render(BuildState state, int width, int height)
    {
        List<IRenderable> lines = [];
        if (state.Datasets.Count == 0 && state.Succeeded is null)
        {
            lines.Add(Line($"[grey]{Markup.Escape(Fit(state.Activity.Length == 0 ? "starting" : state.Activity, width - 2))}[/]"));
        }

        int room = Math.Max(3, ((height - 3) / Math.Max(1, state.Datasets.Count)) - 2);
        foreach (DatasetState dataset in state.Datasets)
        {
            lines.Add(Line(Heading(dataset, state, width)));
            lines.AddRange(Shown(dataset, room).Select(s => s is null ? Line("    [grey]…[/]") : Line(StageLine(s, dataset, width))));
        }

        // At the end they are told in full below.
        if (state.Errors + state.Warnings > 0 && state.Succeeded is null)
        {
            lines.Add(Line("  " + Counts(state)));
        }

        return new Rows(lines);
    }

    /// <summary>Errors and warnings in number, as markup; empty where there are none.</summary>
    public static string Counts(BuildState state)
    {
        string errors = state.Errors > 0 ? $"[red]{state.Errors} error{(state.Errors == 1 ? "" : "s")}[/]" : "";
        string warnings = state.Warnings > 0 ? $"[yellow]{state.Warnings} warning{(state.Warnings == 1 ? "" : "s")}[/]" : "";
        return errors.Length > 0 && warnings.Length > 0 ? $"{errors} and {warnings}" : errors + warnings;
    }

    /// <summary>A duration of seconds as <c>0:42</c> or <c>1:02:03</c>.</summary>
    public static string Duration(double seconds)
    {
        TimeSpan time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:D2}:{time.Seconds:D2}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:D2}");
    }

    /// <summary>A number in at most five characters: <c>999</c>, <c>12.3k</c>, <c>4.56M</c>.</summary>
    public static string Short(double number) => number switch
    {
        >= 1e9 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e9:0.00}G"),
        >= 1e7 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e6:0.0}M"),
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e6:0.00}M"),
        >= 1e4 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e3:0.0}k"),
        >= 100 => string.Create(CultureInfo.InvariantCulture, $"{number:0}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{number:0.#}"),
    };

    private static Markup Line(string markup) => new(markup) { Overflow = Overflow.Crop };

    private static string Heading(DatasetState dataset, BuildState state, int width)
    {
        string left = dataset.Result.Length > 0 ? dataset.Result
            : dataset.Inputs > 0 ? string.Create(CultureInfo.InvariantCulture, $"{dataset.Inputs} inputs, {dataset.InputBytes / 1e6:N0} MB")
            : state.Activity;
        string right = $"{(dataset.Phase.Length > 0 && state.Succeeded is null ? dataset.Phase.ToLowerInvariant() + "  " : "")}{Duration(dataset.Elapsed.TotalSeconds)}";
        string middle = Fit(left, Math.Max(0, width - dataset.Name.Length - right.Length - 6));
        string space = new(' ', Math.Max(1, width - 1 - dataset.Name.Length - 2 - middle.Length - right.Length - 1));
        return $" [bold]{Markup.Escape(dataset.Name)}[/]  [grey]{Markup.Escape(middle)}[/]{space}{right}";
    }

    /// <summary>The stages that fit: what is running and what comes next matters more than what is done. Null stands for stages left out.</summary>
    private static List<StageState?> Shown(DatasetState dataset, int room)
    {
        if (dataset.Stages.Count <= room)
        {
            return [.. dataset.Stages];
        }

        int current = dataset.Stages.FindIndex(s => !s.Finished);
        int from = Math.Clamp((current < 0 ? dataset.Stages.Count : current) - 1, 0, dataset.Stages.Count - room + 1);
        return [.. from > 0 ? new StageState?[] { null } : [], .. dataset.Stages.Skip(from).Take(room - (from > 0 ? 1 : 0))];
    }

    private static string StageLine(StageState stage, DatasetState dataset, int width)
    {
        int nameWidth = Math.Clamp(dataset.Stages.Max(s => s.Name.Length), 8, 20);
        int bar = width < NarrowWidth ? 20 : 36;
        string name = Fit(stage.Name, nameWidth).PadRight(nameWidth);
        if (!stage.Started)
        {
            return $"   [grey]{Markup.Escape(name)}  {new string('─', bar)}[/]";
        }

        int full = (int)Math.Floor((stage.Share ?? 0) * bar);
        string drawn = $"[{(stage.Finished ? "green" : "blue")}]{new string('━', full)}[/][grey]{new string('─', bar - full)}[/]";
        return $" {(stage.Finished ? "[green]✓[/]" : "[blue]•[/]")} {Markup.Escape(name)}  {drawn}  {(stage.Finished ? Done(stage) : Running(stage, width))}";
    }

    private static string Done(StageState stage)
    {
        double dropped = stage.In == 0 ? 0 : 100.0 * (stage.In - stage.Kept) / stage.In;
        string kept = $"{Short(stage.In),6} → {Short(stage.Kept),-6}";
        string share = stage.In == stage.Kept ? "" : string.Create(CultureInfo.InvariantCulture, $"-{dropped:0.#} %");
        return $"{kept} {share,-8}{(stage.FromStore ? "[grey]from the store[/]" : "")}";
    }

    private static string Running(StageState stage, int width)
    {
        string percent = stage.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $"{100 * share,3:0} %") : "     ";
        string documents = $"{Short(stage.Documents),6} docs";
        string rate = width < NarrowWidth ? $"{Short(stage.Rate),5}/s" : $"{Short(stage.Rate),6} docs/s";
        string left = stage.SecondsLeft is { } seconds ? $"{Duration(seconds)} left" : stage.Share >= 1 ? "merging" : "";
        return $"{percent} {documents} {rate}  [grey]{left}[/]";
    }

    private static string Fit(string text, int width) => width <= 0 ? "" : text.Length <= width ? text : width == 1 ? "…" : string.Concat(text.AsSpan(0, width - 1), "…");
}
