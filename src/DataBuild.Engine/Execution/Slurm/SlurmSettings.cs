using System.Globalization;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Execution.Slurm;

/// <summary>How a dataset's jobs are submitted, as its project says by <c>DataBuildSlurm*</c> properties.</summary>
public sealed record SlurmSettings
{
    private const string InvalidProperty = "DB3094";
    private const string ExecutorProperty = "DataBuildExecutor";
    private const string Prefix = "DataBuildSlurm";

    /// <summary>Partition; null for the cluster's default.</summary>
    public string? Partition { get; init; }

    /// <summary>Account; null for the user's default.</summary>
    public string? Account { get; init; }

    /// <summary>Time limit of a task, in a form that <c>sbatch --time</c> takes; null for the partition's default.</summary>
    public string? Time { get; init; }

    /// <summary>Memory of a task, in a form that <c>sbatch --mem</c> takes; null for the cluster's default.</summary>
    public string? Memory { get; init; }

    /// <summary>Cores of a task; at least 1.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Time limit of a merge; null for that of a task.</summary>
    public string? MergeTime { get; init; }

    /// <summary>Memory of a merge; null for that of a task.</summary>
    public string? MergeMemory { get; init; }

    /// <summary>Cores of a merge; at least 1.</summary>
    public int MergeCpus { get; init; } = 1;

    /// <summary>Further arguments of <c>sbatch</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Shards of a task; null for as many as make <see cref="DefaultTasks"/> tasks.</summary>
    public int? ShardsPerTask { get; init; }

    /// <summary>Tasks that run at the same time at most; null for no limit of the build's own.</summary>
    public int? MaxTasks { get; init; }

    /// <summary>How often a task that ended without a result is submitted again.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The build gives up when for so long no task began or ended.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Tasks of a wave, unless the project sets their size: enough to balance a large cluster, few enough for any controller.</summary>
    public const int DefaultTasks = 1000;

    /// <summary>The settings of a plan; null where actions run in the worker itself.</summary>
    /// <exception cref="ExecutorException">A property has a value that cannot be used.</exception>
    public static SlurmSettings? Of(PlanFile file)
    {
        string? Text(string property) => file.Properties.TryGetValue(property, out string? value) && value.Trim().Length > 0 ? value.Trim() : null;
        Exception Invalid(string property, string expected) => new ExecutorException(InvalidProperty, $"{property} is '{Text(property)}'; expected {expected}", file.ProjectFile);

        int? Number(string name, int least) => Text(Prefix + name) is not { } text ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least ? number
            : throw Invalid(Prefix + name, string.Create(CultureInfo.InvariantCulture, $"a whole number of at least {least}"));

        string executor = Text(ExecutorProperty) ?? "Local";
        if (executor.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (!executor.Equals("Slurm", StringComparison.OrdinalIgnoreCase))
        {
            throw Invalid(ExecutorProperty, $"Local or Slurm{(Suggestion.For(executor, ["Local", "Slurm"]) is { } best ? $"; did you mean '{best}'?" : "")}");
        }

        TimeSpan wait = new SlurmSettings().MaxWait;
        if (Text(Prefix + "MaxWait") is { } hours)
        {
            wait = double.TryParse(hours, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number is > 0 and <= 10_000
                ? TimeSpan.FromHours(number)
                : throw Invalid(Prefix + "MaxWait", "hours, more than 0 and at most 10000");
        }

        int cpus = Number("Cpus", 1) ?? 1;
        return new SlurmSettings
        {
            Partition = Text(Prefix + "Partition"),
            Account = Text(Prefix + "Account"),
            Time = Text(Prefix + "Time"),
            Memory = Text(Prefix + "Memory"),
            Cpus = cpus,
            MergeTime = Text(Prefix + "MergeTime"),
            MergeMemory = Text(Prefix + "MergeMemory"),
            MergeCpus = Number("MergeCpus", 1) ?? cpus,
            Arguments = Split(Text(Prefix + "Arguments") ?? ""),
            ShardsPerTask = Number("ShardsPerTask", 1),
            MaxTasks = Number("MaxTasks", 1),
            Retries = Number("Retries", 0) ?? 2,
            MaxWait = wait,
        };
    }

    /// <summary>True for a property that changes where and how actions run, and never what they give.</summary>
    public static bool IsProperty(string name) => name == ExecutorProperty || name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The arguments of <c>sbatch</c> that these settings are, for tasks or for a merge.</summary>
    internal IEnumerable<string> ToArguments(bool merge)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"--cpus-per-task={(merge ? MergeCpus : Cpus)}");
        foreach ((string option, string? value) in new[]
        {
            ("partition", Partition), ("account", Account), ("time", merge ? MergeTime ?? Time : Time), ("mem", merge ? MergeMemory ?? Memory : Memory),
        })
        {
            if (value is not null)
            {
                yield return $"--{option}={value}";
            }
        }

        foreach (string argument in Arguments)
        {
            yield return argument;
        }
    }

    // At blanks outside double quotes.
    private static List<string> Split(string text)
    {
        List<string> arguments = [];
        System.Text.StringBuilder current = new();
        bool quoted = false;
        foreach (char c in text)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (char.IsWhiteSpace(c) && !quoted)
            {
                if (current.Length > 0)
                {
                    arguments.Add(current.ToString());
                    current.Clear();
                }
            }
            else
            {
                current.Append(c);
            }
        }

        if (current.Length > 0)
        {
            arguments.Add(current.ToString());
        }

        return arguments;
    }
}
