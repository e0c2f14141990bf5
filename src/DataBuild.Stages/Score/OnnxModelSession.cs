using System.Text.Json;
using DataBuild.Stages.Score.Linear;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DataBuild.Stages.Score;

/// <summary>What an input of a model is fed with.</summary>
internal enum ModelInputRole
{
    Ids,
    Mask,
    Weights,
    TokenTypes,
    Positions,

    /// <summary>Keys or values of tokens before the window: of none, as every window is read from its beginning.</summary>
    Past,

    /// <summary>Whether a merged graph takes the branch that reads the past: it does not.</summary>
    UsesPast,
}

/// <summary>An input of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is fed with.</param>
/// <param name="Type">Its elements.</param>
/// <param name="Heads">Heads of a past.</param>
/// <param name="Width">Values of a head of a past.</param>
internal readonly record struct ModelInput(string Name, ModelInputRole Role, TensorElementType Type, int Heads = 0, int Width = 0);

/// <summary>A loaded model with its inputs, output and labels found out and checked.</summary>
internal sealed class OnnxModelSession : IDisposable
{
    private readonly SessionOptions _options;

    private OnnxModelSession(SessionOptions options, InferenceSession session, string path)
    {
        _options = options;
        Session = session;
        Path = path;
        Metadata = session.ModelMetadata.CustomMetadataMap;
    }

    public InferenceSession Session { get; }

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public string Provider { get; private set; } = "";

    /// <summary>Nodes that ran on each provider in a profiled run; empty where none was profiled.</summary>
    public IReadOnlyDictionary<string, int> NodesByProvider { get; private set; } = new Dictionary<string, int>();

    public NGramFeaturizerOptions? Featurizer { get; private set; }

    public IReadOnlyList<ModelInput> Inputs { get; private set; } = [];

    public string Output { get; private set; } = "";

    /// <summary>Dimensions of the output; -1 where they are free.</summary>
    public IReadOnlyList<int> OutputShape { get; private set; } = [];

    public int FixedRows { get; private set; }

    public int FixedLength { get; private set; }

    public IReadOnlyList<string> Labels { get; private set; } = [];

    public IReadOnlyList<double> LabelValues { get; private set; } = [];

