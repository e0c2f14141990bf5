using CsCheck;
using DataBuild.Stages.Score;
using DataBuild.Stages.Score.Linear;

namespace DataBuild.Stages.Tests.Score;

public sealed class LinearTextClassifierTests : IDisposable
{
    private static readonly NGramFeaturizerOptions Small = new() { Buckets = 1 << 12, MaxCharacters = 4 };
    private readonly TestModels _models = new();

    public void Dispose() => _models.Dispose();

    // Two kinds of text made of words that overlap: weather and cooking.
    private static List<LabeledText> Examples(int count, int seed)
    {
        string[] shared = ["the", "and", "in", "with", "a", "of", "then", "it", "was", "is"];
        Dictionary<string, string[]> own = new()
        {
            ["weather"] = ["rain", "wind", "cloud", "storm", "sunny", "cold", "front", "pressure", "snow", "forecast"],
            ["cooking"] = ["onion", "butter", "oven", "simmer", "salt", "stir", "flour", "cold", "pan", "slice"],
        };
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            string label = i % 2 == 0 ? "weather" : "cooking";
            IEnumerable<string> words = Enumerable.Range(0, 20).Select(_ => random.Next(3) == 0 ? own[label][random.Next(10)] : shared[random.Next(10)]);
            return new LabeledText(string.Join(' ', words), label);
        })];
    }

    private static LinearTextClassifier Train(int threads = 2, NGramFeaturizerOptions? featurizer = null) =>
        new LinearTextClassifierTrainer { Featurizer = featurizer ?? Small, Threads = threads, Epochs = 5 }
            .Train(Examples(300, 1), [("weather", 0), ("cooking", 5)]);

    [Fact]
    public void Kinds_of_text_are_told_apart()
    {
        LinearTextClassifier model = Train();
        NGramFeaturizer featurizer = new(model.Featurizer);
        FeatureList features = new();

        int right = Examples(200, 2).Count(e =>
        {
            featurizer.Featurize(e.Text, features);
            return model.Score(features) > 2.5 == (e.Label == "cooking");
        });

        Assert.True(right >= 195, $"{right} of 200 right");
    }

    [Fact]
    public void Training_gives_the_same_file_for_any_number_of_threads() =>
        Assert.Equal(Train(1).ToOnnx(), Train(7).ToOnnx());

    [Theory]
    [InlineData(NGramWeighting.Mean)]
    [InlineData(NGramWeighting.SquareRoot)]
    public void The_exported_model_scores_as_the_trained_one(NGramWeighting weighting)
    {
        LinearTextClassifier model = Train(featurizer: Small with { Weighting = weighting });
        using OnnxTextScorer scorer = OnnxTextScorer.Load(_models.Write(model.ToOnnx()), new() { Decimals = 6 });
        NGramFeaturizer featurizer = new(model.Featurizer);
        FeatureList features = new();

        foreach (LabeledText example in Examples(50, 3))
        {
            featurizer.Featurize(example.Text, features);
            Assert.Equal(model.Score(features), scorer.Score(example.Text).Score, tolerance: 1e-4);
        }

        Assert.Equal(["weather", "cooking"], scorer.Labels);
    }

    [Fact]
    public void Three_labels_have_probabilities_that_sum_to_one()
    {
        List<LabeledText> examples = [.. Examples(100, 1), .. Enumerable.Range(0, 50).Select(i => new LabeledText($"match goal team {i} league", "sport"))];
        LinearTextClassifier model = new LinearTextClassifierTrainer { Featurizer = Small }.Train(examples, [("weather", 0), ("cooking", 1), ("sport", 2)]);
        using OnnxTextScorer sport = OnnxTextScorer.Load(_models.Write(model.ToOnnx()), new() { Output = "probabilities", Label = "sport", Decimals = 6 });
        NGramFeaturizer featurizer = new(model.Featurizer);
        FeatureList features = new();
        featurizer.Featurize("the team and the goal", features);

        double[] probabilities = model.Predict(features);

        Assert.Equal(1, probabilities.Sum(), 9);
        Assert.Equal(2, Array.IndexOf(probabilities, probabilities.Max()));
        Assert.Equal(probabilities[2], sport.Score("the team and the goal").Score, tolerance: 1e-4);
    }

    [Fact]
    public void Labels_must_have_examples()
    {
        LinearTextClassifierTrainer trainer = new() { Featurizer = Small };

        Assert.Contains("'c'", Assert.Throws<ArgumentException>(() => trainer.Train([new("x", "a"), new("y", "b")], [("a", 0), ("b", 1), ("c", 2)])).Message, StringComparison.Ordinal);
        Assert.Contains("'z'", Assert.Throws<ArgumentException>(() => trainer.Train([new("x", "z")], [("a", 0), ("b", 1)])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => trainer.Train([new("x", "a")], [("a", 0)]));
    }

    [Fact]
    public void Weights_have_length_one_and_every_bucket_appears_once() =>
        Gen.String.Sample(
            text =>
            {
                FeatureList features = new();
                new NGramFeaturizer(Small).Featurize(text, features);
                Assert.Equal(features.Count, features.Ids.ToArray().Distinct().Count());
                if (features.Count > 0)
                {
                    double length = 0;
                    foreach (float weight in features.Weights)
                    {
                        length += weight * (double)weight;
                    }

                    Assert.Equal(1, length, 4);
                }
            },
            iter: 300,
            threads: 1);

    [Fact]
    public void A_featurizer_carries_nothing_from_text_to_text()
    {
        NGramFeaturizer used = new(Small);
        FeatureList first = new();
        used.Featurize("something else, 1999\nand more", first);
        used.Featurize("Tea 緑茶 and Käse.", first);
        FeatureList second = new();
        new NGramFeaturizer(Small).Featurize("Tea 緑茶 and Käse.", second);

        Assert.Equal(second.Ids.ToArray(), first.Ids.ToArray());
        Assert.Equal(second.Weights.ToArray(), first.Weights.ToArray());
    }

    [Theory]
    [InlineData("In 1987", "in 2024")]
    [InlineData("a\n\n\nb", "a\nb")]
    [InlineData("a  b", "a\tb")]
    public void Case_digits_and_blanks_do_not_matter(string one, string other)
    {
        FeatureList a = new();
        FeatureList b = new();
        NGramFeaturizer featurizer = new(Small);
        featurizer.Featurize(one, a);
        featurizer.Featurize(other, b);

        Assert.Equal(a.Ids.ToArray(), b.Ids.ToArray());
    }

    [Fact]
    public void A_text_beyond_the_limit_is_covered_in_part()
    {
        FeatureList features = new();
        new NGramFeaturizer(Small with { MaxTextLength = 10 }).Featurize(new string('a', 40), features);

        Assert.Equal(0.25, features.Covered);
    }

    [Fact]
    public void Options_survive_the_metadata()
    {
        NGramFeaturizerOptions options = new() { Buckets = 1 << 9, WordNGrams = 3, MinCharacters = 0, MaxCharacters = 0, MaxTextLength = 77, Weighting = NGramWeighting.Mean };

        Assert.Equal(options, NGramFeaturizerOptions.FromMetadata(new Dictionary<string, string>(options.ToMetadata())));
    }

    [Theory]
    [InlineData("databuild.ngrams.buckets", "1000", "power of two")]
    [InlineData("databuild.ngrams.weighting", "Other", "Mean or SquareRoot")]
    [InlineData("databuild.featurizer", "ngrams.9", "ngrams.1")]
    public void Wrong_metadata_is_an_unreadable_model(string name, string value, string expected)
    {
        LinearTextClassifier model = Train();
        Dictionary<string, string> metadata = new(model.Featurizer.ToMetadata()) { [name] = value };
        string path = _models.Write(TestModels.MeanOfIds(m =>
        {
            foreach ((string key, string text) in metadata)
            {
                m.Metadata(key, text);
            }
        }));

        StageException e = Assert.Throws<StageException>(() => OnnxTextScorer.Load(path, new()));

        Assert.Equal("DB4001", e.Code);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }
}
