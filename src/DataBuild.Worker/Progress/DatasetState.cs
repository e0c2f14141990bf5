using System.Diagnostics;
using DataBuild.Engine.Packaging;

namespace DataBuild.Worker.Progress;

/// <summary>How far the build of one dataset is.</summary>
internal sealed class DatasetState(string name)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _before;

    public string Name => name;

    public List<StageState> Stages { get; } = [];

    public int Inputs { get; set; }

    public long InputBytes { get; set; }

    /// <summary>Process that computes it; 0 when unknown.</summary>
    public int Process { get; private set; }

    /// <summary>Phase or target that runs.</summary>
    public string Phase { get; set; } = "";

    /// <summary>What it said last, such as the size of the finished dataset.</summary>
    public string Result { get; set; } = "";

    /// <summary>Folder or manifest of the finished dataset; empty while unknown.</summary>
    public string Output { get; set; } = "";

    /// <summary>Time since its process began; since it was followed where that is not known.</summary>
    public TimeSpan Elapsed => _before + _clock.Elapsed;

    /// <summary>True while the process that computes it runs.</summary>
    public bool IsAlive
    {
        get
        {
            using Process? process = Find(Process);
            return process is { HasExited: false };
        }
    }

    /// <summary>Names the process that computes it, whose start is that of the work.</summary>
    public void Follow(int process)
    {
        Process = process;
        using Process? found = Find(process);
        if (found is { HasExited: false })
        {
            _before = DateTime.Now - found.StartTime - _clock.Elapsed;
        }
    }

    public void Stop() => _clock.Stop();

    /// <summary>The finished dataset has been told of: what the last stage kept is in it.</summary>
    public void Packaged(bool unchanged)
    {
        int last = Stages.FindIndex(s => s.Name == DatasetPackager.StageName);
        if (last > 0)
        {
            StageState package = Stages[last];
            package.Started = package.Finished = true;
            package.Share = 1;
            package.In = package.Kept = Stages[last - 1].Kept;
            package.FromStore = unchanged;
        }
    }

    private static Process? Find(int process)
    {
        try
        {
            return process > 0 ? System.Diagnostics.Process.GetProcessById(process) : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    public StageState Stage(string stage)
    {
        StageState? known = Stages.Find(s => s.Name == stage);
        if (known is null)
        {
            known = new StageState(stage);
            Stages.Add(known);
        }

        return known;
    }
}
