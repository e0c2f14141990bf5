using System.Diagnostics;
using DataBuild.Engine.Packaging;

namespace DataBuild.Worker.Progress;

/// <summary>How far the build of one dataset is.</summary>
internal sealed class DatasetState(string name)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public string Name => name;

    public List<StageState> Stages { get; } = [];

    public int Inputs { get; set; }

    public long InputBytes { get; set; }

    /// <summary>Process that computes it; 0 when unknown.</summary>
    public int Process { get; set; }

    /// <summary>Phase or target that runs.</summary>
    public string Phase { get; set; } = "";

    /// <summary>What it said last, such as the size of the finished dataset.</summary>
    public string Result { get; set; } = "";

    /// <summary>Folder or manifest of the finished dataset; empty while unknown.</summary>
    public string Output { get; set; } = "";

    /// <summary>Time that it had run before it was followed.</summary>
    public TimeSpan Before { get; set; }

    public TimeSpan Elapsed => Before + _clock.Elapsed;

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
