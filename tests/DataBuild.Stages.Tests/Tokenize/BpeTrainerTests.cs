using System.Text;
using System.Text.Json;
using CsCheck;
using DataBuild.Stages.Tokenize;
using DataBuild.Stages.Tokenize.Training;

namespace DataBuild.Tests.Tokenize;

public sealed class BpeTrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("trained").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The word counts of huggingface/tokenizers, models/bpe/trainer.rs, test_train: merges r+e, a+re, i+s.
    [Fact]
    public void Merges_are_those_of_the_hugging_face_trainer()
    {
        var trainer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = 256 + 3, MinFrequency = 2, SpecialTokens = [] });
        foreach (string entry in "roses 1,are 2,red 1,voilets 1,blue 1,BERT 1,is 2,big 1,and 1,so 1,GPT-2 1".Split(','))
        {
            string[] parts = entry.Split(' ');
            trainer.AddWord(Encoding.UTF8.GetBytes(parts[0]), int.Parse(parts[1]));
        }

        Assert.Equal(["re", "are", "is"], NewTokens(trainer.Train(), 256));
    }

    [Fact]
    public void The_worked_example_of_minbpe_gives_its_ids()
    {
        var trainer = new BpeTrainer(new BpeTrainerOptions
        {
            VocabularySize = 256 + 3,
            MinFrequency = 1,
            SpecialTokens = [],
            ByteOrder = ByteOrder.Value,
            Pattern = TrainingPattern.None,
            Normalizer = TrainingNormalizer.None,
        });
        trainer.AddTexts(["aaabdaaabac"u8.ToArray()]);
        Assert.Equal([258, 100, 258, 97, 99], Load(trainer.Train()).Encode("aaabdaaabac"));
    }

    [Fact]
    public void Of_equal_counts_the_smallest_left_then_right_id_merges_first()
    {
        var trainer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = 256 + 3, SpecialTokens = [] });
        trainer.AddWord("zb"u8, 5);
        trainer.AddWord("ay"u8, 5);
        trainer.AddWord("ax"u8, 5);
        Assert.Equal(["ax", "ay", "zb"], NewTokens(trainer.Train(), 256));
    }

    [Fact]
    public void Overlapping_pairs_merge_from_the_left_and_rare_ones_do_not()
    {
        var trainer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = 300, MinFrequency = 4, SpecialTokens = [] });
        trainer.AddWord("aaaaa"u8, 3);
        trainer.AddWord("xy"u8, 3);
        Assert.Equal(["aa"], NewTokens(trainer.Train(), 256)[..1]);
        Assert.DoesNotContain("xy", NewTokens(trainer.Train(), 256));
    }

    [Fact]
    public void No_token_is_longer_than_the_limit()
    {
        var trainer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = 400, MaxTokenLength = 3, SpecialTokens = [] });
        trainer.AddTexts([.. Enumerable.Repeat("internationalization internationalize"u8.ToArray(), 10).Select(b => new ReadOnlyMemory<byte>(b))]);
        TrainedTokenizer trained = trainer.Train();
        Assert.True(trained.Merges.Count >= 5, $"{trained.Merges.Count} merges");
        Assert.All(trained.Tokens, t => Assert.True(t.Length <= 3));
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_file()
    {
        ReadOnlyMemory<byte>[] texts = [.. Enumerable.Range(0, 500).Select(i => new ReadOnlyMemory<byte>(
            Encoding.UTF8.GetBytes($"Document {i} holds the words of the {i % 7}th kind, and the number {i * i}.\nÜber die Straße, {i}!")))];
        byte[] Train(int threads)
        {
            var trainer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = 500, BoundaryProbability = 0.5, Seed = 7, PadToPowerOfTwo = true });
            trainer.AddTexts(texts, threads);
            var json = new MemoryStream();
            trainer.Train().WriteJson(json);
            return json.ToArray();
        }

        byte[] one = Train(1);
        Assert.Equal(one, Train(2));
        Assert.Equal(one, Train(5));
    }

    [Fact]
    public void Joined_words_make_tokens_of_several_words()
    {
        ReadOnlyMemory<byte>[] texts = [.. Enumerable.Repeat("in accordance with the terms of the agreement"u8.ToArray(), 50).Select(b => new ReadOnlyMemory<byte>(b))];
        bool HasSpaceInside(double boundaries)
        {
            var trainer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = 320, BoundaryProbability = boundaries });
            trainer.AddTexts(texts);
            return NewTokens(trainer.Train(), 257).Any(t => t.TrimStart(' ').Contains(' ', StringComparison.Ordinal));
        }

        Assert.False(HasSpaceInside(1));
        Assert.True(HasSpaceInside(0.3));
    }

    [Fact]
    public void Special_and_custom_tokens_and_padding_have_their_places()
    {
        var trainer = new BpeTrainer(new BpeTrainerOptions
        {
            VocabularySize = 270,
            SpecialTokens = ["<|start|>", "<|endoftext|>"],
            CustomTokens = ["U.S.C.", "1776"],
            PadToPowerOfTwo = true,
        });
        trainer.AddTexts([.. Enumerable.Repeat("the theme of the thesis"u8.ToArray(), 9).Select(b => new ReadOnlyMemory<byte>(b))]);
        TextTokenizer tokenizer = Load(trainer.Train());
        Assert.Equal(512, tokenizer.VocabularySize);
        Assert.Equal((0, 1, 1), (tokenizer.FindToken("<|start|>"), tokenizer.FindToken("<|endoftext|>"), tokenizer.EndOfTextId));
        Assert.Equal([268], tokenizer.Encode("U.S.C."));
        Assert.Equal([269], tokenizer.Encode("1776"));
        Assert.Equal("12 U.S.C. in 1776", tokenizer.Decode(tokenizer.Encode("12 U.S.C. in 1776")));
    }

    [Fact]
    public void A_custom_token_that_is_learnt_too_has_one_id()
    {
        BpeTrainerOptions options = new() { VocabularySize = 262, SpecialTokens = ["<|endoftext|>"], CustomTokens = ["the", "zzz"], Pattern = TrainingPattern.Gpt2 };
        var trainer = new BpeTrainer(options);
        trainer.AddTexts([.. Enumerable.Repeat("the the the other other"u8.ToArray(), 9).Select(b => new ReadOnlyMemory<byte>(b))]);
        TrainedTokenizer trained = trainer.Train();
        using MemoryStream json = new();
        trained.WriteJson(json);
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        Dictionary<string, int> vocabulary = document.RootElement.GetProperty("model").GetProperty("vocab").Deserialize<Dictionary<string, int>>()!;
        Dictionary<string, int> added = document.RootElement.GetProperty("added_tokens").EnumerateArray().ToDictionary(t => t.GetProperty("content").GetString()!, t => t.GetProperty("id").GetInt32());

        // 257 bytes and special tokens, and the room that "the" leaves: four merges, th, he or the like, the word itself, and one custom token.
        Assert.Equal(vocabulary["the"], added["the"]);
        Assert.Equal(261, vocabulary.Count);
        Assert.Equal((261, 262), (added["zzz"], trained.VocabularySize));
        Assert.Equal([.. trained.Truncate(261).Tokens], trained.Tokens.Take(260));
        Assert.Equal([added["the"]], Load(trained).Encode("the"));
    }

    [Fact]
    public void Runs_fill_a_vocabulary_as_they_fill_KL3Ms()
    {
        var trainer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = 260, SpecialTokens = ["<|endoftext|>"], CustomTokens = ["  ", "\n\n\n"], PadToPowerOfTwo = true, Padding = TokenPadding.Runs });
        using MemoryStream json = new();
        trainer.Train().WriteJson(json);
        using JsonDocument document = JsonDocument.Parse(json.ToArray());
        JsonElement[] added = [.. document.RootElement.GetProperty("added_tokens").EnumerateArray()];
        Assert.Equal(["  ", "\n\n\n", "\n\n", "   ", "    ", "\n\n\n\n", "     "], added.Skip(1).Take(7).Select(t => t.GetProperty("content").GetString()!));
        Assert.Equal((1 + 255, 511, false), (added.Length, added[^1].GetProperty("id").GetInt32(), added[^1].GetProperty("special").GetBoolean()));
    }

    [Fact]
    public void The_smaller_member_of_a_family_has_the_ids_of_the_larger()
    {
        var trainer = new BpeTrainer(new BpeTrainerOptions
        {
            VocabularySize = 300,
            SpecialTokens = ["<|end|>"],
            ByteOrder = ByteOrder.Value,
            Pattern = TrainingPattern.None,
            Normalizer = TrainingNormalizer.None,
        });
        byte[] program = [.. Enumerable.Range(0, 40_000).Select(i => (byte)(i % 97 * (i / 1000)))];
        trainer.AddTexts(BinaryChunks.Cut(program, new BinaryChunkOptions { ChunkSize = 1024, MinEntropy = 0.5 }));
        TrainedTokenizer large = trainer.Train();
        TrainedTokenizer small = large.Truncate(270);
        Assert.Equal(270, small.VocabularySize);
        Assert.Equal(large.Tokens.Take(270), small.Tokens);
        Assert.Equal(large.Merges.Take(small.Merges.Count), small.Merges);
    }

    [Fact]
    public void Chunks_of_little_or_much_entropy_are_left_out()
    {
        byte[] file = [.. new byte[256], .. Enumerable.Range(0, 256).Select(i => (byte)i), .. Enumerable.Range(0, 256).Select(i => (byte)(i % 16))];
        Assert.Equal([0.0, 8, 4], new[] { file[..256], file[256..512], file[512..] }.Select(c => BinaryChunks.Entropy(c)));
        ReadOnlyMemory<byte>[] kept = [.. BinaryChunks.Cut(file, new BinaryChunkOptions { ChunkSize = 256, MinEntropy = 1, MaxEntropy = 7 })];
        Assert.Equal(file[512..], Assert.Single(kept).ToArray());
    }

    [Fact]
    public void What_was_trained_on_any_text_encodes_it_without_loss() =>
        Gen.String[0, 200].Array[1, 5].Sample(
            texts =>
            {
                var trainer = new BpeTrainer(new BpeTrainerOptions { VocabularySize = 300, Normalizer = TrainingNormalizer.None });
                trainer.AddTexts(texts.Select(t => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(t))));
                TextTokenizer tokenizer = Load(trainer.Train());
                return texts.All(t => tokenizer.Decode(tokenizer.Encode(t)) == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(t)));
            },
            iter: 20, threads: 1);

    [Fact]
    public void Options_that_contradict_each_other_are_an_error() =>
        Assert.Contains(
            "at least 257",
            Assert.Throws<ArgumentException>(() => new BpeTrainer(new BpeTrainerOptions { VocabularySize = 200 })).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_report_counts_bytes_words_and_tokens()
    {
        var report = new TokenizerReport([TextTokenizer.Load("cl100k_base")]);
        report.Add("hello world tokenization"u8, "en");
        report.Add("Straße"u8, "de");
        report.AddTerm(" tokenization");
        TokenizerFigures english = report.Figures.Single(f => f.Group == "en");
        Assert.Equal((24L, 3L, 4L, 1L), (english.Bytes, english.Words, english.Tokens, english.SplitWords));
        Assert.Equal(3, report.Figures.Count);
        Assert.Equal(0, english.SpanningTokens);
        Assert.Contains("|  tokenization | 2 |", report.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_counts_tokens_that_span_words()
    {
        BpeTrainer trainer = new(new BpeTrainerOptions { VocabularySize = 400, BoundaryProbability = 0.3, Seed = 1 });
        trainer.AddTexts([.. Enumerable.Range(0, 40).Select(i => ((ReadOnlyMemory<byte>)"in accordance with the terms of the agreement"u8.ToArray(), (ulong)i))], 1, default);
        TextTokenizer super = Load(trainer.Train(default));
        var report = new TokenizerReport([TextTokenizer.Load("cl100k_base"), super], ["words", "super"]);
        report.Add("in accordance with the terms"u8);
        TokenizerFigures[] figures = [.. report.Figures];
        Assert.Equal(0, figures[0].SpanningTokens);
        Assert.True(figures[1].SpanningTokens > 0 && figures[1].Tokens < figures[0].Tokens);
        Assert.Matches(@"\| super \| \d+ \| all \| 28 \| \d+ \| -\d+\.\d %", report.ToMarkdown());
    }

    private static string[] NewTokens(TrainedTokenizer trained, int from) => [.. trained.Tokens.Skip(from).Select(Encoding.UTF8.GetString)];

    private TextTokenizer Load(TrainedTokenizer trained)
    {
        string path = Path.Combine(_folder, "tokenizer.json");
        using (FileStream stream = File.Create(path))
        {
            trained.WriteJson(stream);
        }

        return TextTokenizer.Load(path);
    }
}
