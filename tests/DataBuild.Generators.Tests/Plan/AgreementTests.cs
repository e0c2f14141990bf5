using CsCheck;
using DataBuild.Generators.Model;
using DataBuild.Generators.Plan;
using DataBuild.Generators.Tests.Samples;

namespace DataBuild.Generators.Tests.Plan;

/// <summary>The compiler and the worker check the same metadata in the same words.</summary>
public sealed class AgreementTests
{
    private static readonly string[] Names = ["MinWords", "minwords", "MaxWords", "MaxFractionWithoutLetter", "Weight", "IgnoreCase", "StopWords", "Vocabulary", "Form", "Segmentation", "BatchSize", "MinWrods", "Unknown", "Name", "Tag", "Keep", "Keeep"];
    private static readonly string[] Values = ["", " ", "0", "-1", " 7 ", "+5", "1.5", "1,5", "1e3", "1e400", "NaN", "Infinity", "true", "False", "yes", "nfc", "NFKD", "blanks", "unicorn", "small", "9223372036854775807", "9223372036854775808", "2147483648", "der;die", ";;"];

    private static readonly Gen<(string Name, string Value)[]> Metadata = Gen.Select(Gen.Int[0, Names.Length - 1].Select(i => Names[i]), Gen.OneOf(Gen.Int[0, Values.Length - 1].Select(i => Values[i]), Gen.String[0, 8])).Array[0, 6];

    [Fact]
    public void The_compiler_finds_the_errors_that_the_worker_finds() => Metadata.Sample(
        metadata =>
        {
            Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
            foreach ((string name, string value) in metadata)
            {
                // A file's existence is the worker's business.
                values[name] = name == "Vocabulary" && !value.Trim().Equals("small", StringComparison.OrdinalIgnoreCase) ? "large" : value;
            }

            foreach (StageDescriptor descriptor in new[] { WordCount.Descriptor, KeepAll.Descriptor, SampleDedup.Descriptor })
            {
                OptionBinder binder = new(descriptor.Name, values, ".");
                descriptor.Bind(binder);
                OptionChecker checker = new(Schema(descriptor.Name), new StageItem(descriptor.Name, values.Select(v => new Metadata(v.Key, v.Value)).ToEquatableArray(), ""), 0);
                checker.Check();
                Assert.Equal(binder.Errors.Select(e => (e.Code, e.Option, e.Message)), checker.Errors.Select(e => (e.Code, e.Option, e.Message)));
            }
        },
        iter: 1000);

    [Fact]
    public void The_compiler_suggests_what_the_worker_suggests() => Gen.Select(Gen.Int[0, Names.Length - 1].Select(i => Names[i]), Gen.String[Gen.Char["abinMWords"], 0, 12]).Sample(
        (known, typed) => Assert.Equal(DataBuild.Suggestion.For(typed, [known, .. Names]), DataBuild.Generators.Text.Suggestion.For(typed, [known, .. Names])),
        iter: 1000);

    private static StageSchema Schema(string name) => StageSchemaReader.Parse(
        name,
        Attribute.GetCustomAttributes(typeof(WordCount).Assembly, typeof(StageSchemaAttribute)).Cast<StageSchemaAttribute>().Single(s => s.Name == name).Schema,
        "");
}
