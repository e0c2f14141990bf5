using DataBuild.Engine.Execution;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Verification;

namespace DataBuild.Worker;

/// <summary>Verifies a finished dataset, or accepts it as verified, and turns what goes wrong into diagnostics with codes.</summary>
internal static class VerificationRunner
{
    /// <returns>False when there was an error; it has been reported.</returns>
    public static bool Run(string planPath, bool accept, IBuildEvents events)
    {
        PlanFile? plan = null;
        try
        {
            plan = PlanFile.Load(planPath);
            if (accept)
            {
                IReadOnlyList<string> changed = DatasetVerification.Accept(plan);
                events.Message(MessageImportance.High, changed.Count == 0
                    ? $"  {plan.Name}: already verified as it is"
                    : $"  {plan.Name}: accepted {string.Join(", ", changed.Select(Path.GetFileName))}");
                return true;
            }

            IReadOnlyList<BuildDiagnostic> errors = DatasetVerification.Verify(plan);
            foreach (BuildDiagnostic error in errors)
            {
                events.Diagnostic(error);
            }

            if (errors.Count == 0)
            {
                events.Message(MessageImportance.High, $"  {plan.Name}: rows, stage counts and manifest are as verified");
            }

            return errors.Count == 0;
        }
        catch (PlanException exception)
        {
            Error(exception.Code, exception.Message, exception.File ?? planPath);
        }
        catch (InvalidDataException exception)
        {
            Error("DB5043", $"'{plan!.Name}' cannot be verified: {exception.Message}; build it first", plan.ProjectFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Error("DB3003", $"a file could not be read or written: {exception.Message}", plan?.ProjectFile);
        }

        return false;

        void Error(string code, string message, string? file) => events.Diagnostic(new BuildDiagnostic(true, code, message, file));
    }
}
