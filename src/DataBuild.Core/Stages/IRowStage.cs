namespace DataBuild;

/// <summary>A stage that measures one document at a time; implemented by the base types only.</summary>
public interface IRowStage
{
    /// <summary>True when figures depend on the text alone, and measuring costs more than looking stored figures up.</summary>
    bool ReuseByText => false;

    /// <summary>Measures a document and appends its figures to the builders, one a figure column.</summary>
    void MeasureInto(Document document, ReadOnlySpan<ColumnBuilder> builders);
}

/// <summary>A stage that measures many documents at a time; implemented by <see cref="BatchStage{TFigures}"/> only.</summary>
public interface IBatchStage
{
    /// <summary>True when figures depend on the text alone.</summary>
    bool ReuseByText { get; }

    /// <summary>True when the stage says something of all documents together.</summary>
    bool HasSummary { get; }

    /// <summary>What the stage says of all documents that it has measured.</summary>
    /// <param name="rows">The figures' columns and the row of each document.</param>
    StageNote? SummarizeRows(IEnumerable<(Column[] Columns, int Row)> rows);

    /// <summary>Measures documents and appends their figures to the builders, one a figure column.</summary>
    void MeasureInto(IReadOnlyList<Document> documents, ReadOnlySpan<ColumnBuilder> builders);
}
