using System.Globalization;
using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;
using DataBuild.Stages.Tokenize.Packing;

namespace DataBuild.Engine.Packaging.Tokens;

/// <summary>
/// How often the documents of each shard occur in the token files, from the metadata of the <c>Crawl</c> items: <c>Weight</c>, a share of the tokens relative to other
/// parts; <c>Epochs</c>, how often a part may occur (with weights) or occurs (without); <c>Part</c>, the name of the part that the item belongs to, else its folder.
/// </summary>
internal static class TokenMixture
{
    private const string WeightName = "Weight";
    private const string EpochsName = "Epochs";
    private const string PartName = "Part";

    /// <summary>Whether metadata of that name says how often documents occur, and nothing of how they are read.</summary>
    public static bool IsMetadata(string name) => name is WeightName or EpochsName or PartName;

    /// <summary>The metadata that takes part, for keys; empty where an item has none.</summary>
    public static string Describe(CrawlItem item) => string.Join(' ', new[] { WeightName, EpochsName, PartName }
        .Where(n => Text(item, n).Length > 0).Select(n => $"{n}={Text(item, n)}"));

    /// <summary>Epochs of each shard; null where no item asks for any.</summary>
    /// <param name="shards">The shards.</param>
    /// <param name="tokens">Tokens of each.</param>
    /// <param name="budget">Tokens of the mixture; null for as many as possible.</param>
    /// <exception cref="StageException">DB5070: a number is wrong, or the parts cannot make up the budget.</exception>
    public static double[]? Epochs(IReadOnlyList<Shard> shards, IReadOnlyList<long> tokens, long? budget)
    {
        if (budget is null && shards.All(s => Text(s.Input, WeightName).Length == 0 && Text(s.Input, EpochsName).Length == 0))
        {
            return null;
        }

        bool weighted = budget is not null || shards.Any(s => Text(s.Input, WeightName).Length > 0);
        double[] epochs = [.. shards.Select(s => Number(s.Input, EpochsName))];
        if (!weighted)
        {
            return epochs;
        }

        string[] partOf = [.. shards.Select(PartOf)];
        string[] names = [.. partOf.Distinct(StringComparer.Ordinal)];
        List<MixturePart> parts = [];
        foreach (string name in names)
        {
            int[] members = [.. Enumerable.Range(0, shards.Count).Where(i => partOf[i] == name)];
            double weight = Number(shards[members[0]].Input, WeightName);
            int other = Array.FindIndex(members, i => Number(shards[i].Input, WeightName) != weight || epochs[i] != epochs[members[0]]);
            if (other >= 0)
            {
                throw Wrong(shards[members[other]].Input, $"the part '{name}' has inputs of different Weight or Epochs ('{shards[members[0]].Name}' and '{shards[members[other]].Name}'); name parts by the metadata Part");
            }

            long total = members.Sum(i => tokens[i]);
            if (total == 0)
            {
                throw Wrong(shards[members[0]].Input, $"the part '{name}' of the mixture has no tokens left");
            }

            parts.Add(new MixturePart(name, total, weight, epochs[members[0]]));
        }

        try
        {
            double[] ofPart = Mixture.Epochs(parts, budget);
            return [.. partOf.Select(p => ofPart[Array.IndexOf(names, p)])];
        }
        catch (ArgumentException error)
        {
            throw new StageException("DB5070", Message(error), null, error);
        }
    }

    // The framework adds the parameter's name to the message.
    private static string Message(ArgumentException error) => error.Message.Split(" (Parameter", StringSplitOptions.None)[0];

    private static string PartOf(Shard shard)
    {
        string part = Text(shard.Input, PartName);
        int slash = shard.Name.LastIndexOf('/');
        return part.Length > 0 ? part : slash < 0 ? "." : shard.Name[..slash];
    }

    private static string Text(CrawlItem item, string name) => item.Metadata.GetValueOrDefault(name, "").Trim();

    private static double Number(CrawlItem item, string name)
    {
        string text = Text(item, name);
        return text.Length == 0 ? 1
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && double.IsFinite(value) ? value
            : throw Wrong(item, $"{name} of the crawl input '{item.Include}' is '{text}'; expected a number above 0");
    }

    private static StageException Wrong(CrawlItem item, string message) => new("DB5070", message, item.DefinedIn);
}
