namespace DataBuild.Stages;

/// <summary>Rows of a corpus as copies that outlive their batch.</summary>
internal static class CorpusRows
{
    /// <summary>Id and bytes of a column for every row that takes part and has a value, in corpus order.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="column">A column of strings or of bytes.</param>
    /// <param name="isBinary">Told whether the column holds bytes.</param>
    public static IEnumerable<(byte[] Id, byte[] Value)> Read(Corpus corpus, string column, Action<bool>? isBinary = null)
    {
        foreach (CorpusBatch batch in corpus.Read("id", column))
        {
            if (batch.Documents.Find(column) is not StringColumn values)
            {
                continue;
            }

            isBinary?.Invoke(values.Type == ColumnType.Binary);
            StringColumn ids = (StringColumn)batch.Documents["id"];
            for (int row = 0; row < batch.Count; row++)
            {
                if (batch.Alive.Span[row] && !values.IsNull(row))
                {
                    yield return (ids[row].ToArray(), values[row].ToArray());
                }
            }
        }
    }

    /// <summary>Gives every row of the corpus the outcome of stages that decide nothing.</summary>
    public static void KeepAll(Corpus corpus, OutcomeWriter<NoFigures> outcomes)
    {
        for (long row = 0; row < corpus.RowCount; row++)
        {
            outcomes.Append(default);
        }
    }
}
