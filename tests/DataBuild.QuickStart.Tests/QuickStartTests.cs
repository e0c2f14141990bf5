using DataBuild.Engine.Published;
using DataBuild.Testing;
using DuckDB.NET.Data;

namespace DataBuild.QuickStart.Tests;

/// <summary>The example dataset as the build has made it: its snapshots, and what readers that are not ours say of its files.</summary>
public sealed class QuickStartTests() : DatasetTests("QuickStart")
{
    [Fact]
    public void DuckDbReadsRowsAndVerdictsAndTheyAgree()
    {
        using DuckDBConnection connection = new("DataSource=:memory:");
        connection.Open();
        Assert.Equal(Dataset.Manifest.Documents, Scalar(connection, "select count(*) from read_parquet('{0}/data/*.parquet')"));
        Assert.Equal(Dataset.Manifest.Documents, Scalar(connection, "select count(*) from read_parquet('{0}/verdicts.parquet') where stage is null"));
        Assert.Equal(Dataset.Manifest.Inputs.Sum(i => i.Documents), Scalar(connection, "select count(*) from read_parquet('{0}/verdicts.parquet')"));
        Assert.Equal(Dataset.Manifest.TextBytes, Scalar(connection, "select sum(strlen(text))::bigint from read_parquet('{0}/data/*.parquet')"));
        Assert.Equal(Dataset.Manifest.Tokens, Scalar(connection, "select sum(tokens_count)::bigint from read_parquet('{0}/data/*.parquet')"));

        // A row of the dataset has no reason to be dropped, and the other way round.
        Assert.Equal(0, Scalar(connection, "select count(*) from read_parquet('{0}/data/*.parquet') d join read_parquet('{0}/verdicts.parquet') v using (id) where v.stage is not null"));
        foreach (var stage in Dataset.Manifest.Stages)
        {
            Assert.Equal(stage.Counts.In - stage.Counts.Kept, Scalar(connection, $"select count(*) from read_parquet('{{0}}/verdicts.parquet') where stage = '{stage.Name}'"));
        }
    }

    [Fact]
    public void OurReaderAndDuckDbReadTheSameValues()
    {
        using DuckDBConnection connection = new("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"select id, url, source, text, language, tokens_count from read_parquet('{Dataset.Folder}/data/*.parquet')";
        using DuckDBDataReader reader = command.ExecuteReader();
        foreach (PublishedRow row in Dataset.Rows(["id", "url", "source", "text", "language", "tokens_count"]))
        {
            Assert.True(reader.Read());
            for (int i = 0; i < row.Values.Count; i++)
            {
                Assert.Equal(Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture), row.Values[i]);
            }
        }

        Assert.False(reader.Read());
    }

    private long Scalar(DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, Dataset.Folder);
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
