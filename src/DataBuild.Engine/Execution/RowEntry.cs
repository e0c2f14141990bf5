using DataBuild.Stages.Deduplicate;

namespace DataBuild.Engine.Execution;

/// <summary>Where the figures of a text are: an entry of a <see cref="RowCatalogFile"/>, 32 bytes.</summary>
/// <param name="SortKey">First half of the text's hash.</param>
/// <param name="Rest">Second half.</param>
/// <param name="Part">Ordinal of the part; a smaller one is newer.</param>
/// <param name="Batch">Batch in the part.</param>
/// <param name="Row">Row in the batch.</param>
/// <param name="Reserved">Zero.</param>
internal readonly record struct RowEntry(ulong SortKey, ulong Rest, int Part, int Batch, int Row, int Reserved = 0) : ISortRecord<RowEntry>
{
    public int CompareTies(in RowEntry other) =>
        (Rest, Part, Batch, Row).CompareTo((other.Rest, other.Part, other.Batch, other.Row));
}
