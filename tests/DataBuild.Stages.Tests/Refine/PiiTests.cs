using CsCheck;
using DataBuild.Stages.Refine;

namespace DataBuild.Stages.Tests.Refine;

public class PiiTests
{
    public static TheoryData<string, string> DatatroveEmails() => new()
    {
        // huggingface/datatrove (Apache-2.0), tests of its PII formatter.
        { "email@example.com", "[EMAIL]" },
        { "firstname.lastname@example.com", "[EMAIL]" },
        { "email@subdomain.example.com", "[EMAIL]" },
        { "firstname+lastname@example.com", "[EMAIL]" },
        { "email@123.123.123.123", "[EMAIL]" },
        { "email@[123.123.123.123]", "[EMAIL]" },
        { "\"email\"@example.com", "\"email\"@example.com" },
        { "1234567890@example.com", "[EMAIL]" },
        { "email@example-one.com", "[EMAIL]" },
        { "_______@example.com", "[EMAIL]" },
        { "email@example.museum", "[EMAIL]" },
        { "email@example.co.jp", "[EMAIL]" },
        { "firstname-lastname@example.com", "[EMAIL]" },
        { "NAME@MYSITE.COM", "[EMAIL]" },
        { "much.”more\\ unusual”@example.com", "much.”more\\ unusual”@example.com" },
        { "very.unusual.”@”.unusual.com@example.com", "very.unusual.”@”.[EMAIL]" },
        { "plainaddress", "plainaddress" },
        { "#@%^%#$@#$@#.com", "#@%^%#$@#$@#.com" },
        { "@example.com", "@example.com" },
        { "Joe Smith <email@example.com>", "Joe Smith <[EMAIL]>" },
        { "email.example.com", "email.example.com" },
        { "email@example@example.com", "email@[EMAIL]" },
        { ".email@example.com", ".[EMAIL]" },
        { "email.@example.com", "email.@example.com" },
        { "email..email@example.com", "email..[EMAIL]" },
        { "あいうえお@example.com", "あいうえお@example.com" },
        { "email@example.com (Joe Smith)", "[EMAIL] (Joe Smith)" },
        { "email@example", "email@example" },
        { "email@-example.com", "email@-example.com" },
        { "email@example.web", "[EMAIL]" },
        { "email@111.222.333.44444", "[EMAIL]" },
        { "email@example..com", "email@example..com" },
        { "Abc..123@example.com", "Abc..[EMAIL]" },
        { "just”not”right@example.com", "just”not”[EMAIL]" },
        { "this\\ is\"really\"not\\allowed@example.com", "this\\ is\"really\"not\\[EMAIL]" },
    };

    [Theory]
    [MemberData(nameof(DatatroveEmails))]
    public void Finds_the_addresses_of_the_published_list(string text, string expected) => Assert.Equal(expected, Replace(text));

