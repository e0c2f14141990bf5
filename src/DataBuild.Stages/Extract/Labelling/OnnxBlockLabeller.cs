using System.Globalization;
using System.Text;
using System.Text.Json;
using DataBuild.Stages.Score;
using DataBuild.Stages.Tokenize;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DataBuild.Stages.Extract.Labelling;

/// <summary>
/// Labels blocks with an ONNX token classifier: inputs <c>input_ids</c> and, where the model has them, <c>attention_mask</c> and <c>token_type_ids</c>
/// of shape (1, tokens); one float output of shape (1, tokens, 2), or (1, tokens, 1) or (1, tokens) where one value says "main".
/// The simplified page is read in windows of whole blocks. A block is main where the mean probability of its tokens is at least one half.
/// </summary>
public sealed class OnnxBlockLabeller : IBlockLabeller, IDisposable
{
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly TextTokenizer _tokenizer;
    private readonly OnnxBlockLabellerOptions _limits;
    private readonly string _output;
    private readonly int _main;

    private OnnxBlockLabeller(SessionOptions options, InferenceSession session, TextTokenizer tokenizer, OnnxBlockLabellerOptions limits, string output, int main)
    {
        _options = options;
        _session = session;
        _tokenizer = tokenizer;
        _limits = limits;
        _output = output;
        _main = main;
    }

    /// <summary>Loads a model.</summary>
    /// <exception cref="StageException">DB4058: it cannot be loaded, or is no token classifier of two labels. DB4002: the provider is missing.</exception>
    public static OnnxBlockLabeller Load(string path, TextTokenizer tokenizer, OnnxBlockLabellerOptions limits, Action<StageNote>? report)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(limits);
        SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        InferenceSession? session = null;
        try
        {
            ExecutionProviderSetup.Append(options, limits.Provider, report);
            byte[] model = File.ReadAllBytes(path);
            if (OnnxExternalWeights.Find(model) is { } other)
            {
                throw new StageException("DB4058", $"'{path}' keeps weights in another file, '{other}', which its digest does not cover; expected one file", path);
            }

            session = new InferenceSession(model, options);
            string? strange = session.InputMetadata.FirstOrDefault(i => ValueOf(i.Key) < 0 || i.Value.Dimensions.Length != 2 || i.Value.ElementDataType != TensorElementType.Int64).Key;
            if (strange is not null || !session.InputMetadata.ContainsKey("input_ids"))
            {
                throw new StageException(
                    "DB4058",
                    $"'{path}' is no token classifier: {(strange is null ? "it has no input 'input_ids'" : $"its input '{strange}' is none of input_ids, attention_mask, token_type_ids as int64 (1, tokens)")}",
                    path);
            }

            (string output, int main) = OutputOf(session, path);
            return new OnnxBlockLabeller(options, session, tokenizer, limits, output, main);
        }
        catch (Exception e)
        {
            session?.Dispose();
            options.Dispose();
            throw e is OnnxRuntimeException ? new StageException("DB4058", $"'{path}' cannot be loaded: {e.Message.ReplaceLineEndings(" ").Trim()}", path, e) : e;
        }
    }

    /// <inheritdoc />
    public ValueTask<string?> LabelAsync(string simplifiedHtml, int items, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(simplifiedHtml);
        StringBuilder answer = new();
        List<(string Id, int Start, int End)> window = [];
        List<int> ids = [.. _limits.PrefixIds];
        int room = _limits.MaxTokens - _limits.PrefixIds.Count - _limits.SuffixIds.Count;
        foreach ((string id, string html) in SimplifiedPage.Split(simplifiedHtml))
        {
            cancellationToken.ThrowIfCancellationRequested();
            int[] tokens = _tokenizer.Encode(html);
            int count = Math.Min(tokens.Length, room);
            if (ids.Count + count + _limits.SuffixIds.Count > _limits.MaxTokens)
            {
                Label(ids, window, answer);
            }

            window.Add((id, ids.Count, ids.Count + count));
            ids.AddRange(tokens.AsSpan(0, count));
        }

        Label(ids, window, answer);
        return ValueTask.FromResult(answer.Length == 0 ? null : answer.ToString());
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }

    // The value of an input at a token's place; the ids themselves are marked by 2, unknown inputs by -1.
    private static int ValueOf(string input) => input switch
    {
        "input_ids" => 2,
        "attention_mask" => 1,
        "token_type_ids" => 0,
        _ => -1,
    };

    private static (string Name, int Main) OutputOf(InferenceSession session, string path)
    {
        foreach ((string name, NodeMetadata output) in session.OutputMetadata.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            int[] shape = output.Dimensions;
            if (output.IsTensor && output.ElementDataType == TensorElementType.Float && (shape.Length == 2 || (shape.Length == 3 && shape[2] is 1 or 2)))
            {
                string[] labels = session.ModelMetadata.CustomMetadataMap.TryGetValue("databuild.labels", out string? json)
                    ? JsonSerializer.Deserialize(json, ModelMetadataJson.Default.IReadOnlyListString)!.ToArray()
                    : ["other", "main"];
                int main = Array.IndexOf(labels, "main");
                return main >= 0 && labels.Length == 2
                    ? (name, main)
                    : throw new StageException("DB4058", $"'{path}' has the labels {string.Join(", ", labels)}; expected main and other", path);
            }
        }

        string found = string.Join(", ", session.OutputMetadata.Select(o => $"{o.Key} {o.Value.ElementDataType}({string.Join(", ", o.Value.Dimensions)})"));
        throw new StageException("DB4058", $"'{path}' is no token classifier: its outputs are {found}; expected float (1, tokens, 2)", path);
    }

    private void Label(List<int> ids, List<(string Id, int Start, int End)> window, StringBuilder answer)
    {
        if (window.Count > 0)
        {
            ids.AddRange(_limits.SuffixIds);
            float[] main = Run(ids);
            foreach ((string id, int start, int end) in window)
            {
                double sum = 0;
                for (int i = start; i < end; i++)
                {
                    sum += main[i];
                }

                answer.Append(CultureInfo.InvariantCulture, $"{id}{(end > start && sum * 2 >= end - start ? "main" : "other")}");
            }
        }

        window.Clear();
        ids.Clear();
        ids.AddRange(_limits.PrefixIds);
    }

    // The probability of "main" at each token.
    private float[] Run(List<int> ids)
    {
        long[] tokens = [.. ids.Select(i => (long)i)];
        List<NamedOnnxValue> inputs = [];
        foreach (string name in _session.InputMetadata.Keys)
        {
            long[] values = ValueOf(name) == 2 ? tokens : [.. Enumerable.Repeat((long)ValueOf(name), tokens.Length)];
            inputs.Add(NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(values, [1, tokens.Length])));
        }

        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(inputs, [_output]);
        float[] logits = [.. results[0].AsEnumerable<float>()];
        float[] main = new float[tokens.Length];
        bool pair = logits.Length == tokens.Length * 2;
        for (int i = 0; i < main.Length; i++)
        {
            float logit = pair ? logits[(i * 2) + _main] - logits[(i * 2) + 1 - _main] : logits[i];
            main[i] = 1f / (1f + MathF.Exp(-logit));
        }

        return main;
    }
}
