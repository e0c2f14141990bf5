using DataBuild.Engine.Columns;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Reporting;

/// <summary>A document of a cluster of duplicates.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Address.</param>
/// <param name="Source">Input.</param>
/// <param name="IsElected">True for the one that the stage kept for all of them.</param>
public sealed record ClusterMember(string Id, string Url, string Source, bool IsElected);

/// <summary>The documents that a deduplication stage holds for duplicates of each other.</summary>
/// <param name="Elected">Id of the document that was kept.</param>
/// <param name="Size">Documents in the cluster, those of other datasets included.</param>
/// <param name="Members">The documents of this dataset in it, in corpus order.</param>
public sealed record DuplicateCluster(string Elected, int Size, IReadOnlyList<ClusterMember> Members)
{
    /// <summary>Name of the outcome column that names a cluster.</summary>
    public const string Column = ".cluster";

    /// <summary>True when the kept document is one of another dataset.</summary>
    public bool IsElectedElsewhere => !Members.Any(m => m.IsElected);

    /// <summary>Finds the members of a cluster.</summary>
    internal static DuplicateCluster Read(DatasetBuild build, PlannedStage stage, string elected)
    {
        List<ClusterMember> members = [];
        int size = 0;
        string column = stage.Name + Column;
        string sizeColumn = stage.Name + ".clusterSize";
        foreach (Shard shard in build.Shards)
        {
            using BatchReader reader = new(build.Store, shard.Find([column, sizeColumn, "id", "url"]));
            for (int batch = 0; batch < shard.BatchRows.Count; batch++)
            {
                using LoadedBatch loaded = reader.Read(batch);
                StringColumn clusters = (StringColumn)loaded.Documents[column];
                for (int row = 0; row < clusters.Length; row++)
                {
                    if (clusters.IsNull(row) || clusters.GetString(row) != elected)
                    {
                        continue;
                    }

                    string id = loaded.Documents["id"].Format(row) ?? "";
                    members.Add(new ClusterMember(id, loaded.Documents["url"].Format(row) ?? "", shard.Name, id == elected));
                    size = loaded.Documents.Find(sizeColumn) is ValueColumn<int> sizes ? sizes[row] : members.Count;
                }
            }
        }

        return new DuplicateCluster(elected, size, members);
    }
}
