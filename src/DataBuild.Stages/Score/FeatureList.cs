namespace DataBuild.Stages.Score;

/// <summary>What a model sees of one text: ids, and a weight for each where the model takes weights. Reused for text after text.</summary>
public sealed class FeatureList
{
    private int[] _ids = new int[1024];
    private float[] _weights = new float[1024];

    /// <summary>Number of ids.</summary>
    public int Count { get; private set; }

    /// <summary>The ids.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>The weight of each id.</summary>
    public Span<float> Weights => _weights.AsSpan(0, Count);

    /// <summary>Fraction of the text that the features stand for, in [0, 1].</summary>
    public double Covered { get; set; } = 1;

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        Count = 0;
        Covered = 1;
    }

    /// <summary>Adds an id with its weight.</summary>
    public void Add(int id, float weight = 1)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, Count * 2);
            Array.Resize(ref _weights, Count * 2);
        }

        _ids[Count] = id;
        _weights[Count++] = weight;
    }

    /// <summary>Takes ids in place of all that was there; the weights are to be filled in.</summary>
    public Span<float> Take(ReadOnlySpan<int> ids)
    {
        if (ids.Length > _ids.Length)
        {
            _ids = new int[ids.Length * 2];
            _weights = new float[ids.Length * 2];
        }

        ids.CopyTo(_ids);
        Count = ids.Length;
        return Weights;
    }
}
