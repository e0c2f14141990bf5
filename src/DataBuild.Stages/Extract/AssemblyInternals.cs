using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("DataBuild.Stages.Tests")]
[assembly: InternalsVisibleTo("DataBuild.ExtractionBenchmark")]
