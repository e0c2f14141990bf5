using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Stages;

/// <summary>The base types of stages.</summary>
internal static class StageTypes
{
    /// <summary>True for <c>Stage</c>, <c>DocumentStage</c>, <c>BatchStage</c>, <c>CorpusStage</c> and what stands above them.</summary>
    public static bool IsBase(INamedTypeSymbol type) =>
        type.SpecialType == SpecialType.System_Object
        || (type.Name is "Stage" or "DocumentStage" or "BatchStage" or "CorpusStage" && type.ContainingNamespace.ToDisplayString() == "DataBuild");

    /// <summary>The stage type that a record derives from; null when it derives from none.</summary>
    public static INamedTypeSymbol? BaseOf(INamedTypeSymbol stage)
    {
        for (INamedTypeSymbol? type = stage.BaseType; type is not null; type = type.BaseType)
        {
            if (IsBase(type))
            {
                return type.Name is "DocumentStage" or "BatchStage" or "CorpusStage" ? type : null;
            }
        }

        return null;
    }
}
