namespace DataBuild.EndToEnd.Tests;

/// <summary>Stages in C# beside the project file: one of each kind.</summary>
public sealed class StageInProjectTests
{
    private const string Word = """
        using DataBuild;

        namespace Tiny;

        /// <summary>Keeps pages whose text holds a word.</summary>
        [Stage("KeepWord")]
        public sealed partial record KeepWord : DocumentStage
        {
            /// <summary>The word.</summary>
            public string Word { get; init; } = "entry";

            /// <inheritdoc/>
            public override Verdict Run(Document document) =>
                Verdict.DropIf(!document.Text.Contains(Word, System.StringComparison.Ordinal), "word_missing");
        }
        """;

    private const string Batch = """
        using System;
        using System.Collections.Generic;
        using DataBuild;

        namespace Tiny;

        /// <summary>Measures texts in batches, as a model would.</summary>
        [Stage("Density", Phase = StagePhase.Score)]
        public sealed partial record Density : BatchStage<Density.Found>
        {
            /// <summary>Fraction of vowels at least.</summary>
            [Threshold]
            [Option(Min = 0, Max = 1, Unit = "fraction")]
            public double MinVowels { get; init; }

            /// <summary>What is found.</summary>
            /// <param name="Vowels">Vowels for each character.</param>
            [Figures]
            public readonly partial record struct Found(double Vowels);

            /// <inheritdoc/>
            public override IReadOnlyList<string> PublishedColumns => Published;

            private static readonly string[] Published = [".vowels"];

            /// <inheritdoc/>
            public override void Measure(IReadOnlyList<Document> documents, Span<Found> figures)
            {
                for (int i = 0; i < documents.Count; i++)
                {
                    figures[i] = new Found(Share(documents[i].Text));
                }
            }

            /// <inheritdoc/>
            public override Verdict Decide(in Found figures) => Verdict.DropIf(figures.Vowels < MinVowels, "too_few_vowels");

            private static double Share(ReadOnlySpan<char> text)
            {
                int vowels = 0;
                foreach (char c in text)
                {
                    vowels += "aeiou".Contains(c) ? 1 : 0;
                }

                return text.Length == 0 ? 0 : (double)vowels / text.Length;
            }
        }
        """;

    private const string Corpus = """
        using System.Linq;
        using DataBuild;

        namespace Tiny;

        /// <summary>Keeps the longest documents of the whole dataset.</summary>
        [Stage("Longest", Phase = StagePhase.Deduplicate)]
        public sealed partial record Longest : CorpusStage<Longest.Length, Longest.Rank>
        {
            /// <summary>Documents to keep.</summary>
            [Option(Min = 1)]
            public int Count { get; init; } = 3;

            /// <summary>Length of a text.</summary>
            /// <param name="Characters">UTF-16 characters.</param>
            [Figures]
            public readonly partial record struct Length(int Characters);

            /// <summary>Place among all texts.</summary>
            /// <param name="Place">From 1, the longest; 0 for documents that were dropped before.</param>
            [Figures]
            public readonly partial record struct Rank(int Place);

            /// <inheritdoc/>
            public override Length Measure(Document document) => new(document.Text.Length);

            /// <inheritdoc/>
            public override void Merge(Corpus corpus, OutcomeWriter<Rank> outcomes, StageContext context)
            {
                var alive = corpus.Read(".characters").SelectMany(batch => Enumerable.Range(0, batch.Count)
                    .Select(row => batch.Alive.Span[row] ? ((ValueColumn<int>)batch.Documents[".characters"])[row] : -1)).ToArray();
                int[] order = Enumerable.Range(0, alive.Length).Where(i => alive[i] >= 0).OrderByDescending(i => alive[i]).ThenBy(i => i).ToArray();
                int[] place = new int[alive.Length];
                for (int i = 0; i < order.Length; i++)
                {
                    place[order[i]] = i + 1;
                }

                foreach (int p in place)
                {
                    outcomes.Append(new Rank(p));
                }
            }

            /// <inheritdoc/>
            public override Verdict Decide(in Rank outcome) => Verdict.DropIf(outcome.Place > Count, "not_among_the_longest");
        }
        """;

