using DataBuild.Stages.Score.Onnx;

namespace DataBuild.Tests.Score.Speech;

/// <summary>
/// A small recogniser with the interface of wav2vec 2.0: samples in, a value for each symbol at each frame out, a blank where nothing is said. Fixed filters under a Hann window, the
/// logarithm of their energies, and a layer that is trained on made speech, frame by frame.
/// </summary>
internal static class ToneRecogniser
{
    public const int Rate = 16000;

    private const int Frame = 320;
    private const int Filters = 20;
    private const double LowestFilter = 300;
    private const double FilterStep = 105;
    private const double Floor = 1e-3;
    private const int Iterations = 400;
    private const double LearningRate = 2;
    private const int Sentences = 40;

    private static readonly int Symbols = ToneSpeech.Symbols.Length;
    private static readonly double[][] Cosines = Waves(Math.Cos);
    private static readonly double[][] Sines = Waves(Math.Sin);

    /// <summary>Trains a recogniser.</summary>
    /// <param name="seed">Of the speech that it hears.</param>
    /// <param name="letters">Letters that it ever hears.</param>
    public static byte[] Train(uint seed, string letters)
    {
        List<double[]> inputs = [];
        List<int> targets = [];
        ToneSpeech dice = new(Rate, seed);
        for (int i = 0; i < Sentences; i++)
        {
            ToneSpeech speech = new ToneSpeech(Rate, seed + (uint)i + 1).Silence(0.1).Say(string.Concat(Enumerable.Range(0, 16).Select(_ => letters[(int)(dice.Next() * letters.Length)]))).Silence(0.1);
            double[] samples = Normalized(speech.Samples);
            for (int at = 0; at + Frame <= samples.Length; at += Frame)
            {
                inputs.Add(Features(samples.AsSpan(at, Frame)));
                targets.Add(speech.SymbolAt[at + (Frame / 2)]);
            }
        }

        (double[] weights, double[] bias) = Fit(inputs, targets);
        return Graph(weights, bias);
    }

    private static double[][] Waves(Func<double, double> wave) =>
        [.. Enumerable.Range(0, Filters).Select(f => Enumerable.Range(0, Frame).Select(i => (0.5 - (0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / Frame))) * wave(2 * Math.PI * (LowestFilter + (f * FilterStep)) * i / Rate) / Frame).ToArray())];

    private static double[] Normalized(IReadOnlyList<float> samples)
    {
        double mean = samples.Average(s => (double)s);
        double scale = 1 / Math.Sqrt(samples.Average(s => (s - mean) * (s - mean)) + 1e-7);
        return [.. samples.Select(s => (s - mean) * scale)];
    }

    private static double[] Features(ReadOnlySpan<double> frame)
    {
        double[] features = new double[Filters];
        for (int f = 0; f < Filters; f++)
        {
            double cosine = 0;
            double sine = 0;
            for (int i = 0; i < Frame; i++)
            {
                cosine += frame[i] * Cosines[f][i];
                sine += frame[i] * Sines[f][i];
            }

            features[f] = Math.Log((cosine * cosine) + (sine * sine) + Floor);
        }

        return features;
    }

    // Softmax regression by gradient descent over standardised features; the standardisation is folded into the weights.
    private static (double[] Weights, double[] Bias) Fit(List<double[]> inputs, List<int> targets)
    {
        double[] mean = [.. Enumerable.Range(0, Filters).Select(f => inputs.Average(x => x[f]))];
        double[] deviation = [.. Enumerable.Range(0, Filters).Select(f => Math.Sqrt(inputs.Average(x => (x[f] - mean[f]) * (x[f] - mean[f]))))];
        double[][] standard = [.. inputs.Select(x => x.Select((v, f) => (v - mean[f]) / deviation[f]).ToArray())];
        double[] weights = new double[Symbols * Filters];
        double[] bias = new double[Symbols];
        double[] scores = new double[Symbols];
        for (int iteration = 0; iteration < Iterations; iteration++)
        {
            double[] slope = new double[weights.Length];
            double[] biasSlope = new double[Symbols];
            for (int n = 0; n < standard.Length; n++)
            {
                double[] x = standard[n];
                double sum = 0;
                for (int s = 0; s < Symbols; s++)
                {
                    double score = bias[s];
                    for (int f = 0; f < Filters; f++)
                    {
                        score += weights[(s * Filters) + f] * x[f];
                    }

                    sum += scores[s] = Math.Exp(score);
                }

                for (int s = 0; s < Symbols; s++)
                {
                    double error = (scores[s] / sum) - (s == targets[n] ? 1 : 0);
                    biasSlope[s] += error;
                    for (int f = 0; f < Filters; f++)
                    {
                        slope[(s * Filters) + f] += error * x[f];
                    }
                }
            }

            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] -= LearningRate * slope[i] / standard.Length;
            }

            for (int s = 0; s < Symbols; s++)
            {
                bias[s] -= LearningRate * biasSlope[s] / standard.Length;
            }
        }

        for (int s = 0; s < Symbols; s++)
        {
            for (int f = 0; f < Filters; f++)
            {
                weights[(s * Filters) + f] /= deviation[f];
                bias[s] -= weights[(s * Filters) + f] * mean[f];
            }
        }

        return (weights, bias);
    }

    private static byte[] Graph(double[] weights, double[] bias) => new OnnxModelBuilder("tones")
        .Input("input_values", OnnxElementType.Single, "1", "samples")
        .Output("logits", OnnxElementType.Single, "1", "frames", $"{Symbols}")
        .Constant<long>("shape", [1, 1, -1], 3)
        .Constant<float>("waves", [.. Cosines.Zip(Sines).SelectMany(w => w.First.Concat(w.Second)).Select(v => Rounded(v, 6))], Filters * 2, 1, Frame)
        .Constant<float>("pairs", [.. Enumerable.Range(0, Filters).SelectMany(f => Enumerable.Range(0, Filters * 2).Select(w => w / 2 == f ? 1f : 0f))], Filters, Filters * 2, 1)
        .Constant<float>("floor", [(float)Floor], 1)
        .Constant<float>("weights", [.. weights.Select(v => Rounded(v, 3))], Symbols, Filters, 1)
        .Constant<float>("bias", [.. bias.Select(v => Rounded(v, 3))], Symbols)
        .Node("Reshape", ["input_values", "shape"], "signal")
        .Node("Conv", ["signal", "waves"], "filtered", "strides", [Frame])
        .Node("Mul", ["filtered", "filtered"], "squared")
        .Node("Conv", ["squared", "pairs"], "energy")
        .Node("Add", ["energy", "floor"], "lifted")
        .Node("Log", ["lifted"], "features")
        .Node("Conv", ["features", "weights", "bias"], "scores")
        .Node("Transpose", ["scores"], "logits", "perm", [0, 2, 1])
        .Build();

    // Last bits differ from machine to machine.
    private static float Rounded(double value, int decimals) => (float)Math.Round(value, decimals, MidpointRounding.ToEven);
}