    [Theory]
    [InlineData("999.999.999.999.")]
    [InlineData("108.0.0.01")]
    [InlineData("0.1.2.3")]
    [InlineData("00.0000.00.00")]
    [InlineData("192.168.l.1")]
    [InlineData("912.456.123.123")]
    [InlineData("172.16.0.9")]
    [InlineData("127.0.0.2")]
    [InlineData("10.255.255.254")]
    [InlineData("172.31.254.254")]
    [InlineData("192.168.254.0")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.1.1")]
    [InlineData("192.0.2.7")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("version 1.2.3.4.5")]
    [InlineData("fe80::1ff:fe23:4567:890a")]
    [InlineData("2001:db8:85a3::8a2e:370:7334")]
    [InlineData("at 12:30:45 and a::b")]
    public void Leaves_addresses_that_are_invalid_or_not_public(string text) => Assert.Equal(text, Replace(text));

    [Theory]
    [InlineData(".3.3.3.0", ".[IP]")]
    [InlineData("163.36.107.25", "[IP]")]
    [InlineData("4.132.211.142, 214.70.227.4.", "[IP], [IP].")]
    [InlineData("http://193.163.229.23:80/", "http://[IP]:80/")]
    [InlineData("from 172.15.0.1 to 172.32.0.1", "from [IP] to [IP]")]
    [InlineData("2a00:1450:4001:82b::200e is one", "[IP] is one")]
    public void Replaces_public_addresses(string text, string expected) => Assert.Equal(expected, Replace(text));

    [Theory]
    [InlineData("Call +49 30 901820 now", "Call [PHONE] now")]
    [InlineData("Call (202) 555-0143.", "Call [PHONE].")]
    [InlineData("Call 202-555-0143 or 1-202-555-0143", "Call [PHONE] or [PHONE]")]
    [InlineData("tel. +1 (415) 555-2671", "tel. [PHONE]")]
    [InlineData("2015-07-31 10:15", "2015-07-31 10:15")]
    [InlineData("ISBN 0-306-40615-2, page 123 456 7890", "ISBN 0-306-40615-2, page 123 456 7890")]
    [InlineData("1 + 2 = 3, order 4155552671", "1 + 2 = 3, order 4155552671")]
    public void Replaces_phone_numbers_of_clear_form(string text, string expected) => Assert.Equal(expected, Replace(text));

    [Theory]
    [InlineData("4111 1111 1111 1111", "[CARD]")]
    [InlineData("5500-0000-0000-0004, 378282246310005", "[CARD], [CARD]")]
    [InlineData("4111 1111 1111 1112", "4111 1111 1111 1112")]
    [InlineData("GB82 WEST 1234 5698 7654 32", "[IBAN]")]
    [InlineData("DE89370400440532013000.", "[IBAN].")]
    [InlineData("DE88370400440532013000", "DE88370400440532013000")]
    [InlineData("xDE89370400440532013000", "xDE89370400440532013000")]
    public void Checks_digits_of_cards_and_accounts(string text, string expected) => Assert.Equal(expected, Replace(text));

    [Fact]
    public void Pseudonyms_depend_on_seed_and_value_only()
    {
        Pii stage = new() { Replacement = PiiReplacement.Pseudonym, Seed = 7 };
        string first = stage.Measure(Document.Create("Write to Ann@Host.org or ann@host.org from 8.8.8.8")).Text.ToString();
        string[] words = first.Split(' ');
        Assert.Equal(words[2], words[4]);
        Assert.EndsWith("@example.com", words[2], StringComparison.Ordinal);
        Assert.Equal(words[2], stage.Measure(Document.Create("ann@host.org")).Text.ToString());
        Assert.NotEqual(words[2], (stage with { Seed = 8 }).Measure(Document.Create("ann@host.org")).Text.ToString());

        // A pseudonym of an IP address is itself no public address, so a second pass changes nothing of it.
        Assert.Equal(0, stage.Measure(Document.Create(words[^1])).IpAddresses);
    }

    [Fact]
    public void Counts_by_kind_and_drops_by_number()
    {
        Pii stage = new() { MaxFinds = 2, Replacement = PiiReplacement.None };
        PiiFigures figures = stage.Measure(Document.Create("a@b.org 8.8.8.8 +4930901820"));
        Assert.Equal((1, 1, 1, 0, 0), (figures.Emails, figures.IpAddresses, figures.Phones, figures.Cards, figures.Ibans));
        Assert.Equal("a@b.org 8.8.8.8 +4930901820", figures.Text.ToString());
        Assert.Equal("personal_data", stage.Decide(in figures).Reason);
    }

    [Fact]
    public void Replacing_twice_changes_nothing_more_and_text_around_stays() =>
        Gen.String[Gen.Char["a1.@-+() 4:DE\n"], 0, 60].Sample(text =>
        {
            string once = Replace(text);
            Assert.Equal(once, Replace(once));
        });

    [Theory]
    [InlineData("4111111111111111", true)]
    [InlineData("79927398713", true)]
    [InlineData("79927398710", false)]
    public void Luhn(string digits, bool passes) => Assert.Equal(passes, PiiScanner.PassesLuhn([.. digits.Select(d => (byte)(d - '0'))]));

    private static string Replace(string text) => new Pii().Measure(Document.Create(text)).Text.ToString();
}
