using DataBuild.Engine.Planning;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace DataBuild.Engine.Tests;

/// <summary>The code of one stage among others: what changes its digest, and what does not.</summary>
public sealed class StageCodeDigestTests : IDisposable
{
    private const string Source = """
        using System; using System.Linq; using System.Collections.Generic;
        namespace S;
        public record First { public int Limit { get; init; } = 3; public bool Run(string text) => Words.Of(text).Count(w => w.Length > Limit) > 2; }
        public record Second { static readonly byte[] Table = [1, 2, 3, 4, 5, 6, 7, 8, 9]; public bool Run(string text) => text switch { "alpha" => true, "beta" => Table[text.Length] > 2, "gamma" => false, "delta" => true, "epsilon" => true, "zeta" => false, "eta" => true, _ => Helper.Check(text) }; }
        public record Third { public bool Run(string text) => text.Length > 7; }
        static class Words { public static string[] Of(string text) => text.Split(' '); }
        static class Helper { public static bool Check(string text) => text.Contains("helper"); }
        """;

    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "databuild-code", Guid.NewGuid().ToString("N"))).FullName;
    private int _assemblies;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("namespace S;", "namespace S; // a comment\n\n", "")]
    [InlineData("text.Length > 7", "text.Length > 8", "Third")]
    [InlineData("w.Length > Limit", "w.Length >= Limit", "First")]
    [InlineData("= 3;", "= 4;", "First")]
    [InlineData("Split(' ')", "Split(',')", "First")]
    [InlineData("\"helper\"", "\"helper2\"", "Second")]
    [InlineData("6, 7, 8, 9", "6, 7, 8, 10", "Second")]
    [InlineData("\"beta\"", "\"betas\"", "Second")]
    [InlineData("public record First", "public record Zeroth { public string Text = \"x\"; public bool Run(string t) => t.Any(c => c > 'a'); }\npublic record First", "")]
    [InlineData("public record Third { ", "public record Third { public int Unused { get; init; } = 5; ", "Third")]
    public void An_edit_changes_the_digest_of_the_stages_that_it_reaches(string old, string replacement, string changed)
    {
        Assert.Contains(old, Source, StringComparison.Ordinal);
        Dictionary<string, string> before = Digests(Source);
        Dictionary<string, string> after = Digests(Source.Replace(old, replacement, StringComparison.Ordinal));

        Assert.Equal(changed.Split(' ', StringSplitOptions.RemoveEmptyEntries), before.Keys.Where(k => before[k] != after[k]));
    }

    [Fact]
    public void Stages_differ_and_a_rebuild_in_another_folder_changes_nothing()
    {
        Dictionary<string, string> first = Digests(Source);
        Assert.Equal(3, first.Values.Distinct().Count());
        Assert.Equal(first, Digests(Source, path: "/elsewhere/deep/Stage.cs"));
        const string OfOneFile = "namespace S; file static class Hidden { public static int Two() => 2; } public record First { public int Run() => Hidden.Two(); } public record Second; public record Third;";
        Assert.Equal(Digests(OfOneFile), Digests(OfOneFile, path: "/elsewhere/deep/Stage.cs"));
        Assert.NotEqual(Digests(OfOneFile)["First"], Digests(OfOneFile.Replace("=> 2", "=> 3", StringComparison.Ordinal))["First"]);
    }

    [Fact]
    public void Code_that_looks_up_types_by_name_depends_on_the_whole_assembly()
    {
        string source = Source.Replace("text.Length > 7", "System.Type.GetType(text) != null", StringComparison.Ordinal);
        Dictionary<string, string> before = Digests(source);
        Dictionary<string, string> after = Digests(source.Replace("\"helper\"", "\"other\"", StringComparison.Ordinal));
        Assert.Equal(["Second", "Third"], before.Keys.Where(k => before[k] != after[k]));
    }

    [Fact]
    public void A_referenced_assembly_of_the_projects_own_counts_for_the_stages_that_use_it()
    {
        string library = Compile("namespace L; public static class Rule { public static int Least => 5; }", "Library", "/l.cs");
        string other = Compile("namespace L; public static class Rule { public static int Least => 6; }", "Library", "/l.cs");
        string source = Source.Replace("text.Length > 7", "text.Length > L.Rule.Least", StringComparison.Ordinal);
        Dictionary<string, string> Of(string path) => Digests(source, reference: path);

        Dictionary<string, string> before = Of(library);
        Dictionary<string, string> after = Of(other);
        Assert.Equal(["Third"], before.Keys.Where(k => before[k] != after[k]));
        Assert.Equal(before, Of(library));
    }

    [Fact]
    public void The_descriptor_that_the_generator_writes_does_not_count()
    {
        const string Generated = "namespace S; [System.CodeDom.Compiler.GeneratedCode(\"DataBuild.Generators\", \"1\")] static class FirstDescriptor { public static string Summary => \"one\"; } public record First { public static string Text => FirstDescriptor.Summary; } public record Second; public record Third;";
        Assert.Equal(Digests(Generated), Digests(Generated.Replace("\"one\"", "\"two\"", StringComparison.Ordinal)));
        string own = Generated.Replace("DataBuild.Generators", "Mine", StringComparison.Ordinal);
        Assert.NotEqual(Digests(own)["First"], Digests(own.Replace("\"one\"", "\"two\"", StringComparison.Ordinal))["First"]);
    }

    private Dictionary<string, string> Digests(string source, string path = "/src/Stage.cs", string? reference = null)
    {
        string assembly = Compile(source, "Stages", path, reference);
        using StageCodeDigest code = new(assembly, name => name == "Library" ? reference : null);
        return new[] { "First", "Second", "Third" }.ToDictionary(n => n, n => code.Of("S." + n));
    }

    private string Compile(string source, string name, string path, string? reference = null)
    {
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal)).Append(reference).OfType<string>().Select(p => MetadataReference.CreateFromFile(p));
        CSharpCompilation compilation = CSharpCompilation.Create(
            name, [CSharpSyntaxTree.ParseText(source, path: path, encoding: System.Text.Encoding.UTF8)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        string folder = Directory.CreateDirectory(Path.Combine(_folder, $"{_assemblies++}")).FullName;
        string file = Path.Combine(folder, name + ".dll");
        EmitResult result = compilation.Emit(file);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        return file;
    }
}
