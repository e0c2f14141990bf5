namespace DataBuild.Stages.Generate;

/// <summary>What an answer of a language model is.</summary>
public enum AnswerFormat
{
    /// <summary>Text, not empty.</summary>
    Text,

    /// <summary>One of the labels that an option names.</summary>
    Label,

    /// <summary>A number.</summary>
    Number,

    /// <summary>JSON, of the shape that a schema gives where there is one.</summary>
    Json,
}
