using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DataBuild.Generators.Model;

/// <summary>A place in a file, held without its syntax tree.</summary>
internal sealed record LocationInfo(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static LocationInfo? From(Location? location) => location is { SourceTree: not null }
        ? new LocationInfo(location.SourceTree.FilePath, location.SourceSpan, location.GetLineSpan().Span)
        : null;

    public Location ToLocation() => Location.Create(Path, Span, Lines);
}

/// <summary>A diagnostic on its way through a pipeline.</summary>
internal sealed record DiagnosticInfo(string Code, LocationInfo? Location, EquatableArray<string> Arguments)
{
    public static DiagnosticInfo Create(DiagnosticDescriptor descriptor, LocationInfo? location, params string[] arguments) =>
        new(descriptor.Id, location, arguments.ToEquatableArray());

    public static DiagnosticInfo Create(DiagnosticDescriptor descriptor, ISymbol symbol, params string[] arguments) =>
        Create(descriptor, LocationInfo.From(symbol.Locations.FirstOrDefault()), arguments);

    public Diagnostic ToDiagnostic(IReadOnlyDictionary<string, DiagnosticDescriptor> descriptors) =>
        Diagnostic.Create(descriptors[Code], Location?.ToLocation() ?? Microsoft.CodeAnalysis.Location.None, Arguments.ToArray<object>());
}
