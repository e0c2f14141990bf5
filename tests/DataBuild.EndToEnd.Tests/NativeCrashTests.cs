namespace DataBuild.EndToEnd.Tests;

/// <summary>A stage whose native code takes the worker down.</summary>
public sealed class NativeCrashTests
{
    private const string Stage = """
        using System.Runtime.InteropServices;
        using DataBuild;

        namespace Tiny;

        /// <summary>Calls native code that ends the process on one page.</summary>
        [Stage("Crashing", Phase = StagePhase.Clean)]
        public sealed partial record Crashing : DocumentStage
        {
            [DllImport("libc")]
            private static extern void abort();

            /// <inheritdoc/>
            public override Verdict Run(Document document)
            {
                if (document.Url.EndsWith("/3", System.StringComparison.Ordinal))
                {
                    abort();
                }

                return Verdict.Keep;
            }
        }
        """;

    [SkippableFact]
    public void The_error_names_stage_and_document_and_the_next_build_goes_on()
    {
        Skip.If(OperatingSystem.IsWindows(), "calls the C library");
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="Crashing" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 5));
        project.Write("Stages/Crashing.cs", Stage);

        BuildResult crashed = project.Build("-p:DataBuildThreads=1").AssertFailed("DB0001");

        string message = Assert.Single(crashed.Errors, e => e.Code == "DB0001").Message;
        Assert.Contains("stage 'crashing' on document 00000000-0000-0000-0000-000000000003 (http://example.org/page/3) of 'crawl/a.warc.gz'", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(project.Output));

        project.Write("Stages/Crashing.cs", Stage.Replace("abort();\n        }", "return Verdict.Drop(\"native\");\n        }", StringComparison.Ordinal));
        BuildResult mended = project.Build().AssertSucceeded();
        mended.AssertStage("Extract", computed: 0);
        Assert.Equal(4, mended.AssertStage("Crashing", computed: 1).Kept);
    }
}
