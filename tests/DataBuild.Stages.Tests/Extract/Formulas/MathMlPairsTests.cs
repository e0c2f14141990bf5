using System.Text;
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
            if (Plain(latex) == Plain(expected))
            {
                equal++;
            }
            else
            {
                different.Add($"{pair.Name}\n  expected {Plain(expected)}\n  actual   {Plain(latex)}");
            }
        }

        string folder = Path.GetDirectoryName(typeof(MathMlPairsTests).Assembly.Location)!;
        File.WriteAllText(Path.Combine(folder, "mathml-pairs.results.json"), JsonSerializer.Serialize(results));
        File.WriteAllText(Path.Combine(folder, "mathml-pairs.different.txt"), string.Join('\n', different));
        Assert.Equal(209, count);
        Assert.True(equal >= 0.80 * count, $"{equal} of {count} equal; the others:\n{string.Join('\n', different)}");
    }

    /// <summary>
    /// White space taken out, and the braces that group nothing a command or a script takes: those that stand for themselves in a row, and
    /// those around another pair of braces.
    /// </summary>
    private static string Plain(string latex)
    {
        StringBuilder squeezed = new();
        foreach (char c in latex)
        {
            if (!char.IsWhiteSpace(c))
            {
                squeezed.Append(c);
            }
        }

        string s = squeezed.ToString();
        StringBuilder output = new();
        int position = 0;
        Group(s, ref position, output);
        return output.ToString();
    }

    private static void Group(string s, ref int i, StringBuilder output)
    {
        // An argument follows a command, a script mark, an optional argument or another argument.
        bool argument = false;
        while (i < s.Length && s[i] != '}')
        {
            char c = s[i];
            if (c == '{')
            {
                i++;
                StringBuilder inner = new();
                Group(s, ref i, inner);
                i++;
                string content = inner.ToString();
                output.Append(argument ? "{" + content + "}" : content);
                continue;
            }

            if (c == '\\' && i + 1 < s.Length)
            {
                int start = i++;
                i++;
                while (char.IsAsciiLetter(s[i - 1]) && i < s.Length && char.IsAsciiLetter(s[i]))
                {
                    i++;
                }

                output.Append(s, start, i - start);
                argument = char.IsAsciiLetter(s[i - 1]) && !s.AsSpan(start, i - start).StartsWith("\\l") && !s.AsSpan(start, i - start).StartsWith("\\r");
                continue;
            }

            output.Append(c);
            argument = c is '_' or '^' || (argument && c == ']');
            i++;
        }
    }
}
