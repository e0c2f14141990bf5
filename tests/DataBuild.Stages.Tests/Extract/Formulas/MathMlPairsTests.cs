using System.Text.Json;
using DataBuild.Stages.Extract;

namespace DataBuild.Tests.Extract.Formulas;

/// <summary>
/// The share of third-party MathML formulas whose LaTeX comes out equal, white space and redundant braces aside. The results go to a file beside
/// the test assembly, which <c>tests/math/check-katex.mjs</c> parses with KaTeX.
/// </summary>
public class MathMlPairsTests
{
    [SkippableFact]
    public void FourFifthsOfThePairsComeOutEqual()
    {
        string path = TestPaths.Shared("data/mathml/pairs.json");
        using JsonDocument pairs = JsonDocument.Parse(File.ReadAllBytes(path));
        Dictionary<string, string> results = [];
        List<string> different = [];
        int equal = 0;
        int count = 0;
        foreach (JsonProperty pair in pairs.RootElement.EnumerateObject())
        {
            List<MathResult> found = MathPage.Formulas(pair.Value.GetProperty("mathml").GetString()!);
            string latex = found.Count == 0 ? "" : found[0].Latex;
            string expected = pair.Value.GetProperty("tex").GetString()!;
            results.Add(pair.Name, latex);
            count++;
            if (LatexComparison.Plain(latex) == LatexComparison.Plain(expected))
            {
                equal++;
            }
            else
            {
                different.Add($"{pair.Name}\n  expected {LatexComparison.Plain(expected)}\n  actual   {LatexComparison.Plain(latex)}");
            }
        }

        string folder = Path.GetDirectoryName(typeof(MathMlPairsTests).Assembly.Location)!;
        File.WriteAllText(Path.Combine(folder, "mathml-pairs.results.json"), JsonSerializer.Serialize(results));
        File.WriteAllText(Path.Combine(folder, "mathml-pairs.different.txt"), string.Join('\n', different));
        Assert.Equal(209, count);
        Assert.True(equal >= 0.80 * count, $"{equal} of {count} equal; the others:\n{string.Join('\n', different)}");
    }
}
