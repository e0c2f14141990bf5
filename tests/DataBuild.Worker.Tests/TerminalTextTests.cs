namespace DataBuild.Worker.Tests;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("https://a.example/\u001b]0;title\u0007", "https://a.example/\uFFFD]0;title\uFFFD")]
    [InlineData("\u001b[2J\r", "\uFFFD[2J\uFFFD")]
    [InlineData("abc\u202Egnp.exe", "abc\uFFFDgnp.exe")]
    [InlineData("\u009B31m", "\uFFFD31m")]
    [InlineData("Größe\t数据\n", "Größe\t数据\n")]
    public void ControlCharactersOfACrawlDoNotReachATerminal(string text, string expected) => Assert.Equal(expected, TerminalText.Lines(text));
}
