using DuckDB.NET.Data;

namespace DataBuild.Engine.Tests;

/// <summary>Reads published files with DuckDB: a reader that is not ours.</summary>
internal static class DuckDbQuery
{
    /// <summary>The rows of a query, in order.</summary>
    /// <param name="sql">The query; files by their path.</param>
    /// <param name="row">Makes a value of the current row.</param>
    public static List<T> Rows<T>(string sql, Func<DuckDBDataReader, T> row)
    {
        using DuckDBConnection connection = new("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }
}
