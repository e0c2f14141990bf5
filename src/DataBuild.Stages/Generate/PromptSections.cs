namespace DataBuild.Stages.Generate;

/// <summary>A file of several prompts: sections that begin with lines such as <c>## Python Rename</c>.</summary>
internal static class PromptSections
{
    /// <summary>The sections by their names, whatever the case of the letters; what stands before the first is none.</summary>
    public static Dictionary<string, string> Read(string prompts) => prompts.ReplaceLineEndings("\n").Split("\n## ")
        .Select(s => s.StartsWith("## ", StringComparison.Ordinal) ? s[3..] : s)
        .Where(s => s.Contains('\n', StringComparison.Ordinal))
        .ToDictionary(s => s[..s.IndexOf('\n', StringComparison.Ordinal)].Trim(), s => s[s.IndexOf('\n', StringComparison.Ordinal)..].Trim(), StringComparer.OrdinalIgnoreCase);
}
