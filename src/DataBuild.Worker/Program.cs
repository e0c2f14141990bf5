using DataBuild.Worker;

// 'serve' is what the MSBuild tasks start; the other commands are for people.
return args switch
{
    ["serve"] => ServeLoop.Run(Console.OpenStandardInput(), new JsonEvents(Console.OpenStandardOutput())),
    _ => await CommandLine.RunAsync(args).ConfigureAwait(false),
};
