using System.Globalization;
using System.Text.Json;

namespace DataBuild.Worker.Progress;

/// <summary>What a build has told so far: datasets with their stages, errors and warnings.</summary>
internal sealed class BuildState
{
    private const int MostDiagnostics = 200;
    private string _phase = "";

    public List<DatasetState> Datasets { get; } = [];

    /// <summary>Errors and warnings in MSBuild's form.</summary>
    public List<(bool IsError, string Text)> Diagnostics { get; } = [];

    /// <summary>What the project's own targets said, and the last words of a worker that died.</summary>
    public List<string> Notes { get; } = [];

    public int Errors { get; private set; }

    public int Warnings { get; private set; }

    /// <summary>Whether the build succeeded; null while it runs.</summary>
    public bool? Succeeded { get; private set; }

    /// <summary>Target that runs, before a dataset does.</summary>
    public string Activity { get; private set; } = "";

    /// <summary>Takes in an event of a worker or of the logger.</summary>
    public void Take(JsonElement e)
    {
        switch (e.GetProperty("event").GetString())
        {
            case "plan":
                Plan(e);
                break;
            case "phase":
                // A worker tells its first phase before the plan that names the dataset.
                _phase = Text(e, "phase");
                if (Current is { } current)
                {
                    current.Phase = _phase;
                }

                break;
            case "progress":
                Progress(e);
                break;
            case "stage":
                Finish(e);
                break;
            case "target":
                Activity = $"{Text(e, "project")} {Text(e, "name")}";
                break;
            case "message":
                Message(Text(e, "task"), Text(e, "text"));
                break;
            case "diagnostic":
                Diagnostic(e);
                break;
            case "end":
                Succeeded = e.GetProperty("ok").GetBoolean();
                Datasets.ForEach(d => d.Stop());
                break;
        }
    }

    /// <summary>Takes in what the worker of a dataset has written to its file; errors, warnings and the end come from the build itself.</summary>
    public void TakeWorker(JsonElement e, string dataset)
    {
        Current = Named(dataset);
        if (e.GetProperty("event").GetString() is "plan" or "phase" or "progress" or "stage" or "message")
        {
            Take(e);
        }
    }

    /// <summary>Forgets a dataset, because its build begins anew.</summary>
    public void Restart(string dataset)
    {
        Datasets.RemoveAll(d => d.Name == dataset);
        Current = null;
    }

    private void Plan(JsonElement e)
    {
        DatasetState dataset = Dataset(e);
        dataset.Inputs = (int)Number(e, "inputs");
        dataset.InputBytes = (long)Number(e, "inputBytes");
        dataset.Follow((int)Number(e, "process"));
        dataset.Output = Text(e, "output");
        dataset.Phase = _phase;
        foreach (JsonElement stage in e.GetProperty("stages").EnumerateArray())
        {
            dataset.Stage(stage.GetString()!);
        }
    }

    private void Progress(JsonElement e)
    {
        StageState stage = Dataset(e).Stage(Text(e, "stage"));
        stage.Started = true;
        stage.Documents = (long)Number(e, "documents");
        stage.Seconds = Number(e, "seconds");
        stage.Share = e.TryGetProperty("share", out JsonElement share) ? share.GetDouble() : null;
    }

    private void Finish(JsonElement e)
    {
        StageState stage = Dataset(e).Stage(Text(e, "stage"));
        stage.Started = stage.Finished = true;
        stage.Share = 1;
        stage.In = (long)Number(e, "in");
        stage.Kept = (long)Number(e, "kept");
        stage.Documents = Math.Max(stage.Documents, (long)Number(e, "documents"));
        stage.FromStore = Number(e, "computed") + Number(e, "decided") == 0 && !(e.TryGetProperty("merged", out JsonElement merged) && merged.ValueKind == JsonValueKind.True);
    }

    private void Message(string task, string text)
    {
        string line = text.Trim();
        if (task == "Message")
        {
            Own(line);
            return;
        }

        if (line.StartsWith("worker: ", StringComparison.Ordinal))
        {
            Notes.Add(line);
            return;
        }

        DatasetState? dataset = Datasets.Find(d => line.StartsWith(d.Name + ":", StringComparison.Ordinal));
        if (dataset is not null)
        {
            dataset.Result = line[(dataset.Name.Length + 1)..].Trim();
            dataset.Packaged(unchanged: line.EndsWith("(unchanged)", StringComparison.Ordinal));
        }
        else if (line.EndsWith(": up to date", StringComparison.Ordinal))
        {
            Datasets.Add(new DatasetState(line[..^": up to date".Length]) { Result = "up to date" });
        }
    }

    /// <summary>A message of a target: a project's output, of which the dataset is the last, or what the project has to say itself.</summary>
    private void Own(string line)
    {
        int arrow = line.IndexOf(" -> ", StringComparison.Ordinal);
        if (arrow < 0)
        {
            Notes.Add(line);
        }
        else if (Datasets.Find(d => d.Name == line[..arrow]) is { } dataset)
        {
            dataset.Output = line[(arrow + 4)..];
        }
    }

    private void Diagnostic(JsonElement e)
    {
        bool isError = Text(e, "severity") == "error";
        Errors += isError ? 1 : 0;
        Warnings += isError ? 0 : 1;
        int line = (int)Number(e, "line");
        string file = Text(e, "file");
        string place = file.Length == 0 ? "" : line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{file}({line},{(int)Number(e, "column")}): ") : $"{file}: ";
        if (Diagnostics.Count < MostDiagnostics)
        {
            Diagnostics.Add((isError, $"{place}{Text(e, "severity")} {Text(e, "code")}: {Text(e, "message")}"));
        }
    }

    // A worker's events name the dataset in the plan only.
    private DatasetState? Current { get; set; }

    private DatasetState Dataset(JsonElement e)
    {
        string name = Text(e, "dataset");
        return Current = name.Length == 0 ? Current ?? Named("") : Named(name);
    }

    private DatasetState Named(string name)
    {
        DatasetState? dataset = Datasets.Find(d => d.Name == name);
        if (dataset is null)
        {
            dataset = new DatasetState(name);
            Datasets.Add(dataset);
        }

        return dataset;
    }

    private static string Text(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static double Number(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;
}
