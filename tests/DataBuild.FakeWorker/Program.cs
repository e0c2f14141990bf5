using System.Security.Cryptography;
using System.Text.Json.Nodes;

// Speaks the worker's protocol. What it does in a phase stands in 'fake-worker.script' in the project's folder, in sections named by phase:
//   emit <json>       one event           error <text>      a line of error output
//   print <text>      a line of output that is no event
//   exit <code>       end the process     wait-for-cancel   end the phase at the cancel command
//   hang              ignore everything until killed
// A phase without a section succeeds; Package then writes the manifest and the record of the build as the real worker does.
// Commands received are appended to 'fake-worker.log' beside the script.
string? projectDirectory = null;
Console.Error.WriteLine("fake worker started");
while (Console.ReadLine() is { } line)
{
    JsonNode command = JsonNode.Parse(line)!;
    string name = (string)command["command"]!;
    if (name == "run")
    {
        string planPath = (string)command["plan"]!;
        JsonNode plan = JsonNode.Parse(File.ReadAllText(planPath))!;
        projectDirectory = (string)plan["projectDirectory"]!;
        string phase = (string)command["phase"]!;
        Log($"run {phase}");
        RunPhase(phase, planPath, plan);
    }
    else
    {
        Log(name);
    }
}

Log("end of input");
return 0;

void RunPhase(string phase, string planPath, JsonNode plan)
{
    string script = Path.Combine(projectDirectory!, "fake-worker.script");
    string[] steps = File.Exists(script) ? [.. Section(File.ReadLines(script), phase)] : [];
    foreach (string step in steps)
    {
        string[] words = step.Split(' ', 2);
        string argument = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
            case "emit":
            case "print":
                Console.WriteLine(argument);
                break;
            case "error":
                Console.Error.WriteLine(argument);
                break;
            case "exit":
                Environment.Exit(int.Parse(argument, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case "wait-for-cancel":
                Log("waiting");
                while (Console.ReadLine() is { } next && !next.Contains("\"cancel\"", StringComparison.Ordinal))
                {
                    Log(next);
                }

                Log("cancel");
                Console.WriteLine("""{"event":"done","ok":false}""");
                return;
            case "hang":
                Log("waiting");
                Thread.Sleep(Timeout.Infinite);
                break;
            default:
                throw new InvalidDataException($"'{script}': unknown step '{step}'");
        }
    }

    if (phase == "Package" && steps.Length == 0)
    {
        Package(planPath, plan);
    }

    if (!steps.Any(step => step.Contains("\"done\"", StringComparison.Ordinal)))
    {
        Console.WriteLine("""{"event":"done","ok":true}""");
    }
}

static void Package(string planPath, JsonNode plan)
{
    string output = (string)plan["outputDirectory"]!;
    Directory.CreateDirectory(Path.Combine(output, "data"));
    string manifest = Path.Combine(output, "manifest.json");
    string rows = Path.Combine(output, "data", "train-00000-of-00001.jsonl");
    File.WriteAllText(manifest, "{}\n");
    File.WriteAllText(rows, "{}\n");
    List<string> files = [manifest, rows, .. plan["crawl"]!.AsArray().Select(crawl => (string)crawl!["path"]!), .. plan["stageAssemblies"]!.AsArray().Select(a => (string)a!)];
    JsonObject state = new()
    {
        ["planDigest"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(planPath))),
        ["files"] = new JsonArray([.. files.Where(File.Exists).Select(path => (JsonNode)new JsonObject
        {
            ["path"] = path,
            ["length"] = new FileInfo(path).Length,
            ["mtimeTicks"] = File.GetLastWriteTimeUtc(path).Ticks,
        })]),
    };
    // The record must be younger than every file in it.
    Thread.Sleep(50);
    File.WriteAllText(planPath.Replace(".plan.json", ".uptodate.json", StringComparison.Ordinal), state.ToJsonString());
}

static IEnumerable<string> Section(IEnumerable<string> lines, string phase) =>
    lines.SkipWhile(l => l != $"[{phase}]").Skip(1).TakeWhile(l => !l.StartsWith('[')).Where(l => l.Length > 0);

void Log(string text)
{
    if (projectDirectory is not null)
    {
        File.AppendAllText(Path.Combine(projectDirectory, "fake-worker.log"), text + "\n");
    }
}
