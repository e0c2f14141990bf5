using System.Globalization;
using DataBuild.Stages.Deduplicate;

namespace DataBuild.Benchmarks.Deduplicate;

/// <summary>How many semantic duplicates clusters find of those that one cluster finds.</summary>
internal static class SemanticBenchmark
{
    private const int Dimension = 256;

    /// <summary>
    /// Embeds texts as signed random projections of their words' logarithmic counts times inverse document frequencies, which keep the cosine up to 1/16, and deduplicates
    /// at three bounds in one cluster, in the square root of their number, and in the nearest of these.
    /// </summary>
    public static void Recall(string[] texts)
    {
        float[][] vectors = Embed(texts);
        foreach (double bound in (double[])[0.95, 0.85, 0.7])
        {
            Recall(vectors, bound);
        }
    }

    private static void Recall(float[][] vectors, double bound)
    {
        int all = 0;
        double seconds = 0;
        foreach ((int clusters, int nearest) in ((int, int)[])[(1, 1), (0, 1), (0, 2), (0, 3), (0, 4), (0, 8)])
        {
            SemanticDedup stage = new() { Name = "semantic", Embedding = "embedding", MinCosine = bound, Clusters = clusters, NearestClusters = nearest };
            TimeSpan start = Environment.CpuUsage.TotalTime;
            int found = Duplicates(stage, vectors);
            double used = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
            all = clusters == 1 ? found : all;
            seconds = clusters == 1 ? used : seconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"semantic: {vectors.Length} documents, MinCosine {bound}, {(clusters == 1 ? "one cluster" : $"square root of that, {nearest} nearest")}: {found} duplicates, {(double)found / all:P1} of those of one cluster; {used:F1} s of processor time ({used / seconds:F2} of one cluster's)"));
        }
    }

    private static int Duplicates(SemanticDedup stage, float[][] vectors)
    {
        string scratch = Directory.CreateTempSubdirectory("databuild-semantic-").FullName;
        try
        {
            int found = 0;
            ClusterSink sink = new(o => found += o.DuplicateOf is null ? 0 : 1);
            VectorCorpus corpus = new(vectors);
            stage.Merge(corpus, new OutcomeWriter<DuplicateOutcome>(corpus, sink), new StageContext(scratch, scratch));
            sink.Flush();
            return found;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static float[][] Embed(string[] texts)
    {
        Dictionary<string, int>[] counts = [.. texts.Select(t => t.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).CountBy(w => w.ToLowerInvariant()).ToDictionary())];
        Dictionary<string, int> documents = counts.SelectMany(c => c.Keys).CountBy(w => w).ToDictionary();
        return [.. counts.Select(Project)];

        float[] Project(Dictionary<string, int> words)
        {
            double[] sums = new double[Dimension];
            foreach ((string word, int count) in words.OrderBy(p => p.Key, StringComparer.Ordinal))
            {
                double weight = (1 + Math.Log(count)) * Math.Log((double)texts.Length / documents[word]);
                Random signs = new((int)System.IO.Hashing.XxHash32.HashToUInt32(System.Text.Encoding.UTF8.GetBytes(word)));
                for (int d = 0; d < Dimension; d += 32)
                {
                    uint bits = (uint)signs.NextInt64(1L << 32);
                    for (int bit = 0; bit < 32; bit++)
                    {
                        sums[d + bit] += (bits >> bit & 1) == 0 ? weight : -weight;
                    }
                }
            }

            return [.. sums.Select(s => (float)s)];
        }
    }

    /// <summary>Vectors as a corpus of one shard.</summary>
    private sealed class VectorCorpus(float[][] vectors) : Corpus
    {
        private const int BatchRows = 1024;

        public override int ShardCount => 1;

        public override long RowCount => vectors.Length;

        public override long RowsOf(int shard) => vectors.Length;

        public override IEnumerable<CorpusBatch> Read(params IReadOnlyList<string> columns)
        {
            for (int first = 0; first < vectors.Length; first += BatchRows)
            {
                int rows = Math.Min(BatchRows, vectors.Length - first);
                StringColumnBuilder ids = new();
                ListColumnBuilder<float> embeddings = new();
                for (int row = first; row < first + rows; row++)
                {
                    ids.Append(row.ToString("D8", CultureInfo.InvariantCulture));
                    embeddings.Append(vectors[row]);
                }

                bool[] alive = new bool[rows];
                Array.Fill(alive, true);
                yield return new CorpusBatch(0, first, new DocumentBatch(rows, new Dictionary<string, Column>(StringComparer.Ordinal) { ["id"] = ids.Build(), ["embedding"] = embeddings.Build() }), alive);
            }
        }
    }
}
