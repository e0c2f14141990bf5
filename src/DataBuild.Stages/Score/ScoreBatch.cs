using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DataBuild.Stages.Score;

/// <summary>Reads the output of a run.</summary>
/// <param name="values">Values row by row.</param>
/// <param name="width">Values of a row.</param>
internal delegate void OutputReader(ReadOnlySpan<float> values, int width);

/// <summary>Inputs of one run of a model: a fixed number of rows of one length, filled row by row and used again.</summary>
internal sealed class ScoreBatch : IDisposable
{
    private readonly OnnxModelSession _model;
    private readonly int _rows;
    private readonly int _length;
    private readonly Array[] _arrays;
    private readonly OrtValue[] _values;
    private readonly int _paddingId;
    private readonly OrtIoBinding _binding;
    private int _count;

    public ScoreBatch(OnnxModelSession model, int rows, int length, int paddingId)
    {
        _model = model;
        _rows = rows;
        _length = length;
        _paddingId = paddingId;
        Window = new int[rows];
        _arrays = new Array[model.Inputs.Count];
        _values = new OrtValue[model.Inputs.Count];
        long[] shape = [rows, length];
        for (int i = 0; i < _arrays.Length; i++)
        {
            if (model.Inputs[i].Role is ModelInputRole.Past or ModelInputRole.UsesPast)
            {
                (_arrays[i], _values[i]) = NoPast(model.Inputs[i], rows);
                continue;
            }

            switch (model.Inputs[i].Type)
            {
                case TensorElementType.Int64:
                    long[] longs = new long[rows * length];
                    (_arrays[i], _values[i]) = (longs, OrtValue.CreateTensorValueFromMemory(longs, shape));
                    break;
                case TensorElementType.Int32:
                    int[] ints = new int[rows * length];
                    (_arrays[i], _values[i]) = (ints, OrtValue.CreateTensorValueFromMemory(ints, shape));
                    break;
                default:
                    float[] floats = new float[rows * length];
                    (_arrays[i], _values[i]) = (floats, OrtValue.CreateTensorValueFromMemory(floats, shape));
                    break;
            }
        }

        _binding = model.Session.CreateIoBinding();
    }

    /// <summary>Ordinal of the window that stands in each row.</summary>
    public int[] Window { get; }

    /// <summary>Time that the runtime itself took for the last run.</summary>
    public TimeSpan LastRun { get; private set; }

    public int Count => _count;

    public bool IsFull => _count == _rows;

    public void Add(int window, ReadOnlySpan<int> ids, ReadOnlySpan<float> weights)
    {
        Window[_count] = window;
        Fill(_count++, ids, weights);
    }

    /// <summary>Runs the model; rows that were not filled are padding.</summary>
    /// <returns>The output's values row by row, <paramref name="width"/> a row.</returns>
    public float[] Run(RunOptions options, out int width)
    {
        float[] result = [];
        int found = 0;
        Run(options, (values, valuesOfRow) =>
        {
            found = valuesOfRow;
            result = values[..(_count * valuesOfRow)].ToArray();
        });
        width = found;
        return result;
    }

    /// <summary>Runs the model and shows its output, which stays in the runtime's memory.</summary>
    public void Run(RunOptions options, OutputReader read)
    {
        for (int row = _count; row < _rows; row++)
        {
            // One place is unmasked: a row with nothing to attend to would be divided by zero.
            Fill(row, [_paddingId], [0]);
        }

        // Inputs are copied to a device when they are bound, so they are bound anew for every run.
        _binding.ClearBoundInputs();
        for (int i = 0; i < _values.Length; i++)
        {
            _binding.BindInput(_model.Inputs[i].Name, _values[i]);
        }

        _binding.BindOutputToDevice(_model.Output, OrtMemoryInfo.DefaultInstance);
        long started = Stopwatch.GetTimestamp();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _model.Session.RunWithBoundResults(options, _binding);
        LastRun = Stopwatch.GetElapsedTime(started);
        ReadOnlySpan<float> values = outputs[0].GetTensorDataAsSpan<float>();
        read(values, values.Length / _rows);
    }

    public void Clear() => _count = 0;

    public void Dispose()
    {
        _binding.Dispose();
        foreach (OrtValue value in _values)
        {
            value.Dispose();
        }
    }

    // A past of no tokens: it is never filled.
    private static (Array Array, OrtValue Value) NoPast(ModelInput input, int rows)
    {
        long[] shape = [rows, input.Heads, 0, input.Width];
        switch (input.Type)
        {
            case TensorElementType.Bool:
                bool[] no = [false];
                return (no, OrtValue.CreateTensorValueFromMemory(no, [1]));
            case TensorElementType.Float16:
                Float16[] halves = [];
                return (halves, OrtValue.CreateTensorValueFromMemory(halves, shape));
            default:
                float[] floats = [];
                return (floats, OrtValue.CreateTensorValueFromMemory(floats, shape));
        }
    }

    private void Fill(int row, ReadOnlySpan<int> ids, ReadOnlySpan<float> weights)
    {
        int start = row * _length;
        for (int i = 0; i < _arrays.Length; i++)
        {
            ModelInputRole role = _model.Inputs[i].Role;
            switch (_arrays[i])
            {
                case Array when role is ModelInputRole.Past or ModelInputRole.UsesPast:
                    break;
                case long[] longs:
                    Span<long> longRow = longs.AsSpan(start, _length);
                    for (int j = 0; j < longRow.Length; j++)
                    {
                        longRow[j] = Value(role, ids, j);
                    }

                    break;
                case int[] ints when role == ModelInputRole.Ids:
                    ids.CopyTo(ints.AsSpan(start));
                    ints.AsSpan(start + ids.Length, _length - ids.Length).Fill(_paddingId);
                    break;
                case int[] ints:
                    Span<int> intRow = ints.AsSpan(start, _length);
                    for (int j = 0; j < intRow.Length; j++)
                    {
                        intRow[j] = Value(role, ids, j);
                    }

                    break;
                case float[] floats when role == ModelInputRole.Weights:
                    weights.CopyTo(floats.AsSpan(start));
                    floats.AsSpan(start + weights.Length, _length - weights.Length).Clear();
                    break;
                case float[] floats:
                    floats.AsSpan(start, ids.Length).Fill(1);
                    floats.AsSpan(start + ids.Length, _length - ids.Length).Clear();
                    break;
            }
        }
    }

    private int Value(ModelInputRole role, ReadOnlySpan<int> ids, int position) => role switch
    {
        ModelInputRole.Ids => position < ids.Length ? ids[position] : _paddingId,
        ModelInputRole.Mask or ModelInputRole.Weights => position < ids.Length ? 1 : 0,
        ModelInputRole.Positions => position < ids.Length ? position : 0,
        _ => 0,
    };
}
