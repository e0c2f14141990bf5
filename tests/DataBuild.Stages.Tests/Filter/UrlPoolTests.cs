using DataBuild.Stages.Filter;

namespace DataBuild.Tests.Filter;

public sealed class UrlPoolTests
{
    [Fact]
    public void OnlyListedAddressesStay()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "# OpenWebMath\nhttp://a.example/x\r\n\nhttp://b.example/π\n");
            IReadOnlyList<StageResult> results = StageRun.On(
                new UrlPool { Name = "urlPool", Lists = [InputFile.FromPath(path)] },
                [Document.Create("t", "http://a.example/x"), Document.Create("t", "http://a.example/x/"), Document.Create("t", "http://b.example/π"), Document.Create("t", "# OpenWebMath"), Document.Create("t")]);
            Assert.Equal([null, "not_in_pool", null, "not_in_pool", "not_in_pool"], results.Select(r => r.Verdict.Reason));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void AListThatIsNotThereIsAMessage() =>
        Assert.Equal("DB4307", Assert.Throws<StageException>(() => StageRun.On(new UrlPool { Name = "urlPool", Lists = [InputFile.FromPath("none.txt")] }, "t")).Code);
}