    /// <summary>Loads a model.</summary>
    /// <exception cref="StageException">DB4001 unreadable, DB4002 provider missing, DB4003 inputs not understood, DB4004 output not understood.</exception>
    public static OnnxModelSession Load(string path, OnnxScorerOptions options, Action<StageNote>? report)
    {
        byte[] bytes = Read(path);
        SessionOptions sessionOptions = new();
        try
        {
            string provider = ExecutionProviderSetup.Append(sessionOptions, options.Provider, report);
            sessionOptions.IntraOpNumThreads = Math.Max(1, options.Threads);
            sessionOptions.InterOpNumThreads = 1;
            using ProviderProfile? profile = options.CountNodes ?? provider != "CPUExecutionProvider" ? new ProviderProfile(sessionOptions) : null;
            // A thread of the runtime that waits must leave its core to the texts that are being encoded, and to other shards.
            sessionOptions.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            sessionOptions.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
            OnnxModelSession model = new(sessionOptions, Open(path, bytes, sessionOptions), path) { Provider = provider };
            try
            {
                model.Inspect(options);
                if (profile is not null)
                {
                    model.NodesByProvider = ProviderProfile.Run(model, options);
                    model.Provider = ProviderProfile.Describe(provider, model.NodesByProvider);
                }

                return model;
            }
            catch
            {
                model.Session.Dispose();
                throw;
            }
        }
        catch
        {
            sessionOptions.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Session.Dispose();
        _options.Dispose();
    }

    /// <summary>The bytes of a model.</summary>
    /// <exception cref="StageException">DB4001: it cannot be read.</exception>
    internal static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string found = Directory.Exists(path) ? "it is a folder" : e.Message;
            throw new StageException("DB4001", $"the model '{path}' cannot be read: {found}", path, e);
        }
    }

    /// <summary>A session over a model.</summary>
    /// <exception cref="StageException">DB4001: the runtime does not load it.</exception>
    internal static InferenceSession Open(string path, byte[] bytes, SessionOptions options)
    {
        if (OnnxExternalWeights.Find(bytes) is { } other)
        {
            throw new StageException(
                "DB4001",
                $"the model '{path}' keeps weights in another file, '{other}', which its digest does not cover; expected one file, as onnx.save_model(model, path) writes it",
                path);
        }

        try
        {
            return bytes.Length > 0 ? new InferenceSession(bytes, options) : throw new StageException("DB4001", $"the model '{path}' is empty", path);
        }
        catch (OnnxRuntimeException e)
        {
            string start = Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(8, bytes.Length)));
            throw new StageException(
                "DB4001",
                $"'{path}' ({bytes.Length:N0} bytes, starting {start}) is no ONNX model that ONNX Runtime {OrtEnv.Instance().GetVersionString()} loads: {e.Message.ReplaceLineEndings(" ").Trim()}",
                path,
                e);
        }
    }

    private void Inspect(OnnxScorerOptions options)
    {
        try
        {
            Featurizer = NGramFeaturizerOptions.FromMetadata(Metadata);
            Labels = options.Labels.Count > 0 ? options.Labels
                : Metadata.TryGetValue("databuild.labels", out string? labels) ? JsonSerializer.Deserialize(labels, ModelMetadataJson.Default.IReadOnlyListString)! : [];
            LabelValues = Metadata.TryGetValue("databuild.label_values", out string? values)
                ? JsonSerializer.Deserialize(values, ModelMetadataJson.Default.IReadOnlyListDouble)!
                : [];
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new StageException("DB4001", $"the metadata of the model '{Path}' is not understood: {e.Message}", Path, e);
        }

        Inputs = [.. Session.InputMetadata.OrderBy(i => i.Key, StringComparer.Ordinal).Select(i => InputOf(i.Key, i.Value))];
        if (!Inputs.Any(i => i.Role == ModelInputRole.Ids))
        {
            throw new StageException("DB4003", $"the model '{Path}' has no input for token ids; its inputs are {string.Join(", ", Session.InputMetadata.Keys)}", Path);
        }

        Output = SelectOutput(options);
    }

    private ModelInput InputOf(string name, NodeMetadata metadata)
    {
        ModelInputRole role = name.ToLowerInvariant() switch
        {
            "ids" or "input_ids" or "input" or "tokens" or "token_ids" => ModelInputRole.Ids,
            "attention_mask" or "mask" or "input_mask" => ModelInputRole.Mask,
            "weights" => ModelInputRole.Weights,
            "token_type_ids" or "segment_ids" => ModelInputRole.TokenTypes,
            "position_ids" or "positions" => ModelInputRole.Positions,
            "use_cache_branch" => ModelInputRole.UsesPast,
            string past when past.StartsWith("past_key_values", StringComparison.Ordinal) => ModelInputRole.Past,
            _ => throw new StageException(
                "DB4003",
                $"the model '{Path}' has an input '{name}' that texts do not give; known are input_ids, attention_mask, token_type_ids, position_ids, weights, past_key_values.N.key and .value, use_cache_branch",
                Path),
        };
        if (role is ModelInputRole.Past or ModelInputRole.UsesPast)
        {
            return PastOf(name, role, metadata);
        }

        bool typeFits = metadata.ElementDataType is TensorElementType.Int64 or TensorElementType.Int32 || (metadata.ElementDataType == TensorElementType.Float && role is ModelInputRole.Mask or ModelInputRole.Weights);
        if (!metadata.IsTensor || metadata.Dimensions.Length != 2 || !typeFits)
        {
            throw new StageException(
                "DB4003",
                $"input '{name}' of the model '{Path}' is {metadata.ElementDataType}[{string.Join(',', metadata.Dimensions)}]; expected int64 or int32 of two dimensions (texts, tokens)",
                Path);
        }

        FixedRows = Math.Max(FixedRows, metadata.Dimensions[0]);
        FixedLength = Math.Max(FixedLength, metadata.Dimensions[1]);
        return new ModelInput(name, role, metadata.ElementDataType);
    }

    private ModelInput PastOf(string name, ModelInputRole role, NodeMetadata metadata)
    {
        int[] shape = metadata.Dimensions;
        bool fits = role == ModelInputRole.UsesPast
            ? metadata.ElementDataType == TensorElementType.Bool && shape.Length == 1
            : metadata.ElementDataType is TensorElementType.Float or TensorElementType.Float16 && shape.Length == 4 && shape[1] > 0 && shape[2] < 1 && shape[3] > 0;
        return fits
            ? role == ModelInputRole.UsesPast ? new ModelInput(name, role, metadata.ElementDataType) : new ModelInput(name, role, metadata.ElementDataType, shape[1], shape[3])
            : throw new StageException(
                "DB4003",
                $"input '{name}' of the model '{Path}' is {metadata.ElementDataType}[{string.Join(',', shape)}]; expected the keys or values of a past as float [texts, heads, past tokens, values] with a free number of past tokens, or use_cache_branch as bool [1]",
                Path);
    }

    private string SelectOutput(OnnxScorerOptions options)
    {
        string all = string.Join(", ", Session.OutputNames);
        string[] usual = options.OutputDimensions == 2
            ? ["score", "logits", "probabilities"]
            : ["logits", "sentence_embedding", "embeddings", "last_hidden_state"];
        string? name = options.Output
            ?? Metadata.GetValueOrDefault("databuild.output")
            ?? (Session.OutputNames.Count == 1 ? Session.OutputNames[0] : null)
            ?? usual.FirstOrDefault(Session.OutputNames.Contains);
        if (name is null || !Session.OutputMetadata.TryGetValue(name, out NodeMetadata? output))
        {
            string found = name is null ? "several outputs and none is asked for" : $"no output '{name}'";
            throw new StageException("DB4004", $"the model '{Path}' has {found}; its outputs are {all} (option Output)", Path);
        }

        if (!output.IsTensor || output.ElementDataType != TensorElementType.Float || output.Dimensions.Length < 1 || output.Dimensions.Length > options.OutputDimensions)
        {
            throw new StageException(
                "DB4004",
                $"output '{name}' of the model '{Path}' is {output.ElementDataType}[{string.Join(',', output.Dimensions)}]; expected float with {(options.OutputDimensions == 2 ? "one value, or one row of values, a text" : "a row of values a text or a token")}",
                Path);
        }

        OutputShape = output.Dimensions;
        return name;
    }
}
