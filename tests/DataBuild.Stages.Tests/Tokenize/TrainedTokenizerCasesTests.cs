using System.Text;
using System.Text.Json;
using DataBuild.Stages.Tokenize;
using DataBuild.Stages.Tokenize.Training;

namespace DataBuild.Tests.Tokenize;

/// <summary>Trains tokenizers of several kinds and, where DATABUILD_TOKENIZER_CASES names a folder, leaves them there with texts and their ids for <c>tests/tokens/compare-huggingface.mjs</c>.</summary>
public sealed class TrainedTokenizerCasesTests
{
    private static readonly string[] Texts =
    [
        "The court held, in Smith v. Jones, that §12(b) applies.", "größer als 1.234,56 €", "don't  stop\n\n\tnow", "数据集构建 2024年", "ﬁnance ①", "for (int i = 0; i < 10; i++) { sum += a[i]; }",
        "مرحبا بالعالم", "naïve café", "", " ", "a\u0301e\u0301", "<|endoftext|>", "WE'LL SEE", "x" + new string('y', 200), "emoji 👩‍👩‍👧 and 🇩🇪",
    ];

    [Theory]
    [InlineData("llama3", TrainingPattern.Llama3, TrainingNormalizer.Nfc, 1.0, false)]
    [InlineData("gpt2", TrainingPattern.Gpt2, TrainingNormalizer.None, 1.0, false)]
    [InlineData("o200k", TrainingPattern.O200k, TrainingNormalizer.None, 1.0, false)]
    [InlineData("kl3m", TrainingPattern.Gpt2, TrainingNormalizer.Nfkc, 1.0, true)]
    [InlineData("supertokens", TrainingPattern.Gpt2, TrainingNormalizer.Nfkc, 0.3, true)]
    public void A_trained_tokenizer_round_trips(string name, TrainingPattern pattern, TrainingNormalizer normalizer, double boundary, bool pad)
    {
        BpeTrainer trainer = new(new BpeTrainerOptions
        {
            VocabularySize = 600,
            Pattern = pattern,
            Normalizer = normalizer,
            BoundaryProbability = boundary,
            PadToPowerOfTwo = pad,
            CustomTokens = ["§", "v."],
        });
        for (int copy = 0; copy < 3; copy++)
        {
            trainer.AddTexts(Texts.Where(t => t.Length > 0).Select(t => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(t))));
        }

        string? wanted = Environment.GetEnvironmentVariable("DATABUILD_TOKENIZER_CASES");
        string folder = wanted is { Length: > 0 } ? Directory.CreateDirectory(wanted).FullName : Directory.CreateTempSubdirectory("cases").FullName;
        string path = Path.Combine(folder, name + ".json");
        using (FileStream stream = File.Create(path))
        {
            trainer.Train().WriteJson(stream);
        }

        TextTokenizer tokenizer = TextTokenizer.Load(path);
        (string Text, int[] Ids)[] cases = [.. Texts.Where(t => t != "<|endoftext|>").Select(t => (t, tokenizer.Encode(t)))];
        foreach ((string text, int[] ids) in cases)
        {
            // A normalised text is encoded as the text: what was decoded gives the same ids.
            string decoded = tokenizer.Decode(ids);
            Assert.Equal(ids, tokenizer.Encode(decoded));
            Assert.True(normalizer != TrainingNormalizer.None || decoded == text, $"'{text}' came back as '{decoded}'");
        }

        if (wanted is { Length: > 0 })
        {
            File.WriteAllText(Path.Combine(folder, name + ".cases.json"), JsonSerializer.Serialize(cases.Select(c => new object[] { c.Text, c.Ids })));
        }
        else
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
