using DataBuild.Stages.Score;
using DataBuild.Stages.Tokenize;
using Microsoft.ML.OnnxRuntime;

namespace DataBuild.Stages.Generate.Rephrase;

/// <summary>Vectors of tokens from an ONNX encoder: its output of three dimensions, in windows. Special tokens are put around each window and take no part.</summary>
public sealed class OnnxTokenVectors : ITokenVectors, IDisposable
{
    private readonly InferenceSession _session;
    private readonly TextTokenizer _tokenizer;
    private readonly int[] _before;
    private readonly int[] _after;
    private readonly int _window;
    private readonly string _output;

    /// <summary>Loads an encoder.</summary>
    /// <param name="path">ONNX file with <c>input_ids</c> and, where it has it, <c>attention_mask</c>.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="before">Ids before each window.</param>
    /// <param name="after">Ids after each window.</param>
    /// <param name="maxTokens">Tokens of a window, special ones included.</param>
    /// <exception cref="StageException">DB4001: the file cannot be read. DB4004: it has no output of three dimensions.</exception>
    public OnnxTokenVectors(string path, TextTokenizer tokenizer, int[] before, int[] after, int maxTokens)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        using SessionOptions options = new();
        _session = OnnxModelSession.Open(path, OnnxModelSession.Read(path), options);
        (_tokenizer, _before, _after) = (tokenizer, before, after);
        _window = Math.Max(1, maxTokens - before.Length - after.Length);
        _output = _session.OutputMetadata.FirstOrDefault(o => o.Value.Dimensions.Length == 3).Key
            ?? throw new StageException("DB4004", $"the encoder has the outputs {string.Join(", ", _session.OutputMetadata.Keys)}; expected one with a vector a token", path);
    }

    /// <inheritdoc />
    public IReadOnlyList<float[]> Of(string text)
    {
        int[] ids = _tokenizer.Encode(text);
        List<float[]> vectors = new(ids.Length);
        foreach (int[] window in ids.Chunk(_window))
        {
            long[] input = [.. _before.Concat(window).Concat(_after).Select(i => (long)i)];
            Dictionary<string, OrtValue> inputs = new(StringComparer.Ordinal);
            foreach (string name in _session.InputMetadata.Keys)
            {
                long[] values = name switch
                {
                    "attention_mask" => [.. Enumerable.Repeat(1L, input.Length)],
                    "token_type_ids" => new long[input.Length],
                    "position_ids" => [.. Enumerable.Range(0, input.Length).Select(i => (long)i)],
                    _ => input,
                };
                inputs[name] = OrtValue.CreateTensorValueFromMemory(values, [1, input.Length]);
            }

            using RunOptions options = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(options, inputs, [_output]);
            ReadOnlySpan<float> all = outputs[0].GetTensorDataAsSpan<float>();
            int width = all.Length / input.Length;
            for (int t = 0; t < window.Length; t++)
            {
                vectors.Add(all.Slice((_before.Length + t) * width, width).ToArray());
            }

            foreach (OrtValue value in inputs.Values)
            {
                value.Dispose();
            }
        }

        return vectors;
    }

    /// <inheritdoc />
    public void Dispose() => _session.Dispose();
}
