namespace DataBuild.Engine.Published;

/// <summary>A row of a published dataset.</summary>
/// <param name="Number">Place in the dataset, counted from 0 over all files.</param>
/// <param name="Columns">Names of the columns that were read.</param>
/// <param name="Values">Their values as text in the invariant culture; null where the row has none.</param>
public sealed record PublishedRow(long Number, IReadOnlyList<string> Columns, IReadOnlyList<string?> Values)
{
    /// <summary>The value of a column; null where there is none.</summary>
    public string? this[string column]
    {
        get
        {
            for (int i = 0; i < Columns.Count; i++)
            {
                if (Columns[i] == column)
                {
                    return Values[i];
                }
            }

            return null;
        }
    }
}
