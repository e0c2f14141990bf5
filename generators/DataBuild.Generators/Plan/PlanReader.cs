using DataBuild.Generators.Model;
using DataBuild.Generators.Text;
using Microsoft.CodeAnalysis;

namespace DataBuild.Generators.Plan;

/// <summary>Reads what the build writes of the plan for the compiler.</summary>
internal static class PlanReader
{
    private const int FormatVersion = 1;

    /// <summary>True for the name of a plan file.</summary>
    public static bool IsPlan(AdditionalText file) => file.Path.EndsWith(".databuild.pipeline.json", StringComparison.OrdinalIgnoreCase);

    public static PlanResult Read(AdditionalText file, CancellationToken cancellation)
    {
        string json = file.GetText(cancellation)?.ToString() ?? "";
        JsonValue plan;
        try
        {
            plan = JsonValue.Parse(json);
        }
        catch (JsonFormatException exception)
        {
            return Failed(file, $"'{file.Path}' is no plan file: {exception.Message}");
        }

        double version = plan["formatVersion"].Number(0);
        if (version != FormatVersion)
        {
            return Failed(file, $"'{file.Path}' has plan format {plan["formatVersion"].Text}; expected {FormatVersion}: build with matching versions of the SDK and the generator");
        }

        string projectFile = plan["projectFile"].Text ?? "";
        return new PlanResult(
            file.Path,
            new PlanModel(
                plan["name"].Text ?? "",
                projectFile,
                plan["hasInputs"].IsTrue,
                plan["outputColumns"].Text ?? "",
                plan["stages"].Items.Select(s => Stage(s, projectFile)).ToEquatableArray()),
            null);
    }

    private static StageItem Stage(JsonValue stage, string projectFile) => new(
        stage["name"].Text ?? "",
        stage["metadata"].Properties.Select(p => new Metadata(p.Key, p.Value.Text ?? "")).ToEquatableArray(),
        stage["definedIn"].Text ?? projectFile);

    private static PlanResult Failed(AdditionalText file, string message) => new(file.Path, null, new PlanError("DB1010", message));
}
