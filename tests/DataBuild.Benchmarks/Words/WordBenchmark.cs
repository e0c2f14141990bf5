using System.Diagnostics;
using System.Globalization;
using DataBuild.Text;

namespace DataBuild.Benchmarks.Words;

/// <summary>Cuts the lines of a file into words, writes them with tabs between, and says how fast: icu_words.py beside this file compares them with ICU's.</summary>
internal static class WordBenchmark
{
    private const int Rounds = 5;
    private const double MegabytesOfRound = 10;

    public static int Run(ReadOnlySpan<string> args)
    {
        if (args.Length != 2)
        {
            Console.Error.WriteLine("usage: words <file of lines> <output>");
            return 1;
        }

        string[] lines = File.ReadAllLines(args[0]);
        WordIndex words = new();
        using (StreamWriter output = new(args[1]))
        {
            foreach (string line in lines)
            {
                words.Analyze(line.AsMemory());
                output.WriteLine(string.Join('\t', Enumerable.Range(0, words.Count).Select(i => words[i].ToString())));
            }
        }

        double megabytes = new FileInfo(args[0]).Length / 1e6;
        int times = (int)Math.Ceiling(MegabytesOfRound / megabytes);
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            for (int i = 0; i < times * lines.Length; i++)
            {
                words.Analyze(lines[i % lines.Length].AsMemory());
            }

            best = Math.Min(best, (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lines.Length} lines, {megabytes:F2} MB of UTF-8, {megabytes * times / best:F1} MB/s of one core"));
        return 0;
    }
}
