namespace DataBuild.Stages.Score.Speech;

/// <summary>How frames of speech become segments. Times are in milliseconds.</summary>
/// <param name="MinLength">Shortest segment.</param>
/// <param name="MaxLength">Longest segment.</param>
/// <param name="MinSilence">A shorter pause does not end a run of speech.</param>
/// <param name="MinSpeech">A shorter run is noise.</param>
/// <param name="Padding">Added to both sides of a run, where there is room.</param>
/// <param name="JoinGap">Runs that are too short are joined over a pause of this length at most.</param>
public sealed record SegmentRules(int MinLength = 2000, int MaxLength = 30000, int MinSilence = 300, int MinSpeech = 100, int Padding = 100, int JoinGap = 1000);
