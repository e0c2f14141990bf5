namespace DataBuild.Stages.Deduplicate;

/// <summary>The embeddings of a corpus, made unit length as they are read.</summary>
internal sealed class EmbeddingSource(Corpus corpus, string column, StageContext context)
{
    private float[] _vector = [];

    /// <summary>Length of a vector; 0 before the first was read.</summary>
    public int Dimension { get; private set; }

    /// <summary>Calls back for every row that has a vector other than zero. The span is valid during the call.</summary>
    public void ForEach(Func<int, bool> isChosen, VectorAction action)
    {
        foreach (CorpusBatch batch in corpus.Read(column))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (batch.Documents[column] is not ListColumn<float> vectors)
            {
                throw new StageException("DB4107", $"column '{column}' holds {batch.Documents[column].Type}; expected lists of 32-bit floating point numbers");
            }

            for (int row = 0; row < batch.Count; row++)
            {
                ReadOnlySpan<float> vector = vectors[row];
                int ordinal = (int)batch.FirstRow + row;
                if (vector.IsEmpty || !batch.Alive.Span[row] || !isChosen(ordinal))
                {
                    continue;
                }

                if (Dimension == 0)
                {
                    Dimension = vector.Length;
                    _vector = new float[Dimension];
                }

                if (vector.Length != Dimension)
                {
                    throw new StageException("DB4107", $"column '{column}' holds a vector of {vector.Length} numbers in row {ordinal}; expected {Dimension} as in the rows before");
                }

                if (FixedOrderMath.TryNormalize(vector, _vector))
                {
                    action(ordinal, _vector);
                }
            }
        }
    }

    /// <summary>The vectors of some rows.</summary>
    public Dictionary<int, float[]> Load(ReadOnlySpan<int> rows)
    {
        Dictionary<int, float[]> vectors = new(rows.Length);
        HashSet<int> wanted = [.. rows];
        ForEach(wanted.Contains, (row, vector) => vectors.Add(row, vector.ToArray()));
        return vectors;
    }

    /// <summary>Receives a vector.</summary>
    public delegate void VectorAction(int row, ReadOnlySpan<float> vector);
}
