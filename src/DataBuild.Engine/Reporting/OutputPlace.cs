using DataBuild.Engine.Packaging;

namespace DataBuild.Engine.Reporting;

/// <summary>Where a document is in the published dataset.</summary>
/// <param name="Row">Its row, counted from 0 over all files.</param>
/// <param name="File">The file that holds it; null when the dataset has not been published since.</param>
/// <param name="RowInFile">Its row in that file.</param>
/// <param name="Tokens">Its tokens; null without a tokenizing stage.</param>
/// <param name="TokensBefore">Tokens of the documents before it.</param>
public sealed record OutputPlace(long Row, string? File, long RowInFile, long? Tokens, long TokensBefore)
{
    /// <summary>Finds the file of a row.</summary>
    internal static OutputPlace Of(Manifest? published, long kept, long row, long? tokens, long tokensBefore)
    {
        if (published is not null && published.Documents == kept)
        {
            long first = 0;
            foreach (ManifestFile file in published.Files.Where(f => f.Rows is not null && f.Path.StartsWith("data/", StringComparison.Ordinal)))
            {
                if (row < first + file.Rows)
                {
                    return new OutputPlace(row, file.Path, row - first, tokens, tokensBefore);
                }

                first += file.Rows!.Value;
            }
        }

        return new OutputPlace(row, null, 0, tokens, tokensBefore);
    }
}
