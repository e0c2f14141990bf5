using System.Text;
using System.Text.Json;
using DataBuild.Stages.Tokenize;
using Microsoft.ML.Tokenizers;

namespace DataBuild.Tests.Tokenize;

public class ConformanceTests
{
    [SkippableTheory]
    [InlineData("o200k_base", 421)]
    [InlineData("cl100k_base", 423)]
    public void Published_cases_give_the_published_ids(string encoding, int cases)
    {
        TextTokenizer tokenizer = TextTokenizer.Load(encoding);
        List<string[]> rows = ReadCsv(File.ReadAllText(TestPaths.Shared($"data/tokenizers/conformance.{encoding}.csv")));

        Assert.Equal(cases, rows.Count - 1);
        foreach (string[] row in rows.Skip(1))
        {
            int[] expected = JsonSerializer.Deserialize<int[]>(row[1])!;
            Assert.Equal(expected, tokenizer.Encode(row[0]));
            Assert.Equal(row[0], tokenizer.Decode(expected));
        }
    }

    [SkippableTheory]
    [InlineData("o200k_base")]
    [InlineData("cl100k_base")]
    public void Texts_of_real_pages_give_the_ids_of_the_reference_library(string encoding)
    {
        TextTokenizer tokenizer = TextTokenizer.Load(encoding);
        TiktokenTokenizer reference = TiktokenTokenizer.CreateForEncoding(encoding);
        using var ids = new TokenBuffer();

        // The largest set takes its time; the command "figures" compares it too.
        string[] sets = ["fulltext", "segments", "structured", .. LongRun.Count("DATABUILD_ALL_PAGES", 0) == 0 ? (string[])[] : ["wcxb"]];
        foreach (string name in sets)
        {
            foreach (string text in Strings(File.ReadAllBytes(TestPaths.Shared($"data/pages/{name}.json"))))
            {
                ids.Clear();
                tokenizer.Encode(text.AsSpan(), ids);
                Assert.Equal(reference.EncodeToIds(text), ids.ToArray());
            }
        }
    }

    private static List<string> Strings(byte[] json)
    {
        var strings = new List<string>();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                strings.Add(reader.GetString()!);
            }
        }

        return strings;
    }

    private static List<string[]> ReadCsv(string text)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && c is ',' or '\n' && !quoted)
            {
                row.Add(field.ToString());
                field.Clear();
                if (c == '\n')
                {
                    rows.Add([.. row]);
                    row.Clear();
                }
            }
            else if (quoted || c != '\r')
            {
                field.Append(c);
            }
        }

        return rows;
    }
}
