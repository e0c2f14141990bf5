using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DataBuild.Stages.Score.Speech;

/// <summary>
/// A voice detector as ONNX, in the manner of Silero's: windows of samples go in one after the other, with the state that the last one left; the probability of speech comes out. Inputs are
/// <c>input</c> [1, samples], where it has it <c>sr</c>, and states of fixed shape; outputs a probability and, in the order of the inputs, the new states.
/// </summary>
internal sealed class OnnxVad : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string _path;
    private readonly string _input;
    private readonly List<(string Input, string Output, long[] Shape)> _states = [];
    private readonly string _output;

    /// <summary>Loads a detector.</summary>
    /// <exception cref="StageException">DB4001, DB4003, DB4004: the file is none.</exception>
    public OnnxVad(string path, int rate)
    {
        (_path, Rate) = (path, rate);
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = OnnxModelSession.Open(path, OnnxModelSession.Read(path), options);
        _input = _session.InputMetadata.FirstOrDefault(i => i.Value.ElementDataType == TensorElementType.Float && i.Value.Dimensions.Length == 2 && i.Key is "input" or "x" or "audio").Key
            ?? throw new StageException("DB4003", $"the model '{path}' has the inputs {string.Join(", ", _session.InputMetadata.Keys)}; expected 'input' of float [1, samples], 'sr' and states", path);
        string[] states = [.. _session.InputMetadata.Keys.Where(k => k != _input && k != "sr").Order(StringComparer.Ordinal)];
        string[] outputs = [.. _session.OutputMetadata.Where(o => o.Value.ElementDataType == TensorElementType.Float).Select(o => o.Key)];
        _output = outputs.FirstOrDefault(o => o is "output" or "prob") ?? outputs.FirstOrDefault() ?? throw new StageException("DB4004", $"the model '{path}' has no output of floats", path);
        string[] next = [.. outputs.Where(o => o != _output).Order(StringComparer.Ordinal)];
        if (next.Length != states.Length)
        {
            throw new StageException("DB4004", $"the model '{path}' has {states.Length} states as inputs ({string.Join(", ", states)}) and {next.Length} as outputs ({string.Join(", ", next)})", path);
        }

        for (int i = 0; i < states.Length; i++)
        {
            // A free dimension is that of the recordings, of which there is one.
            _states.Add((states[i], next[i], [.. _session.InputMetadata[states[i]].Dimensions.Select(d => d < 1 ? 1L : d)]));
        }
    }

    /// <summary>Samples a second that it expects.</summary>
    public int Rate { get; }

    /// <summary>The probability of speech in each window; the last is filled up with silence.</summary>
    /// <param name="samples">Samples at the detector's rate.</param>
    /// <param name="window">Samples of a window.</param>
    /// <param name="context">Samples of the window before that each one begins with; Silero's fifth version takes 64.</param>
    public float[] Run(ReadOnlySpan<float> samples, int window, int context)
    {
        float[] probabilities = new float[(samples.Length + window - 1) / window];
        Dictionary<string, float[]> states = _states.ToDictionary(s => s.Input, s => new float[s.Shape.Aggregate(1L, (a, b) => a * b)], StringComparer.Ordinal);
        float[] input = new float[context + window];
        for (int i = 0; i < probabilities.Length; i++)
        {
            Array.Copy(input, window, input, 0, context);
            Span<float> rest = input.AsSpan(context);
            rest.Clear();
            samples.Slice(i * window, Math.Min(window, samples.Length - (i * window))).CopyTo(rest);
            probabilities[i] = Step(input, states);
        }

        return probabilities;
    }

    public void Dispose() => _session.Dispose();

    private float Step(float[] input, Dictionary<string, float[]> states)
    {
        Dictionary<string, OrtValue> inputs = new(StringComparer.Ordinal) { [_input] = OrtValue.CreateTensorValueFromMemory(input, [1, input.Length]) };
        foreach ((string name, _, long[] shape) in _states)
        {
            inputs[name] = OrtValue.CreateTensorValueFromMemory(states[name], shape);
        }

        if (_session.InputMetadata.TryGetValue("sr", out NodeMetadata? rate))
        {
            inputs["sr"] = OrtValue.CreateTensorValueFromMemory<long>([Rate], [.. rate.Dimensions.Select(_ => 1L)]);
        }

        try
        {
            using RunOptions options = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, inputs, [_output, .. _states.Select(s => s.Output)]);
            for (int i = 0; i < _states.Count; i++)
            {
                states[_states[i].Input] = outputs[i + 1].GetTensorDataAsSpan<float>().ToArray();
            }

            return outputs[0].GetTensorDataAsSpan<float>()[0];
        }
        catch (OnnxRuntimeException e)
        {
            throw new StageException("DB4003", $"the model '{_path}' does not take {input.Length} samples: {e.Message.ReplaceLineEndings(" ").Trim()}", _path, e);
        }
        finally
        {
            foreach (OrtValue value in inputs.Values)
            {
                value.Dispose();
            }
        }
    }
}
