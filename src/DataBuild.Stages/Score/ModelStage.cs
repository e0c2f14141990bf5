namespace DataBuild.Stages.Score;

/// <summary>Base of the stages that run an ONNX model, of texts or of images: where it runs.</summary>
/// <typeparam name="TFigures">Figures of a document.</typeparam>
public abstract record ModelStage<TFigures> : BatchStage<TFigures>
    where TFigures : struct, IFigures<TFigures>
{
    /// <summary>Where the model runs: <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>, <c>auto</c>, or the name of a plugin provider. Without it the property DataBuildExecutionProvider, else <c>cpu</c>.</summary>
    [WithoutEffectOnOutput]
    public string Provider { get; init; } = "";

    /// <summary>Library of a plugin execution provider.</summary>
    [WithoutEffectOnOutput]
    public string? EpLibraryPath { get; init; }

    /// <summary>Where the models of the stage are to run.</summary>
    private protected ExecutionProviderRequest RequestProvider(StageContext context) => ExecutionProviderRequest.Of(Provider, EpLibraryPath, context);

    /// <summary>Says where a model runs.</summary>
    protected static void ReportProvider(StageContext context, InputFile model, string provider) =>
        context.Report(new StageNote("DB4007", false, $"{model.Value} runs on {provider}", model.Path));
}
