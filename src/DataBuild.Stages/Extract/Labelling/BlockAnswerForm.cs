namespace DataBuild.Stages.Extract.Labelling;

/// <summary>In which form a language model is asked to label blocks, and what the server is asked to hold it to.</summary>
public enum BlockAnswerForm
{
    /// <summary>A JSON object, by the prompt alone: any server.</summary>
    Json,

    /// <summary>A JSON object whose schema names every block: servers that know OpenAI's <c>response_format</c> with a JSON schema.</summary>
    JsonSchema,

    /// <summary>
    /// <c>&lt;answer>1main2other3other&lt;/answer></c>, the form of MinerU-HTML's own model, by a regular expression that names every block, so that none can be missed: vLLM.
    /// </summary>
    Compact,
}
