using System.Globalization;

namespace DataBuild.Stages.Generate;

/// <summary>
/// What a stage may spend in one build. Requests that are under way when the budget is reached are still paid for; no further one is sent. Answers from the
/// store cost nothing.
/// </summary>
/// <param name="Tokens">Tokens of questions and answers; 0 for no limit.</param>
/// <param name="Cost">Cost in the currency of the prices; 0 for no limit.</param>
/// <param name="InputPrice">Price of a million tokens of questions.</param>
/// <param name="OutputPrice">Price of a million tokens of answers.</param>
public sealed record ChatBudget(long Tokens = 0, double Cost = 0, double InputPrice = 0, double OutputPrice = 0)
{
    private const double PricedTokens = 1_000_000;

    /// <summary>What the totals cost.</summary>
    public double CostOf(ChatTotals totals)
    {
        ArgumentNullException.ThrowIfNull(totals);
        return ((totals.InputTokens * InputPrice) + (totals.OutputTokens * OutputPrice)) / PricedTokens;
    }

    /// <summary>Fails where nothing is left.</summary>
    /// <exception cref="StageException">DB4009: the budget is spent.</exception>
    public void ThrowIfSpent(ChatTotals totals, string model)
    {
        ArgumentNullException.ThrowIfNull(totals);
        long tokens = totals.InputTokens + totals.OutputTokens;
        double cost = CostOf(totals);
        if ((Tokens > 0 && tokens >= Tokens) || (Cost > 0 && cost >= Cost))
        {
            throw new StageException(
                "DB4009",
                string.Create(CultureInfo.InvariantCulture, $"the budget for the language model '{model}' is spent: {Spent(totals)}, {totals.Answers:N0} answers; they are kept, and the next build asks for the missing ones only"));
        }
    }

    /// <summary>What is spent, of what may be, in words: <c>1,200 of 10,000 tokens, cost 0.02 of 1</c>.</summary>
    public string Spent(ChatTotals totals)
    {
        ArgumentNullException.ThrowIfNull(totals);
        long tokens = totals.InputTokens + totals.OutputTokens;
        string ofTokens = Tokens > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {Tokens:N0}") : "";
        string ofCost = Cost > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {Cost:0.####}") : "";
        string cost = InputPrice > 0 || OutputPrice > 0 ? string.Create(CultureInfo.InvariantCulture, $", cost {CostOf(totals):0.####}{ofCost}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{tokens:N0}{ofTokens} tokens{cost}");
    }
}
