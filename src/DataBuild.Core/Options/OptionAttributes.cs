namespace DataBuild;

/// <summary>Range, unit and kind of an option. Every public init property of a stage is an option, with or without this attribute.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute : Attribute
{
    /// <summary>Smallest value allowed.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest value allowed.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>Unit of the value, for the documentation: <c>words</c>, <c>characters</c>, <c>fraction</c>.</summary>
    public string Unit { get; init; } = "";

    /// <summary>For <see cref="InputFile"/> and string options: the names allowed, separated by '|'; for a file option, values that are names and no paths.</summary>
    public string Names { get; init; } = "";

    /// <summary>True when the project file must give a value.</summary>
    public bool Required { get; init; }
}

/// <summary>
/// Marks an option that takes part in <c>Decide</c> only: editing it decides anew from stored figures, without measuring. An option without this mark
/// is part of the measure's action key.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ThresholdAttribute : Attribute;

/// <summary>
/// Marks an option that never changes an output (batch size, execution provider, threads): it enters no action key.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WithoutEffectOnOutputAttribute : Attribute;

/// <summary>A public property of a stage that is no option.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotAnOptionAttribute : Attribute;

/// <summary>Names the assembly's stage registry, so that the worker finds it without searching. Written by the generator.</summary>
/// <param name="registry">A static class with a property <c>Stages</c> of type <c>IReadOnlyList&lt;StageDescriptor&gt;</c>.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class StageRegistryAttribute(Type registry) : Attribute
{
    /// <summary>The registry class.</summary>
    public Type Registry { get; } = registry;
}

/// <summary>Describes a stage to the compilations that reference this assembly. Written by the generator.</summary>
/// <param name="name">Name of the stage.</param>
/// <param name="schema">Options and columns as JSON.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class StageSchemaAttribute(string name, string schema) : Attribute
{
    /// <summary>Name of the stage.</summary>
    public string Name { get; } = name;

    /// <summary>Options and columns as JSON.</summary>
    public string Schema { get; } = schema;
}
