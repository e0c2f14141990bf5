using System.Text;
using CsCheck;
using DataBuild.Stages.Refine;

namespace DataBuild.Stages.Tests.Refine;

public class UnicodeRepairTests
{
    [Theory]
    [InlineData("cafÃ©", "café")]
    [InlineData("Ãœber den WÃ¤ldern", "Über den Wäldern")]
    [InlineData("itâ€™s â€œquotedâ€\u009D â€” yes", "it’s “quoted” — yes")]
    [InlineData("ÐŸÑ€Ð¸Ð²ÐµÑ‚ Ð¸ Ð²Ñ‹", "Привет и вы")]
    [InlineData("ä½\u00A0å¥½", "你好")]
    [InlineData("100Â°C", "100°C")]
    [InlineData("Å“uvre, mÄ›sto, pÅ™Ã­tel", "œuvre, město, přítel")]
    [InlineData("ðŸ˜€ smile", "😀 smile")]
    [InlineData("cafÃƒÂ©", "café")]
    [InlineData("plain ASCII", "plain ASCII")]
    public void Repairs_UTF8_that_was_decoded_wrongly(string text, string expected) => Assert.Equal(expected, Repair(text));

    [Theory]
    [InlineData("SÃO PAULO, Ã é uma letra")]
    [InlineData("Das macht Spaß“, sagte er.")]
    [InlineData("il dit à « Paul »")]
    [InlineData("à\u00A0« Paul\u00A0»")]
    [InlineData("CAFÉ™ und É…")]
    [InlineData("Âge, Île, Ñandú, çà")]
    public void Leaves_honest_text(string text) => Assert.Equal(text, Repair(text));

    [Theory]
    [InlineData("a\u0000b\u0007c\u009Fd\tx", "abcd\tx")]
    [InlineData("a\r\nb\rc\u2028d", "a\nb\nc\nd")]
    [InlineData("zero\u200Bwidth\uFEFF soft\u00ADhyphen\u2060", "zerowidth softhyphen")]
    [InlineData("\u202Eabc\u202C \u200Fd\u2067e\u2069", "abc de")]
    [InlineData("می\u200Cخواهم", "می\u200Cخواهم")]
    [InlineData("a\u200Db", "ab")]
    [InlineData("\uD83D\uDC68\u200D\uD83D\uDC69", "\uD83D\uDC68\u200D\uD83D\uDC69")]
    [InlineData("e\u0301", "é")]
    public void Strips_and_composes(string text, string expected) => Assert.Equal(expected, Repair(text));

    [Fact]
    public void Every_European_text_survives_one_wrong_decoding()
    {
        Encoding windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        Gen.String[Gen.Char["äöüßéèêëàçñóíúãõåøæ aeinrst"], 1, 40].Sample(text =>
        {
            string wrong = windows1252.GetString(Encoding.UTF8.GetBytes(text));
            if (!wrong.Contains('\uFFFD', StringComparison.Ordinal))
            {
                Assert.Equal(text, new UnicodeRepair().Measure(Document.Create(wrong)).Text.ToString());
            }
        });
    }

    [Fact]
    public void Twice_is_as_once() => Gen.String.Sample(text =>
    {
        UnicodeRepair stage = new() { RepairMojibake = false };
        string once = stage.Measure(Document.Create(text)).Text.ToString();
        Assert.Equal(once, stage.Measure(Document.Create(once)).Text.ToString());
    });

    [Fact]
    public void Counts_what_it_did()
    {
        UnicodeRepair stage = new() { MaxReplacements = 0 };
        UnicodeRepairFigures figures = stage.Measure(Document.Create("cafÃ© \u200B\u0000 \uFFFD"));
        Assert.Equal((1, 2, 1), (figures.RepairedSequences, figures.RemovedCharacters, figures.Replacements));
        Assert.Equal("too_many_replacement_characters", stage.Decide(in figures).Reason);
    }

    private static string Repair(string text) => new UnicodeRepair().Measure(Document.Create(text)).Text.ToString();
}
