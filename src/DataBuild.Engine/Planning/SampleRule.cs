using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace DataBuild.Engine.Planning;

/// <summary>
/// Which documents a sampled dataset is made of. A document's place follows from its id and the seed alone, never from its position: the sample is the
/// same in any order of inputs, and a document that is in a sample is in every larger one of the same seed.
/// </summary>
/// <param name="Rate">Share of the documents, over 0 and at most 1 (<c>DataBuildSampleRate</c>).</param>
/// <param name="MaxDocuments">Documents at most (<c>DataBuildMaxDocuments</c>); null for no limit.</param>
/// <param name="Seed">Seed (<c>DataBuildSeed</c>).</param>
public sealed record SampleRule(double Rate, int? MaxDocuments, long Seed)
{
    /// <summary>The reason of documents that are not in the sample.</summary>
    public const string DropReason = "not_sampled";

    private const int LargestMaxDocuments = 100_000_000;

    /// <summary>The place up to which the rate takes documents.</summary>
    public ulong RateLimit => Rate >= 1 ? ulong.MaxValue : (ulong)(Rate * ulong.MaxValue);

    /// <summary>The rule of a plan; null where all documents are wanted.</summary>
    /// <exception cref="PlanException">A property is out of range.</exception>
    public static SampleRule? Of(PlanFile plan)
    {
        double rate = 1;
        if (Property(plan, "DataBuildSampleRate") is { } share
            && (!double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out rate) || !(rate > 0 && rate <= 1)))
        {
            throw Invalid(plan, "DataBuildSampleRate", share, "a share over 0 and at most 1, such as 0.01");
        }

        int? most = null;
        if (Property(plan, "DataBuildMaxDocuments") is { } count)
        {
            most = int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= LargestMaxDocuments
                ? number
                : throw Invalid(plan, "DataBuildMaxDocuments", count, "a number from 1 to 100000000");
        }

        long seed = 0;
        if (Property(plan, "DataBuildSeed") is { } text && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seed))
        {
            throw Invalid(plan, "DataBuildSeed", text, "a whole number");
        }

        return rate >= 1 && most is null ? null : new SampleRule(rate, most, seed);
    }

    /// <summary>The place of a document, evenly spread over all numbers.</summary>
    public ulong PlaceOf(string id) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id), Seed);

    private static string? Property(PlanFile plan, string name) =>
        plan.Properties.TryGetValue(name, out string? value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static PlanException Invalid(PlanFile plan, string name, string found, string expected) =>
        new("DB0007", $"{name} is '{found}'; expected {expected}", plan.ProjectFile);
}
