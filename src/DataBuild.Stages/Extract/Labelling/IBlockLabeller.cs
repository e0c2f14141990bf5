namespace DataBuild.Stages.Extract.Labelling;

/// <summary>
/// Labels the blocks of a simplified page in place of the built-in model: a language model behind an endpoint, a sequence labeller of one's own.
/// </summary>
public interface IBlockLabeller
{
    /// <summary>
    /// Answers for a page of <paramref name="items"/> blocks, numbered from 1 in <c>_item_id</c>: JSON such as <c>{"1":"main","2":"other"}</c> or
    /// the compact form <c>1main2other</c>, with any text around it. Null or an unusable answer falls back to the built-in model.
    /// </summary>
    ValueTask<string?> LabelAsync(string simplifiedHtml, int items, CancellationToken cancellationToken);
}
