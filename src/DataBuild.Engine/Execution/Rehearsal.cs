using DataBuild.Engine.Inputs;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Execution;

/// <summary>
/// Goes through the last build of a dataset once more while the next one is being prepared: what that one will run is then compiled, and the stored files that
/// it will read have been compared with their digests. Reads no input, computes no action and writes nothing but a scratch folder that goes with it. It fails no
/// build: whatever stops it, the build itself meets again and reports.
/// </summary>
public static class Rehearsal
{
    /// <summary>Rehearses, as far as results are in the store.</summary>
    /// <param name="planPath">The plan of the last build.</param>
    /// <param name="stopped">What stopped it before its end; null where nothing did, where it was cancelled and where a result is not in the store.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What it found out about the store.</returns>
    public static StoreChecks Run(string planPath, out Exception? stopped, CancellationToken cancellation)
    {
        StoreChecks checks = new();
        stopped = null;
        try
        {
            Run(PlanFile.Load(planPath), checks, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The build has begun, or will compute what is missing.
        }
        catch (Exception e)
        {
            stopped = e;
        }

        return checks;
    }

    private static void Run(PlanFile file, StoreChecks checks, CancellationToken cancellation)
    {
        // Assemblies that the next build compiles must not be loaded as they were; what lies elsewhere is not fetched for a rehearsal.
        if (file.StageAssemblies.Count > 0 || RemoteInputs.AreIn(file) || !Directory.Exists(file.StoreDirectory))
        {
            return;
        }

        FileDigests digests = new(Path.Combine(file.StoreDirectory, "file-digests.tsv"));
        if (digests.IsDamaged || PlanResolver.Resolve(file, StageRegistry.BuiltIn(), digests, []) is not { } plan)
        {
            return;
        }

        using DatasetBuild build = new(plan, new ContentStore(file.StoreDirectory, checks: checks), digests, threads: 1, new Silence(), executor: new LookingExecutor());
        build.Rehearse(cancellation);
    }

    private sealed class Silence : IBuildEvents
    {
        public void Message(MessageImportance importance, string text)
        {
        }

        public void Diagnostic(BuildDiagnostic diagnostic)
        {
        }

        public void Progress(StageProgress progress)
        {
        }

        public void StageFinished(StageSummary summary)
        {
        }
    }
}