    [Fact]
    public void All_three_kinds_are_compiled_and_run_by_the_same_build_and_an_edit_of_one_redoes_only_it()
    {
        using DatasetProject project = new DatasetProject().WithItems("""
            <Crawl Include="crawl/*.warc.gz" />
            <Stage Include="Extract" />
            <Stage Include="KeepWord" Word="entry" />
            <Stage Include="Longest" Count="2" />
            <Stage Include="Density" MinVowels="0.01" />
            """);
        project.Write("crawl/a.warc.gz", CrawlFile.Pages(0, 4));
        project.Write("crawl/b.warc.gz", CrawlFile.Pages(4, 2));
        project.Write("Stages/KeepWord.cs", Word);
        project.Write("Stages/Density.cs", Batch);
        project.Write("Stages/Longest.cs", Corpus);

        BuildResult first = project.Build().AssertSucceeded();
        StageCounts word = first.AssertStage("KeepWord", shards: 2, computed: 2);
        Assert.Equal((6, 6), (word.In, word.Kept));
        StageCounts longest = first.AssertStage("Longest", shards: 2, computed: 2, merged: true);
        Assert.Equal((word.Kept, 2L), (longest.In, longest.Kept));
        Assert.Equal(longest.In - 2, longest.Dropped["not_among_the_longest"]);
        Assert.Equal(2, first.AssertStage("Density", computed: 2).Kept);

        // The log tells each stage's inputs and options, and holds the plan.
        Assert.Equal(("Tiny", "text", "Word=\"entry\""), (word.Dataset, word.Inputs, word.Options));
        Assert.Contains("MinVowels=0.01", first.AssertStage("Density").Options, StringComparison.Ordinal);
        Assert.Equal("payload", first.AssertStage("Extract").Inputs);
        Assert.Contains(first.EmbeddedFiles, f => f.EndsWith("Tiny.databuild.plan.json", StringComparison.Ordinal));

        // Comments and documentation change no code, hence no result.
        project.Write("Stages/KeepWord.cs", "// A comment.\n" + Word.Replace("holds a word", "has a word", StringComparison.Ordinal));
        Assert.All(project.Build().AssertSucceeded().Stages, s => Assert.Equal((0, 0), (s.Computed, s.Decided)));

        // Other code redoes its stage, and not the others of its assembly.
        project.Write("Stages/Density.cs", Batch.Replace("\"aeiou\"", "\"aeiouy\"", StringComparison.Ordinal));
        BuildResult changed = project.Build().AssertSucceeded();
        changed.AssertStage("Extract", computed: 0, decided: 0);
        changed.AssertStage("KeepWord", computed: 0, decided: 0);
        changed.AssertStage("Longest", computed: 0, decided: 0, merged: false);
        changed.AssertStage("Density", computed: 2);

        // What a stage throws is an error at its line, and names document and input.
        project.Write("Stages/Density.cs", Batch.Replace("int vowels = 0;", "int vowels = 0;\n        if (text.Length > 0) { throw new FormatException(\"no vowels today\"); }", StringComparison.Ordinal));
        LoggedDiagnostic error = Assert.Single(project.Build().AssertFailed("DB3001").Errors);
        string source = Path.Combine(project.Folder, "Stages", "Density.cs");
        Assert.Equal((source, Array.FindIndex(File.ReadAllLines(source), l => l.Contains("no vowels today", StringComparison.Ordinal)) + 1), (error.File, error.Line));
        Assert.Matches("stage 'density' failed on document [0-9a-f-]+ \\(http://example.org/page/\\d\\) of 'crawl/[ab].warc.gz': FormatException: no vowels today; the document is saved in '[^']+' \\(in Density.Share\\)", error.Message);

        // A compiler error stops before any data work.
        project.Write("Stages/Broken.cs", "class { }");
        Assert.DoesNotContain("ExtractDocuments", project.Build().AssertFailed("CS1001").Targets);
    }
}
