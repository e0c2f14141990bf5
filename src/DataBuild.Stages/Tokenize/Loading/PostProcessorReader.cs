namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>Reads what the <c>post_processor</c> of a <c>tokenizer.json</c> puts around a single text.</summary>
internal static class PostProcessorReader
{
    /// <summary>Ids before and after a text.</summary>
    public static (int[] Prefix, int[] Suffix) Read(DefinitionKey key)
    {
        var prefix = new List<int>();
        var suffix = new List<int>();
        if (!key.IsMissing)
        {
            Add(key, prefix, suffix);
        }

        return ([.. prefix], [.. suffix]);
    }

    private static void Add(DefinitionKey key, List<int> prefix, List<int> suffix)
    {
        switch (key.Type)
        {
            case "Sequence":
                key.AllowOnly("type", "processors");
                foreach (DefinitionKey item in key["processors"].Items())
                {
                    Add(item, prefix, suffix);
                }

                break;
            case "ByteLevel":
                key.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
                break;
            case "RobertaProcessing" or "BertProcessing":
                key.AllowOnly("type", "sep", "cls", "trim_offsets", "add_prefix_space");
                prefix.Insert(0, Id(key["cls"]));
                suffix.Add(Id(key["sep"]));
                break;
            case "TemplateProcessing":
                key.AllowOnly("type", "single", "pair", "special_tokens");
                AddTemplate(key, prefix, suffix);
                break;
            default:
                throw key["type"].Refuse(
                    $"'{key.Type}' is not supported; supported are Sequence, ByteLevel, RobertaProcessing, BertProcessing, TemplateProcessing");
        }
    }

    private static void AddTemplate(DefinitionKey key, List<int> prefix, List<int> suffix)
    {
        bool before = true;
        var head = new List<int>();
        foreach (DefinitionKey item in key["single"].Items())
        {
            if (!item["Sequence"].IsMissing)
            {
                before = before ? false : throw item.Refuse("a text that occurs twice in a template is not supported");
                continue;
            }

            DefinitionKey token = item["SpecialToken"]["id"];
            DefinitionKey definition = key["special_tokens"][token.String()];
            if (definition.IsMissing)
            {
                throw token.Refuse($"'{token.String()}' is not among special_tokens");
            }

            (before ? head : suffix).AddRange(definition["ids"].Items().Select(i => i.Integer()));
        }

        prefix.InsertRange(0, head);
    }

    private static int Id(DefinitionKey key) => key.Items().ToArray() is [_, DefinitionKey id]
        ? id.Integer()
        : throw key.Refuse("expected a token and its id");
}
