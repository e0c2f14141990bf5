using System.Globalization;
using System.Text.Json;

namespace DataBuild.Stages.Score.Linear;

/// <summary>How a classifier does on examples that it was not trained on.</summary>
public sealed class ClassifierEvaluation
{
    private readonly int[,] _counts;

    /// <summary>Starts an evaluation.</summary>
    public ClassifierEvaluation(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Labels = labels;
        _counts = new int[labels.Count, labels.Count];
    }

    /// <summary>The labels.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Examples looked at.</summary>
    public int Count { get; private set; }

    /// <summary>Share of examples whose most probable label is their own; 0 for no example.</summary>
    public double Accuracy => Count == 0 ? 0 : Enumerable.Range(0, Labels.Count).Sum(k => (double)_counts[k, k]) / Count;

    /// <summary>Mean of the labels' F1.</summary>
    public double MacroF1 => Enumerable.Range(0, Labels.Count).Average(F1);

    /// <summary>Adds an example.</summary>
    /// <param name="actual">Index of its label.</param>
    /// <param name="predicted">Index of the label that the classifier finds most probable.</param>
    public void Add(int actual, int predicted)
    {
        _counts[actual, predicted]++;
        Count++;
    }

    /// <summary>Harmonic mean of precision and recall of a label; 0 where it is never found.</summary>
    public double F1(int label)
    {
        int found = Enumerable.Range(0, Labels.Count).Sum(k => _counts[k, label]);
        int there = Enumerable.Range(0, Labels.Count).Sum(k => _counts[label, k]);
        return found + there == 0 ? 0 : 2.0 * _counts[label, label] / (found + there);
    }

    /// <summary>The figures in one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"accuracy {Accuracy:0.0000}, macro F1 {MacroF1:0.0000} on {Count:N0} held-out examples");

    /// <summary>The figures as JSON.</summary>
    public byte[] ToJson(int trained)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("trainedOn", trained);
            json.WriteNumber("heldOut", Count);
            json.WriteNumber("accuracy", Math.Round(Accuracy, 6));
            json.WriteNumber("macroF1", Math.Round(MacroF1, 6));
            json.WriteStartObject("f1");
            for (int k = 0; k < Labels.Count; k++)
            {
                json.WriteNumber(Labels[k], Math.Round(F1(k), 6));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return [.. stream.ToArray(), (byte)'\n'];
    }
}
