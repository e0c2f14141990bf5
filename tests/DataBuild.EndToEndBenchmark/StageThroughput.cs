using System.Text.Json;

namespace DataBuild.EndToEndBenchmark;

/// <summary>Documents per second of a stage in each tenth of its work, from the events of a build: flat where nothing grows with what has been done.</summary>
/// <param name="Stage">Name of the stage.</param>
/// <param name="Tenths">Documents per second in each tenth, in order of time.</param>
internal sealed record StageThroughput(string Stage, IReadOnlyList<double> Tenths)
{
    private const int Parts = 10;

    /// <summary>Reads the events that the last build of a project left.</summary>
    /// <param name="eventsFile">The <c>.databuild.events.jsonl</c> file.</param>
    /// <returns>The stages that told their progress often enough (at least twice a tenth), in order.</returns>
    public static IReadOnlyList<StageThroughput> Read(string eventsFile)
    {
        Dictionary<string, List<(double Seconds, double Documents)>> progress = [];
        List<string> order = [];
        foreach (string line in File.ReadLines(eventsFile))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.GetProperty("event").GetString() != "progress")
            {
                continue;
            }

            string stage = root.GetProperty("stage").GetString()!;
            if (!progress.TryGetValue(stage, out List<(double, double)>? points))
            {
                progress[stage] = points = [(0, 0)];
                order.Add(stage);
            }

            points.Add((root.GetProperty("seconds").GetDouble(), root.GetProperty("documents").GetDouble()));
        }

        return [.. order.Where(s => progress[s].Count > 2 * Parts).Select(s => new StageThroughput(s, TenthsOf(progress[s])))];
    }

    private static List<double> TenthsOf(List<(double Seconds, double Documents)> points)
    {
        double all = points[^1].Documents;
        List<double> times = [.. Enumerable.Range(0, Parts + 1).Select(i => TimeAt(points, all * i / Parts))];
        return [.. Enumerable.Range(0, Parts).Select(i => all / Parts / Math.Max(1e-3, times[i + 1] - times[i]))];
    }

    // Between two events the pace is taken as even.
    private static double TimeAt(List<(double Seconds, double Documents)> points, double documents)
    {
        int after = points.FindIndex(p => p.Documents >= documents);
        if (after <= 0)
        {
            return points[0].Seconds;
        }

        (double fromSeconds, double fromDocuments) = points[after - 1];
        (double toSeconds, double toDocuments) = points[after];
        return fromSeconds + ((toSeconds - fromSeconds) * (documents - fromDocuments) / (toDocuments - fromDocuments));
    }
}
