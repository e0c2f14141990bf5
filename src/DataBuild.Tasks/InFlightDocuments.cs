using System.Buffers.Binary;
using System.Text;

namespace DataBuild.Tasks;

/// <summary>Reads the file in which the worker notes what it is working on, after the worker has died (layout: InFlightFile of the engine).</summary>
internal static class InFlightDocuments
{
    private const int HeadBytes = 4096;
    private const int SlotBytes = 1024;
    private const int MaximumTold = 4;

    /// <summary>Path of the file that goes with a plan.</summary>
    public static string PathFor(string planFile) => planFile + ".inflight";

    /// <summary>What was being worked on, as the end of a sentence; empty when nothing is known.</summary>
    public static string Describe(string planFile)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(PathFor(planFile));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The worker died before it had one.
            return "";
        }

        if (bytes.Length < HeadBytes)
        {
            return "";
        }

        string[] stages = Encoding.UTF8.GetString(bytes.AsSpan(0, HeadBytes)).TrimEnd('\0').Split('\n');
        List<string> documents = [];
        for (int at = HeadBytes; at + SlotBytes <= bytes.Length; at += SlotBytes)
        {
            int stage = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
            if (stage < 0 || stage >= stages.Length || length is < 0 or > SlotBytes - 8)
            {
                continue;
            }

            string[] fields = Visible(Encoding.UTF8.GetString(bytes, at + 8, length)).Split('\t');
            documents.Add($"stage '{stages[stage]}' on document {fields.ElementAtOrDefault(1)} ({fields.ElementAtOrDefault(2)}) of '{fields[0]}'");
        }

        return documents.Count == 0
            ? ""
            : $"; it was at work on {string.Join(", ", documents.Distinct().Take(MaximumTold))}{(documents.Count > MaximumTold ? " and others" : "")}";
    }

    // An address out of a crawl may hold what a terminal obeys.
    private static string Visible(string text) => string.Concat(text.Select(c => char.IsControl(c) && c != '\t' ? '\uFFFD' : c));
}
