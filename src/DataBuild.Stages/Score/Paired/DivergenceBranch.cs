using System.Text.Json.Serialization;

namespace DataBuild.Stages.Score.Paired;

/// <summary>The two ways from a token that two models would write differently, each to the end of the sentences that are shown.</summary>
/// <param name="At">The token, counted from 0.</param>
/// <param name="Start">UTF-16 units of the text before the sentence that holds it: what both ways have in common ends there.</param>
/// <param name="Small">With the small model's token, marked by <c>&lt;&lt; &gt;&gt;</c>, and what the large model makes of it.</param>
/// <param name="Large">With the text's own token, marked alike, and the text as it goes on.</param>
public sealed record DivergenceBranch(
    [property: JsonPropertyName("at")] int At,
    [property: JsonPropertyName("start")] int Start,
    [property: JsonPropertyName("small")] string Small,
    [property: JsonPropertyName("large")] string Large);
