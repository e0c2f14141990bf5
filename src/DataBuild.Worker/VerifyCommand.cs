using System.CommandLine;

namespace DataBuild.Worker;

/// <summary><c>databuild verify</c> and <c>databuild accept</c>: snapshots of a finished dataset.</summary>
internal static class VerifyCommand
{
    public static Command Create(bool accept)
    {
        Argument<string> dataset = DatasetArgument.Create();
        Option<string?> configuration = DatasetArgument.Configuration();
        Command command = accept
            ? new("accept", "Makes the finished dataset the verified one") { dataset, configuration }
            : new("verify", "Compares the finished dataset with the *.verified.* files beside its project") { dataset, configuration };
        command.SetAction(result => DatasetArgument.Guard(() =>
            VerificationRunner.Run(DatasetArgument.PlanOf(result.GetRequiredValue(dataset), result.GetValue(configuration)), accept, new ConsoleEvents()) ? 0 : 1));
        return command;
    }
}
