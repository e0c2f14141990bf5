using CsCheck;
using DataBuild.Text;

namespace DataBuild.Core.Tests.Text;

public class LineIndexTests
{
    [Fact]
    public void Lines_are_those_of_a_split_and_equal_lines_share_a_number() =>
        Gen.String[Gen.Char["ab\n"], 0, 100].Sample(text =>
        {
            string[] expected = text.Split('\n');
            LineIndex lines = new();
            lines.Analyze(text.AsMemory());
            Assert.Equal(expected.Length, lines.Count);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], lines[i].ToString());
                Assert.Equal(Array.IndexOf(expected, expected[i]) == i, lines.Types[lines.Ids[i]].Start == lines.Starts[i]);
            }

            Assert.Equal(expected.Distinct().Count(), lines.Types.Length);
        });

    [Fact]
    public void Lengths_of_lines_are_in_code_points()
    {
        LineIndex lines = new();
        lines.Analyze("\uD83D\uDE00\uD83D\uDE00a\nb".AsMemory());
        Assert.Equal(3, lines.Types[0].CodePoints);
    }
}
