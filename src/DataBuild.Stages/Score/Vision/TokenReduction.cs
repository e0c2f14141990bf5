namespace DataBuild.Stages.Score.Vision;

/// <summary>Which tokens of an image are kept.</summary>
public enum TokenReduction
{
    /// <summary>All.</summary>
    None,

    /// <summary>The most diverse ones, from the most isolated one on.</summary>
    DivPrune,

    /// <summary>Greedy k-centre, from the first one on.</summary>
    ToDre,

    /// <summary>By rank in the attention graph of the last layer, then by similarity.</summary>
    ZeroTPrune,

    /// <summary>Anchors of a middle layer, their neighbours, and the highest attention of the last layer.</summary>
    HiPrune,

    /// <summary>The highest attention of the class token, with a budget for the whole image and each tile.</summary>
    HiRed,

    /// <summary>The largest transitions of states through modules.</summary>
    TransPrune,

    /// <summary>Attention times entropy of the patch, the rest recycled.</summary>
    VFlowOpt,

    /// <summary>Hard to regenerate and widely attended ones, the rest propagated to them.</summary>
    GtpVit,

    /// <summary>The rest shared out among the tokens with the highest attention.</summary>
    TokenTransforming,
}
