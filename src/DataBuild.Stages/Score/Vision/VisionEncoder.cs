using DataBuild.Stages.Extract.Images;
using DataBuild.Stages.Score.Vision.Reduction;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DataBuild.Stages.Score.Vision;

/// <summary>
/// An ONNX vision encoder: one input of floats [images, 3, height, width], and outputs [images, tokens, features], for attention [images, heads, tokens, tokens]. Images are encoded one at
/// a time, so that none depends on those beside it.
/// </summary>
internal sealed class VisionEncoder : IDisposable
{
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly string _path;
    private readonly string _input;
    private readonly VisionEncoderOptions _wanted;
    private readonly string[] _outputs;

    private VisionEncoder(SessionOptions options, InferenceSession session, string path, VisionEncoderOptions wanted)
    {
        (_options, _session, _path, _wanted) = (options, session, path, wanted);
        (_input, NodeMetadata input) = _session.InputMetadata.Count == 1 && _session.InputMetadata.First() is { Value.IsTensor: true, Value.ElementDataType: TensorElementType.Float, Value.Dimensions.Length: 4 } only
            ? (only.Key, only.Value)
            : throw Fault($"inputs {Describe(_session.InputMetadata)}; expected one, float[images, 3, height, width]");
        if (input.Dimensions[1] is not (3 or -1))
        {
            throw Fault($"an input of {input.Dimensions[1]} channels; expected 3: red, green and blue, each of all pixels");
        }

        Height = input.Dimensions[2] > 0 ? input.Dimensions[2] : wanted.Size;
        Width = input.Dimensions[3] > 0 ? input.Dimensions[3] : wanted.Size;
        FeatureOutput = wanted.Output ?? new[] { "last_hidden_state", "features" }.FirstOrDefault(_session.OutputNames.Contains) ?? _session.OutputNames[0];
        AttentionOutputs = !wanted.ReadsAttention ? [] : wanted.Attention.Count > 0 ? wanted.Attention : [.. _session.OutputNames.Where(n => n.StartsWith("attention", StringComparison.OrdinalIgnoreCase))];
        StateOutputs = !wanted.ReadsStates ? [] : wanted.States.Count > 0 ? wanted.States : [.. _session.OutputNames.Where(n => n.StartsWith("state", StringComparison.OrdinalIgnoreCase))];
        _outputs = [FeatureOutput, .. AttentionOutputs, .. StateOutputs, .. wanted.PixelOutput is null ? [] : new[] { wanted.PixelOutput }];
        foreach (string name in _outputs)
        {
            if (!_session.OutputMetadata.TryGetValue(name, out NodeMetadata? output) || output.ElementDataType != TensorElementType.Float)
            {
                throw Fault($"no output '{name}' of floats; its outputs are {Describe(_session.OutputMetadata)}");
            }
        }
    }

    /// <summary>Width of the images that it reads.</summary>
    public int Width { get; }

    /// <summary>Height of the images that it reads.</summary>
    public int Height { get; }

    /// <summary>Where it runs.</summary>
    public string Provider { get; private set; } = "";

    public string FeatureOutput { get; }

    public IReadOnlyList<string> AttentionOutputs { get; }

    public IReadOnlyList<string> StateOutputs { get; }

    /// <summary>Loads an encoder.</summary>
    /// <exception cref="StageException">DB4001 unreadable, DB4002 provider missing, DB4015 no vision encoder.</exception>
    public static VisionEncoder Load(string path, VisionEncoderOptions wanted, Action<StageNote>? report)
    {
        SessionOptions options = new();
        InferenceSession? session = null;
        try
        {
            string provider = ExecutionProviderSetup.Append(options, wanted.Provider, report);
            options.IntraOpNumThreads = Math.Max(1, wanted.Threads);
            options.InterOpNumThreads = 1;
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
            session = OnnxModelSession.Open(path, OnnxModelSession.Read(path), options);
            return new VisionEncoder(options, session, path, wanted) { Provider = provider };
        }
        catch
        {
            session?.Dispose();
            options.Dispose();
            throw;
        }
    }

    /// <summary>Encodes an image of <see cref="Width"/> and <see cref="Height"/>.</summary>
    /// <exception cref="StageException">DB4015: the outputs do not fit each other.</exception>
    public EncodedImage Encode(RgbImage image)
    {
        int plane = Width * Height;
        float[] values = new float[3 * plane];
        for (int i = 0; i < plane; i++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                values[(channel * plane) + i] = (float)(((image.Pixels[(i * 3) + channel] / 255.0) - _wanted.Mean[channel]) / _wanted.Std[channel]);
            }
        }

        using OrtValue input = OrtValue.CreateTensorValueFromMemory(values, [1, 3, Height, Width]);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, [_input], [input], _outputs);
        int next = 0;
        (float[] features, int dimensions) = Patches(outputs[next], _outputs[next++]);
        List<AttentionMap> attention = [];
        foreach (string name in AttentionOutputs)
        {
            attention.Add(Attention(outputs[next++], name, features.Length / dimensions));
        }

        List<float[]> states = [];
        foreach (string name in StateOutputs)
        {
            (float[] state, _) = Patches(outputs[next++], name);
            states.Add(state);
        }

        (float[] pixels, int pixelDimensions) = _wanted.PixelOutput is null ? ([], 0) : Patches(outputs[next], _wanted.PixelOutput);
        return new EncodedImage(features, dimensions, attention, states, pixels, pixelDimensions);
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }

    // A token per patch, without those before the first patch; outputs of the pixels have none of these.
    private (float[] Values, int Dimensions) Patches(OrtValue value, string name)
    {
        long[] shape = value.GetTensorTypeAndShape().Shape;
        int prefix = name == _wanted.PixelOutput ? 0 : _wanted.Prefix;
        if (shape.Length != 3 || shape[1] <= prefix || shape[2] < 1)
        {
            throw Fault($"an output '{name}' of [{string.Join(", ", shape)}]; expected [1, tokens, features] with more than {prefix} tokens");
        }

        return (value.GetTensorDataAsSpan<float>()[(int)(prefix * shape[2])..].ToArray(), (int)shape[2]);
    }

    private AttentionMap Attention(OrtValue value, string name, int patches)
    {
        long[] shape = value.GetTensorTypeAndShape().Shape;
        if (shape.Length != 4 || shape[2] != patches + _wanted.Prefix || shape[3] != shape[2])
        {
            throw Fault($"an output '{name}' of [{string.Join(", ", shape)}]; expected [1, heads, {patches + _wanted.Prefix}, {patches + _wanted.Prefix}]");
        }

        try
        {
            return new AttentionMap(value.GetTensorDataAsSpan<float>().ToArray(), (int)shape[1], (int)shape[2], _wanted.Prefix);
        }
        catch (ArgumentException error)
        {
            throw Fault($"an output '{name}' that is no attention: {error.Message}");
        }
    }

    private static string Describe(IReadOnlyDictionary<string, NodeMetadata> values) =>
        string.Join(", ", values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key} {v.Value.ElementDataType}[{string.Join(", ", v.Value.Dimensions)}]"));

    private StageException Fault(string found) => new("DB4015", $"the model '{_path}' is no vision encoder as it is used here: it has {found}", _path);
}
