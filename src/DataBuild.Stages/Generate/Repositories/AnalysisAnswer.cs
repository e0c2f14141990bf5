using System.Text.Json;

namespace DataBuild.Stages.Generate.Repositories;

/// <summary>What the agent that reads logs says of a round.</summary>
/// <param name="IsFinished">True where the tests ran as they should.</param>
/// <param name="Context">What the agent that reads the repository should look for; empty for nothing.</param>
/// <param name="Environment">What the agent that writes the environment should change.</param>
/// <param name="Evaluation">What the agent that writes the commands should change.</param>
internal sealed record AnalysisAnswer(bool IsFinished, string Context, string Environment, string Evaluation)
{
    /// <summary>Reads <c>{"is_finish": true, "context": "...", "environment": "...", "evaluation": "..."}</c>; null where the answer is none.</summary>
    public static AnalysisAnswer? TryRead(string answer) =>
        JsonAnswer.TryRead(answer, out JsonElement root) && root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("is_finish", out JsonElement finished) && finished.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? new AnalysisAnswer(finished.GetBoolean(), Text(root, "context"), Text(root, "environment"), Text(root, "evaluation"))
            : null;

    private static string Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
