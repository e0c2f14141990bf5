using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DataBuild.Stages.Generate.Repositories;

/// <summary>What the agents are told of a change, round by round, and how their answers are read.</summary>
internal sealed partial class RepositoryQuestion(RepositoryInstance instance, string issue, IReadOnlyList<string> files, PooledEnvironment? example)
{
    private const int MostFiles = 10;
    private const int MostNames = 2000;

    private readonly SortedDictionary<string, string> _shown = new(StringComparer.Ordinal);
    private AnalysisAnswer _advice = new(false, "", "", "");
    private string _log = "";

    /// <summary>True in the first round, and where the last one asked for more of the repository.</summary>
    public bool NeedsFiles { get; private set; } = true;

    /// <summary>True where the last round asked for another environment, or for nothing.</summary>
    public bool ChangesEnvironment => _advice.Environment.Length > 0 || _advice.Evaluation.Length == 0;

    /// <summary>True where the last round asked for other commands, or for nothing.</summary>
    public bool ChangesEvaluation => _advice.Evaluation.Length > 0 || _advice.Environment.Length == 0;

    /// <summary>Question to the agent that reads the repository.</summary>
    public string Context => Start().Append(Part("What to look for", _advice.Context)).Append(Part("Files", string.Join('\n', files.Take(MostNames)))).ToString();

    /// <summary>Names of files that an answer asks for; null where it is no such answer.</summary>
    public static IReadOnlyList<string>? Files(string answer) =>
        JsonAnswer.TryRead(answer, out JsonElement root) && root.ValueKind == JsonValueKind.Object && root.TryGetProperty("files", out JsonElement names) && names.ValueKind == JsonValueKind.Array
            ? [.. names.EnumerateArray().Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!).Take(MostFiles)]
            : null;

    /// <summary>The script of an answer: its first block of code, else all of it; null where it is empty.</summary>
    public static string? Script(string? answer)
    {
        if (answer is null)
        {
            return null;
        }

        Match block = Fence().Match(answer.ReplaceLineEndings("\n"));
        string script = (block.Success ? block.Groups[1].Value : answer.ReplaceLineEndings("\n")).Trim();
        return script.Length == 0 ? null : script + "\n";
    }

    /// <summary>Question to the agent that reads the log of a run.</summary>
    public static string Analysis(string setup, string evaluation, RepositoryRun run) => new StringBuilder()
        .Append(Part("Environment script", setup))
        .Append(Part("Test commands", evaluation))
        .Append(Part("Outcome", run.Fault ?? (run.After is { } code ? string.Create(CultureInfo.InvariantCulture, $"the tests ended with exit code {code}") : "the log has no exit code")))
        .Append(Part("End of the log", run.Log))
        .ToString();

    /// <summary>Takes in the files that an answer asks for.</summary>
    public void Show(string? answer, Func<string, string?> read)
    {
        NeedsFiles = false;
        foreach (string name in answer is null ? [] : Files(answer) ?? [])
        {
            if (files.Contains(name, StringComparer.Ordinal) && read(name) is { } text)
            {
                _shown[name] = text;
            }
        }
    }

    /// <summary>Takes in what the last round taught.</summary>
    public void Advise(AnalysisAnswer advice, RepositoryRun run)
    {
        (_advice, _log) = (advice, run.Log);
        NeedsFiles = advice.Context.Length > 0;
    }

    /// <summary>Question to the agent that writes the environment.</summary>
    public string Environment(string? last) => Shown()
        .Append(Part("An environment script that worked for version " + example?.Version, example?.Setup))
        .Append(Part("Your last script", last))
        .Append(Part("What to change", last is null ? "" : _advice.Environment))
        .Append(Part("End of the log", last is null ? "" : _log))
        .ToString();

    /// <summary>Question to the agent that writes the commands.</summary>
    public string Evaluation(string? setup, string? last) => Shown()
        .Append(Part("Changed test files", string.Join('\n', instance.TestFiles)))
        .Append(Part("Environment script", setup))
        .Append(Part("Test commands that worked for version " + example?.Version, example?.Evaluation))
        .Append(Part("Your last commands", last))
        .Append(Part("What to change", last is null ? "" : _advice.Evaluation))
        .Append(Part("End of the log", last is null ? "" : _log))
        .ToString();

    private StringBuilder Start() => new StringBuilder()
        .Append(Part("Repository", instance.Version.Length == 0 ? instance.Repository : $"{instance.Repository} at version {instance.Version}"))
        .Append(Part("Issue", issue));

    private StringBuilder Shown()
    {
        StringBuilder text = Start();
        foreach ((string name, string content) in _shown)
        {
            text.Append(Part("File " + name, content));
        }

        return text;
    }

    private static string Part(string title, string? content) => string.IsNullOrEmpty(content) ? "" : $"### {title}\n{content.TrimEnd()}\n\n";

    [GeneratedRegex(@"```[a-z]*\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
