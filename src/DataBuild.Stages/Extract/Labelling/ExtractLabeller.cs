namespace DataBuild.Stages.Extract.Labelling;

/// <summary>Who says which blocks of a page are its main content.</summary>
public enum ExtractLabeller
{
    /// <summary>The built-in model, or what the mode says.</summary>
    Model,

    /// <summary>An ONNX model that labels the tokens of the simplified page.</summary>
    Onnx,

    /// <summary>A language model behind an endpoint of chat completions.</summary>
    Endpoint,
}
