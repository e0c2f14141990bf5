using System.Globalization;
using DataBuild.Stages.Extract.Charsets;

namespace DataBuild.ExtractionBenchmark;

/// <summary>Makes the resource of encoding indexes from the WHATWG Encoding Standard's index files in the shared data folder.</summary>
internal static class IndexesCommand
{
    public static void Run()
    {
        string output = Path.Combine(PageSet.RepositoryRoot, "src", "DataBuild.Stages", "Extract", "Charsets", "indexes.bin");
        using (FileStream file = File.Create(output))
        {
            EncodingIndexes.Write(file, ((string[])["big5", "euc-kr", "gb18030", "jis0208", "jis0212"]).Select(ByPointer), Entries("gb18030-ranges"));
        }

        Console.WriteLine($"{output}: {new FileInfo(output).Length} bytes");
    }

    private static int[] ByPointer(string name)
    {
        List<(int Pointer, int Code)> entries = Entries(name);
        int[] index = new int[entries[^1].Pointer + 1];
        foreach ((int pointer, int code) in entries)
        {
            index[pointer] = code;
        }

        return index;
    }

    private static List<(int Pointer, int Code)> Entries(string name) =>
    [
        .. File.ReadLines(Path.Combine(PageSet.SharedRoot, "data", "conformance", "whatwg-encoding", $"index-{name}.txt"))
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split('\t'))
            .Select(p => (int.Parse(p[0], CultureInfo.InvariantCulture), Convert.ToInt32(p[1].Trim()[2..], 16))),
    ];
}
