using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataBuild.Stages.Extract.Html;
using Xunit.Abstractions;

namespace DataBuild.Tests.Extract;

/// <summary>The tokenizer cases of html5lib.</summary>
public sealed partial class TokenizerTests(ITestOutputHelper output)
{
    private const int Passed = 7028;
    private const int Skipped = 4;

    [SkippableFact]
    public void TokensAreThoseOfHtml5Lib()
    {
        string folder = TestPaths.Shared("data/conformance/html5lib-tests/tokenizer");
        int passed = 0;
        int skipped = 0;
        List<string> failed = [];
        foreach (string file in Directory.GetFiles(folder, "*.test").Order(StringComparer.Ordinal))
        {
            // xmlViolation.test is about coercing tokens to XML, which nothing here does.
            if (file.EndsWith("xmlViolation.test", StringComparison.Ordinal))
            {
                continue;
            }

            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (JsonElement test in json.RootElement.GetProperty("tests").EnumerateArray())
            {
                bool escaped = test.TryGetProperty("doubleEscaped", out JsonElement e) && e.GetBoolean();
                string input = Unescape(test.GetProperty("input").GetString()!, escaped);
                string expected = string.Join(' ', Expected(test.GetProperty("output"), escaped));
                string last = test.TryGetProperty("lastStartTag", out JsonElement l) ? l.GetString()! : "";
                string[] states = test.TryGetProperty("initialStates", out JsonElement s) ? [.. s.EnumerateArray().Select(x => x.GetString()!)] : ["Data state"];
                foreach (string state in states)
                {
                    // UTF-8 has no lone surrogates: the decoder replaced them before any token is read.
                    if (HasLoneSurrogate(input) || HasLoneSurrogate(expected))
                    {
                        skipped++;
                        continue;
                    }

                    string actual = string.Join(' ', Tokens(input, state, last));
                    if (actual == expected)
                    {
                        passed++;
                    }
                    else
                    {
                        failed.Add($"{Path.GetFileName(file)}, {state}, {test.GetProperty("description")}: {input}\nexpected {expected}\nactual   {actual}\n");
                    }
                }
            }
        }

        output.WriteLine($"{passed} pass, {skipped} skipped");
        Assert.True(failed.Count == 0, $"{failed.Count} cases fail\n" + string.Join('\n', failed));
        Assert.Equal((Passed, Skipped), (passed, skipped));
    }

    private static IEnumerable<string> Tokens(string input, string state, string lastStartTag)
    {
        bool cdata = state == "CDATA section state";
        byte[] bytes = Encoding.UTF8.GetBytes((cdata ? "<![CDATA[" : "") + input.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'));
        HtmlTree tree = new();
        tree.Reset(bytes.Length);
        bytes.CopyTo(tree.Text, 0);
        HtmlTokenizer tokens = new(tree);
        tokens.Reset();
        tokens.AcceptCData = cdata;
        TextMode mode = state switch
        {
            "RCDATA state" => TextMode.RcData,
            "RAWTEXT state" => TextMode.RawText,
            "Script data state" => TextMode.ScriptData,
            "PLAINTEXT state" => TextMode.PlainText,
            _ => TextMode.Data,
        };
        if (mode != TextMode.Data)
        {
            tokens.EnterRaw(mode, HtmlTags.Find(Encoding.UTF8.GetBytes(lastStartTag)));
        }

        StringBuilder text = new();
        while (true)
        {
            tokens.Read();
            if (tokens.Kind == TokenKind.Text)
            {
                text.Append(Encoding.UTF8.GetString(tree.Range(tokens.Start, tokens.Length)));
                continue;
            }

            if (text.Length > 0)
            {
                yield return $"text({text})";
                text.Clear();
            }

            if (tokens.Kind == TokenKind.EndOfFile)
            {
                yield break;
            }

            yield return Write(tree, tokens);
        }
    }

    private static string Write(HtmlTree tree, HtmlTokenizer tokens)
    {
        switch (tokens.Kind)
        {
            case TokenKind.Comment:
                return $"comment({Encoding.UTF8.GetString(tree.Range(tokens.Start, tokens.Length))})";
            case TokenKind.Doctype:
                ref readonly Doctype d = ref tokens.Doctype;
                return $"doctype({Part(tree, d.NameStart, d.NameLength)}|{Part(tree, d.PublicStart, d.PublicLength)}|{Part(tree, d.SystemStart, d.SystemLength)}|{!d.ForceQuirks})";
            default:
                int node = tree.Add(HtmlNodeKind.Element, tokens.Tag, HtmlNamespace.Html, tokens.Start, tokens.Length);
                string name = Encoding.UTF8.GetString(tree.NameOf(node));
                if (tokens.Kind == TokenKind.EndTag)
                {
                    return $"end({name})";
                }

                List<string> attributes = [];
                foreach (HtmlAttribute a in tree.AttributesOf(node))
                {
                    attributes.Add(Encoding.UTF8.GetString(tree.Range(a.NameStart, a.NameLength)) + "=" + Encoding.UTF8.GetString(tree.Range(a.ValueStart, a.ValueLength)));
                }

                return Start(name, attributes, tokens.SelfClosing);
        }
    }

    private static string Start(string name, List<string> attributes, bool selfClosing) =>
        $"start({name}|{string.Join('|', attributes.Order(StringComparer.Ordinal))}|{selfClosing})";

    private static string Part(HtmlTree tree, int start, int length) => length < 0 ? "none" : "'" + Encoding.UTF8.GetString(tree.Range(start, length)) + "'";

    private static IEnumerable<string> Expected(JsonElement output, bool escaped)
    {
        StringBuilder text = new();
        foreach (JsonElement token in output.EnumerateArray())
        {
            if (token.ValueKind != JsonValueKind.Array)
            {
                continue;
            }

            string kind = token[0].GetString()!;
            if (kind == "Character")
            {
                text.Append(Unescape(token[1].GetString()!, escaped));
                continue;
            }

            if (text.Length > 0)
            {
                yield return $"text({text})";
                text.Clear();
            }

            yield return kind switch
            {
                "Comment" => $"comment({Unescape(token[1].GetString()!, escaped)})",
                "EndTag" => $"end({Unescape(token[1].GetString()!, escaped)})",
                "DOCTYPE" => $"doctype({Quote(token[1], escaped)}|{Quote(token[2], escaped)}|{Quote(token[3], escaped)}|{token[4].GetBoolean()})",
                _ => Start(
                    Unescape(token[1].GetString()!, escaped),
                    [.. token[2].EnumerateObject().Select(p => Unescape(p.Name, escaped) + "=" + Unescape(p.Value.GetString()!, escaped))],
                    token.GetArrayLength() > 3 && token[3].GetBoolean()),
            };
        }

        if (text.Length > 0)
        {
            yield return $"text({text})";
        }
    }

    private static string Quote(JsonElement part, bool escaped) => part.ValueKind == JsonValueKind.Null ? "none" : "'" + Unescape(part.GetString()!, escaped) + "'";

    private static string Unescape(string text, bool escaped) =>
        escaped ? Escape().Replace(text, m => ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString()) : text;

    private static bool HasLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"\\u([0-9a-fA-F]{4})")]
    private static partial Regex Escape();
}
