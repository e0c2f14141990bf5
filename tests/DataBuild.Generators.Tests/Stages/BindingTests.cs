using DataBuild.Generators.Tests.Samples;

namespace DataBuild.Generators.Tests.Stages;

public sealed class BindingTests
{
    [Fact]
    public void Without_metadata_the_records_defaults_hold()
    {
        WordCount stage = Assert.IsType<WordCount>(Bind(WordCount.Descriptor));
        WordCount defaults = new();
        Assert.Equal(defaults with { StopWords = stage.StopWords, Lists = stage.Lists }, stage);
        Assert.Equal(defaults.StopWords, stage.StopWords);
        Assert.Equal(defaults.Lists, stage.Lists);
        Assert.Equal(new KeepAll(), Bind(KeepAll.Descriptor));
    }

    [Fact]
    public void Metadata_of_every_kind_is_bound()
    {
        WordCount stage = Assert.IsType<WordCount>(Bind(
            WordCount.Descriptor,
            ("minwords", "7"), ("MaxWords", "8000000000"), ("MaxFractionWithoutLetter", "0.25"), ("Weight", "1e-3"), ("IgnoreCase", "TRUE"),
            ("StopWords", "der; die ,das"), ("Vocabulary", "LARGE"), ("Form", "nfkc"), ("Segmentation", "blanks"), ("BatchSize", "4")));

        Assert.Equal(7, stage.MinWords);
        Assert.Equal(8_000_000_000, stage.MaxWords);
        Assert.Equal(0.25f, stage.MaxFractionWithoutLetter);
        Assert.Equal(0.001, stage.Weight);
        Assert.True(stage.IgnoreCase);
        Assert.Equal(["der", "die", "das"], stage.StopWords);
        Assert.Equal(new InputFile("large", null), stage.Vocabulary);
        Assert.Equal("NFKC", stage.Form);
        Assert.Equal(Segmentation.Blanks, stage.Segmentation);
        Assert.Equal(4, stage.BatchSize);
    }

