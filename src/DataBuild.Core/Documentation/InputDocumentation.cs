namespace DataBuild;

/// <summary>The metadata that <c>Crawl</c> items may have, for schema and documentation.</summary>
internal static class InputDocumentation
{
    /// <summary>Names and meanings, by family.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Metadata { get; } =
    [
        ("TextField", "JSON lines and tables: field or column of the text; default text"),
        ("IdField", "JSON lines and tables: field or column of the id; rows without one get a digest; default id"),
        ("UrlField", "JSON lines and tables: field or column of the address; default url"),
        ("DateField", "JSON lines and tables: field or column of the date; default date"),
        ("LabelField", "JSON lines and tables: field or column of the label that a classifier learns"),
        ("DocumentLabel", "label of all documents of the input"),
        ("License", "SPDX identifier of the licence, or several with AND; for the dataset card"),
        ("Attribution", "whose work it is and where it comes from; for the dataset card"),
        ("Source", "name that rows, reports and the lock file know the input by; default its path"),
        ("Weight", "share of a mixture's tokens, relative to the other parts; default 1"),
        ("Epochs", "how often a part of a mixture may occur; default 1"),
        ("Part", "part of the mixture that the input belongs to; default its folder"),
        ("Sha256", "digest that the bytes must have"),
        ("MaxFiles", "lists of paths: files at most"),
        ("SampleRate", "lists of paths: share of the files, over 0 and at most 1"),
        ("Seed", "lists of paths: seed of the sample"),
        ("Root", "lists of paths: what the paths begin with"),
    ];
}
