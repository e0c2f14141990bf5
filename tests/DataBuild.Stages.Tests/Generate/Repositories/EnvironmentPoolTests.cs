using DataBuild.Stages.Generate.Repositories;

namespace DataBuild.Tests.Generate.Repositories;

/// <summary>Environments are found by version, and files that hold none are refused.</summary>
public sealed class EnvironmentPoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databuild-pool-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("1.10", "1.10")]
    [InlineData("1.11", "1.10")]
    [InlineData("1.10-3-gabcdef0", "1.10")]
    [InlineData("v1.9.1", "1.9")]
    [InlineData("2.0", "v2.0")]
    [InlineData("3", "v2.0")]
    [InlineData("1.8", null)]
    public void TheSameVersionElseTheNearestLowerOneIsFound(string version, string? expected)
    {
        EnvironmentPool pool = new();
        foreach (string known in (string[])["v2.0", "1.9", "1.10"])
        {
            pool.Add(new PooledEnvironment("a/b", known, known, ""));
        }

        Assert.Equal(expected, pool.Find("a/b", version)?.Setup);
        Assert.Null(pool.Find("a/c", version));
    }

    [Fact]
    public void TheFirstOfAVersionCounts()
    {
        string path = Write("{\"repo\": \"a/b\", \"version\": \"1\", \"setup\": \"one\", \"evaluation\": \"x\"}\n\n{\"repo\": \"a/b\", \"version\": \"1\", \"setup\": \"two\", \"evaluation\": \"x\"}\n");
        Assert.Equal("one", EnvironmentPool.Read(path).Find("a/b", "1")?.Setup);
    }

    [Theory]
    [InlineData("{\"repo\": \"a/b\"}", "line 1")]
    [InlineData("no json", "line 1")]
    [InlineData("[]", "line 1")]
    public void APoolThatCannotBeReadIsSaid(string line, string expected)
    {
        string path = Write(line + "\n");
        StageException error = Assert.Throws<StageException>(() => EnvironmentPool.Read(path));
        Assert.Equal(("DB4018", path), (error.Code, error.File));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\": \"a\", \"repo\": \"a/b\", \"base_commit\": \"main\", \"patch\": \"\", \"test_patch\": \"\"}", "base_commit is 'main'")]
    [InlineData("{\"id\": \"a\", \"repo\": \"a/b\", \"patch\": \"\", \"test_patch\": \"\"}", "base_commit")]
    [InlineData("{\"repo\": \"a/b\"}", "instance_id")]
    [InlineData("7", "line 1")]
    public void InstancesThatCannotBeReadAreSaid(string line, string expected)
    {
        string path = Write(line + "\n");
        StageException error = Assert.Throws<StageException>(() => RepositoryInstance.Read(path));
        Assert.Equal(("DB4099", path), (error.Code, error.File));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnIdThatStandsTwiceIsSaid()
    {
        string line = $"{{\"instance_id\": \"a\", \"repo\": \"a/b\", \"base_commit\": \"{new string('0', 40)}\", \"patch\": \"\", \"test_patch\": \"\"}}\n";
        Assert.Contains("line 2: the id 'a' stands twice", Assert.Throws<StageException>(() => RepositoryInstance.Read(Write(line + line))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TestFilesAreThoseThatTheDiffChangesOrRemoves()
    {
        RepositoryInstance instance = new("a/b", new string('0', 40), "", "--- a/tests/a.py\r\n+++ b/tests/a.py\n--- /dev/null\n+++ b/tests/new.py\n--- a/tests/gone.py\n+++ /dev/null\n", "");
        Assert.Equal(["tests/a.py", "tests/gone.py"], instance.TestFiles);
    }

    private string Write(string text)
    {
        string path = Path.Combine(_folder, "lines.jsonl");
        File.WriteAllText(path, text);
        return path;
    }
}