    [Fact]
    public void Files_are_bound_relative_to_the_project()
    {
        string folder = Directory.CreateTempSubdirectory("databuild").FullName;
        try
        {
            string file = Path.Combine(folder, "stop.txt");
            File.WriteAllText(file, "");
            OptionBinder binder = new("WordCount", new Dictionary<string, string> { ["StopWordFile"] = "stop.txt", ["Lists"] = "stop.txt; stop.txt" }, folder);
            WordCount stage = Assert.IsType<WordCount>(WordCount.Descriptor.Bind(binder));
            Assert.Equal(file, stage.StopWordFile!.Path);
            Assert.Equal(2, stage.Lists.Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("MinWrods", "1", "DB1002", "stage 'WordCount' has no option 'MinWrods'; did you mean 'MinWords'?")]
    [InlineData("Tag", "1", "DB1002", "stage 'WordCount' has no option 'Tag'; it has: Segmentation, MinWords, MaxWords, MaxFractionWithoutLetter, Weight, IgnoreCase, StopWords, StopWordFile, Lists, Vocabulary, Form, BatchSize")]
    [InlineData("MinWords", "many", "DB1003", "WordCount.MinWords is 'many'; expected an integer from 0 to 2147483647 (words)")]
    [InlineData("MinWords", "3000000000", "DB1004", "WordCount.MinWords is 3000000000; expected an integer from 0 to 2147483647 (words)")]
    [InlineData("MaxFractionWithoutLetter", "1.5", "DB1004", "WordCount.MaxFractionWithoutLetter is 1.5; expected a number from 0 to 1 (fraction)")]
    [InlineData("Segmentation", "Unicorn", "DB1003", "WordCount.Segmentation is 'Unicorn'; expected one of Blanks, Unicode; did you mean 'Unicode'?")]
    public void An_error_names_option_value_and_expectation(string option, string value, string code, string message)
    {
        OptionBinder binder = new("WordCount", new Dictionary<string, string> { [option] = value }, ".");
        Assert.Null(WordCount.Descriptor.Bind(binder));
        Assert.Equal([new OptionError(code, option, message)], binder.Errors);
    }

    [Fact]
    public void A_required_option_must_be_given()
    {
        OptionBinder binder = new("SampleDedup", new Dictionary<string, string>(), ".");
        Assert.Null(SampleDedup.Descriptor.Bind(binder));
        Assert.Equal([new OptionError("DB1006", "Model", "stage 'SampleDedup' needs the option 'Model'")], binder.Errors);
    }

    [Fact]
    public void The_canonical_form_has_every_option_once_by_its_role()
    {
        CanonicalOptions Write(WordCount stage, OptionRole role)
        {
            CanonicalOptions options = new(path => "digest of " + Path.GetFileName(path));
            WordCount.Descriptor.WriteCanonical(stage, role, options);
            return options;
        }

        WordCount stage = new() { StopWordFile = InputFile.FromPath("/lists/stop.txt"), MaxFractionWithoutLetter = 0.5f };
        Assert.Equal(
            """
            Segmentation="Unicode"
            Weight=0.1
            IgnoreCase=false
            StopWords=["the","a"]
            StopWordFile=file:digest of stop.txt
            Lists=[]
            Vocabulary=name:small
            Form="NFC"

            """,
            Write(stage, OptionRole.Measure).ToString(), ignoreLineEndingDifferences: true);
        Assert.Equal("MinWords=50\nMaxWords=100000\nMaxFractionWithoutLetter=0.5\n", Write(stage, OptionRole.Threshold).ToString());
        Assert.Equal("MinWords=50\nMaxWords=100000\nMaxFractionWithoutLetter=~\n", Write(new WordCount(), OptionRole.Threshold).ToString());
        Assert.Equal("BatchSize=32\n", Write(stage, OptionRole.WithoutEffectOnOutput).ToString());
    }

    [Fact]
    public void The_descriptor_says_what_the_record_says()
    {
        StageDescriptor stage = WordCount.Descriptor;
        Assert.Equal(("WordCount", 3, StagePhase.Clean, "words"), (stage.Name, stage.Version, stage.Phase, stage.ColumnPrefix));
        Assert.Equal("Drops documents with too few or too many words.", stage.Summary);
        Assert.Equal(typeof(WordCount), stage.StageType);
        Assert.Equal(WordFigures.Columns, stage.Columns);
        Assert.Equal(
            new OptionDescriptor("MinWords", OptionKind.Integer, OptionRole.Threshold, "50", 0, double.PositiveInfinity, "words", [], false, "Fewest words of a document that is kept.") with { Choices = stage.Options[1].Choices },
            stage.Options[1]);
        Assert.Equal(
            ["Unicode", "50", "100000", null, "0.1", "false", "the;a", null, null, "small", "NFC", "32"],
            stage.Options.Select(o => o.Default));
        Assert.Equal(
            [OptionKind.Choice, OptionKind.Integer, OptionKind.Integer, OptionKind.Number, OptionKind.Number, OptionKind.Boolean, OptionKind.TextList, OptionKind.File, OptionKind.FileList, OptionKind.File, OptionKind.Choice, OptionKind.Integer],
            stage.Options.Select(o => o.Kind));
        Assert.Equal("Largest fraction of words without a letter; null for any.", stage.Options[3].Summary);
        Assert.Equal([".duplicateOf", ".digest"], SampleDedup.Descriptor.Columns.Select(c => c.Name));
        Assert.Equal("sampleDedup", SampleDedup.Descriptor.ColumnPrefix);
        Assert.Equal(OptionKind.Expression, SampleDedup.Descriptor.Options[0].Kind);
    }

    [Fact]
    public void The_registry_lists_the_assemblys_stages_by_name()
    {
        StageRegistryAttribute registry = (StageRegistryAttribute)Attribute.GetCustomAttribute(typeof(WordCount).Assembly, typeof(StageRegistryAttribute))!;
        Assert.Equal(typeof(DataBuild.Generated.DataBuild_Generators_Tests.StageRegistry), registry.Registry);
        Assert.Equal(["KeepAll", "SampleDedup", "WordCount"], DataBuild.Generated.DataBuild_Generators_Tests.StageRegistry.Stages.Select(s => s.Name));
        Assert.Equal(
            ["KeepAll", "SampleDedup", "WordCount"],
            Attribute.GetCustomAttributes(typeof(WordCount).Assembly, typeof(StageSchemaAttribute)).Cast<StageSchemaAttribute>().Select(s => s.Name).Order());
    }

    private static Stage? Bind(StageDescriptor descriptor, params (string Name, string Value)[] metadata)
    {
        OptionBinder binder = new(descriptor.Name, metadata.ToDictionary(m => m.Name, m => m.Value), ".");
        Stage? stage = descriptor.Bind(binder);
        Assert.Empty(binder.Errors);
        return stage;
    }
}
