using DataBuild.Generators.Model;

namespace DataBuild.Generators.Plan;

/// <summary>A name with a value.</summary>
internal sealed record Metadata(string Name, string Value);

/// <summary>A <c>Stage</c> item.</summary>
internal sealed record StageItem(string Name, EquatableArray<Metadata> Metadata, string DefinedIn)
{
    /// <summary>A value by name, without regard to case; null when it is absent or blank, as MSBuild cannot tell these two apart.</summary>
    public string? Find(string name)
    {
        foreach (Metadata metadata in Metadata)
        {
            if (metadata.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return string.IsNullOrWhiteSpace(metadata.Value) ? null : metadata.Value.Trim();
            }
        }

        return null;
    }
}

/// <summary>What the items and properties of a dataset project evaluate to, as far as the compiler is concerned: inputs are only counted.</summary>
internal sealed record PlanModel(string Name, string ProjectFile, bool HasCrawl, string OutputColumns, EquatableArray<StageItem> Stages);

/// <summary>Something wrong in a plan.</summary>
/// <param name="Code">Diagnostic code.</param>
/// <param name="Message">What was found, what was expected.</param>
/// <param name="Stage">Place of the stage in the plan; -1 when it is about the project.</param>
/// <param name="Option">The metadata; null when it is about the item.</param>
/// <param name="Position">First character of the option's value that it is about; -1 when it is about all of it.</param>
/// <param name="Length">Characters that it is about.</param>
internal sealed record PlanError(string Code, string Message, int Stage = -1, string? Option = null, int Position = -1, int Length = 0);

/// <summary>What reading a plan file gave: a plan or an error.</summary>
internal sealed record PlanResult(string Path, PlanModel? Plan, PlanError? Error);

/// <summary>An option with the value that holds.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">C# type: <c>bool</c>, <c>int</c>, <c>long</c>, <c>float</c>, <c>double</c>, <c>string</c> or <c>list</c>.</param>
/// <param name="Value">The value as text; null when there is none.</param>
/// <param name="Summary">One sentence.</param>
internal sealed record ConfiguredOption(string Name, string Type, string? Value, string Summary);

/// <summary>A stage of the plan with the options that hold.</summary>
/// <param name="Identifier">Name of its class.</param>
/// <param name="Name">Name of the stage.</param>
/// <param name="InstanceName">Name of this use: first part of its columns.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Options">Its options.</param>
internal sealed record ConfiguredStage(string Identifier, string Name, string InstanceName, string Summary, EquatableArray<ConfiguredOption> Options);

/// <summary>A column of the published dataset.</summary>
/// <param name="Name">Published name, snake_case.</param>
/// <param name="Property">C# property.</param>
/// <param name="Type">Member of <c>DataBuild.ColumnType</c>.</param>
/// <param name="IsNullable">A row may have no value.</param>
/// <param name="Description">One sentence.</param>
internal sealed record PublishedColumn(string Name, string Property, string Type, bool IsNullable, string Description);

/// <summary>The code to write for a dataset.</summary>
internal sealed record PipelineModel(string DatasetName, EquatableArray<ConfiguredStage> Stages, EquatableArray<PublishedColumn> Columns);

/// <summary>What checking gave.</summary>
internal sealed record CheckedPlan(PipelineModel Pipeline, EquatableArray<PlanError> Errors);
