using System.Text.Json;

namespace DataBuild.Stages.Generate.Code;

/// <summary>The tests of one program, as its dataset has them.</summary>
/// <param name="Language">Language of the program.</param>
/// <param name="Cases">Input and expected output of each run.</param>
/// <param name="Source">Source of tests that are compiled or run beside the program, and end with exit code 0 where it passes; null where there is none.</param>
/// <param name="Key">Text that stands for the tests in keys.</param>
public sealed record CodeTests(CodeLanguage Language, IReadOnlyList<(string Input, string Output)> Cases, string? Source, string Key)
{
    /// <summary>
    /// Reads JSON lines with <c>id</c>, <c>language</c> (<c>csharp</c>, <c>python</c>) and <c>tests</c>: APPS's <c>{"inputs": [...], "outputs": [...]}</c>, as an object or as a text that holds it,
    /// or <c>{"source": "..."}</c>. Other fields are passed over, so that the file may be the crawl input itself.
    /// </summary>
    /// <exception cref="StageException">DB4097: a line is not so, or an id stands twice.</exception>
    public static Dictionary<string, CodeTests> Read(string path) => KeyedJsonLines.Read(
        path, Keyed, "DB4097", "the tests", """JSON lines such as {"id": "p1", "language": "python", "tests": {"inputs": ["1 2"], "outputs": ["3"]}}""");

    private static (string Id, CodeTests Tests) Keyed(JsonElement root) => (root.GetProperty("id").GetString() ?? throw new FormatException("found no id"), Of(root));

    private static CodeTests Of(JsonElement root)
    {
        CodeLanguage language = root.GetProperty("language").GetString() switch
        {
            "csharp" or "C#" => CodeLanguage.CSharp,
            "python" => CodeLanguage.Python,
            string other => throw new FormatException($"the language is '{other}', expected csharp or python"),
            null => throw new FormatException("found no language"),
        };
        JsonElement tests = root.GetProperty("tests");
        string text = tests.ValueKind == JsonValueKind.String ? tests.GetString()! : tests.GetRawText();
        using JsonDocument json = JsonDocument.Parse(text);
        if (json.RootElement.TryGetProperty("source", out JsonElement source))
        {
            return new CodeTests(language, [], source.GetString() ?? throw new FormatException("the source is null"), text);
        }

        string[] inputs = [.. json.RootElement.GetProperty("inputs").EnumerateArray().Select(i => i.GetString()!)];
        string[] outputs = [.. json.RootElement.GetProperty("outputs").EnumerateArray().Select(o => o.GetString()!)];
        return inputs.Length == outputs.Length && inputs.Length > 0
            ? new CodeTests(language, [.. inputs.Zip(outputs)], null, text)
            : throw new FormatException($"found {inputs.Length} inputs and {outputs.Length} outputs, expected as many, and at least one");
    }
}
