using System.Globalization;
using DataBuild.Stages.Sandboxing;

namespace DataBuild.Stages.Generate.Code;

/// <summary>Runs programs against their tests in a sandbox; a result is kept, so that no program runs twice for the same tests, limits and interpreter.</summary>
public sealed class ProgramGrader(Sandbox sandbox, GradeStore<ProgramGrade> store, SandboxLimits limits, string pythonName, CancellationToken cancellation)
{
    private const int LongestDetail = 300;

    private readonly Lazy<PythonInterpreter> _python = new(() => PythonInterpreter.Find(pythonName));

    /// <summary>Grades a program.</summary>
    public ProgramGrade Grade(string program, CodeTests tests)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(tests);
        string interpreter = tests.Language == CodeLanguage.Python ? _python.Value.Version : $".NET {Environment.Version}";
        return store.GetOrRun(
            GradeKey.Of("program 1", tests.Language.ToString(), program, tests.Key, interpreter, string.Create(CultureInfo.InvariantCulture, $"{limits}")), () => Run(program, tests));
    }

    /// <summary>Whether two outputs say the same: token by token, whatever the white space between them.</summary>
    internal static bool SameTokens(string a, string b) =>
        a.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).SequenceEqual(b.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);

    private ProgramGrade Run(string program, CodeTests tests)
    {
        string folder = Directory.CreateTempSubdirectory("databuild-program-").FullName;
        try
        {
            int total = Math.Max(1, tests.Cases.Count);
            if (Prepare(program, tests, folder) is { } error)
            {
                return new ProgramGrade(0, total, "does_not_compile", error);
            }

            int passed = 0;
            foreach ((string input, string? output) in tests.Source is null ? tests.Cases.Select(c => (c.Input, (string?)c.Output)) : [("", null)])
            {
                SandboxResult result = tests.Language == CodeLanguage.Python
                    ? sandbox.Run([_python.Value.Path, "-S", "-B", tests.Source is null ? "/work/program.py" : "/work/tests.py"], input, folder, _python.Value.Folders, limits, false, PythonInterpreter.Environment, cancellation)
                    : sandbox.Run([CSharpProgram.Host, "/work/program.dll"], input, folder, [CSharpProgram.HostFolder], limits, false, CSharpProgram.Environment(limits), cancellation);
                string? reason = result.Limit ?? (result.ExitCode != 0 ? "exit_code" : output is not null && !SameTokens(result.Output, output) ? "wrong_output" : null);
                if (reason is not null)
                {
                    string said = (reason == "wrong_output" ? result.Output : result.Errors).Trim();
                    return new ProgramGrade(passed, total, reason, said.Length <= LongestDetail ? said : said[^LongestDetail..]);
                }

                passed++;
            }

            return new ProgramGrade(passed, total, null, null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // What the sandbox is to run; an error where the program does not compile.
    private static string? Prepare(string program, CodeTests tests, string folder)
    {
        if (tests.Language == CodeLanguage.CSharp)
        {
            return CSharpProgram.Emit(tests.Source is null ? [program] : [program, tests.Source], folder);
        }

        File.WriteAllText(Path.Combine(folder, "program.py"), program);
        if (tests.Source is not null)
        {
            File.WriteAllText(Path.Combine(folder, "tests.py"), tests.Source);
        }

        return null;
    }
}
