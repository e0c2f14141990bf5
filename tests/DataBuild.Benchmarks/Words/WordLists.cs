using System.Globalization;
using DataBuild.Text;

namespace DataBuild.Benchmarks.Words;

/// <summary>Makes the lists of words that ship with the core from files of a word, a tab and a cost a line (icu-words.cpp beside this file writes them).</summary>
internal static class WordLists
{
    /// <summary>Writes a list as <see cref="WordTrie"/> reads it.</summary>
    public static void Convert(string words, string output)
    {
        Dictionary<string, byte> costs = new(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(words))
        {
            string[] parts = line.Split('\t');
            costs[parts[0]] = (byte)Math.Max(1, int.Parse(parts[1], CultureInfo.InvariantCulture));
        }

        using FileStream stream = File.Create(output);
        WordTrie.Write(stream, costs);
    }
}
