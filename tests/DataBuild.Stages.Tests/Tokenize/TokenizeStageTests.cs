using DataBuild.Stages.Tokenize;

namespace DataBuild.Tests.Tokenize;

public class TokenizeStageTests
{
    private static readonly StageContext Context = new("", "");

    [Fact]
    public void A_document_gets_its_ids_and_the_end_of_text()
    {
        var stage = new TokenizeStage { Tokenizer = InputFile.FromName("cl100k_base") };
        stage.Initialize(Context);
        TokenizeFigures figures = stage.Measure(Document.Create("hello world"));
        Assert.Equal([15339, 1917, 100257], figures.Ids.ToArray());
        Assert.Equal(3, figures.Count);
        Assert.Equal(100277, stage.VocabularySize);
    }

    [Theory]
    [InlineData("o200k_base")]
    [InlineData("cl100k_base")]
    public void What_token_files_need_of_a_built_in_tokenizer_is_known_without_loading_it(string name)
    {
        var stage = new TokenizeStage { Tokenizer = InputFile.FromName(name) };
        Assert.False(stage.TokenFilesNeedInitialize);
        int size = stage.VocabularySize;
        TokenFileOptions files = stage.TokenFiles;
        stage.Initialize(Context);
        Assert.Equal(stage.VocabularySize, size);
        Assert.Equal(stage.TokenFiles, files);
    }

    [Fact]
    public void Token_files_wait_for_a_tokenizer_that_is_a_file_or_that_names_their_padding()
    {
        TokenizeStage stage = new() { Tokenizer = InputFile.FromName("o200k_base"), ContextLength = 8 };
        Assert.False((stage with { Packing = TokenPacking.BestFit }).TokenFilesNeedInitialize);
        Assert.True((stage with { PaddingToken = "<|endofprompt|>" }).TokenFilesNeedInitialize);
        Assert.True((stage with { Packing = TokenPacking.BestFit, Format = TokenFormat.Npy }).TokenFilesNeedInitialize);
        Assert.True((stage with { Tokenizer = InputFile.FromPath("tokenizer.json") }).TokenFilesNeedInitialize);
        Assert.True((stage with { Tokenizer = InputFile.FromStage("@trained") }).TokenFilesNeedInitialize);
    }

    [Fact]
    public void Thresholds_decide_from_the_count_alone()
    {
        var stage = new TokenizeStage { MinTokens = 2, MaxTokens = 3 };
        Assert.Equal("too_few_tokens", stage.Decide(new TokenizeFigures(default, 1)).Reason);
        Assert.True(stage.Decide(new TokenizeFigures(default, 2)).IsKeep);
        Assert.True(stage.Decide(new TokenizeFigures(default, 3)).IsKeep);
        Assert.Equal("too_many_tokens", stage.Decide(new TokenizeFigures(default, 4)).Reason);
    }

    [Fact]
    public void A_page_cannot_write_an_end_of_text_unless_the_project_says_so()
    {
        Document document = Document.Create("a<|endoftext|>b");
        var asText = new TokenizeStage { AppendEndOfText = false };
        asText.Initialize(Context);
        Assert.DoesNotContain(199999, asText.Measure(document).Ids.ToArray());
        TokenizeStage recognised = asText with { SpecialTokens = SpecialTokens.Recognise };
        recognised.Initialize(Context);
        Assert.Equal([64, 199999, 65], recognised.Measure(document).Ids.ToArray());
    }

    [Fact]
    public void An_end_of_text_that_the_tokenizer_lacks_is_an_error_that_names_the_option()
    {
        var stage = new TokenizeStage { EndOfText = "</s>" };
        var error = Assert.Throws<StageException>(() => stage.Initialize(Context));
        Assert.Equal("DB4202", error.Code);
        Assert.Contains("'</s>' (EndOfText)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tokenizer_that_is_no_file_is_an_error_that_names_the_built_in_ones()
    {
        var stage = new TokenizeStage { Tokenizer = InputFile.FromPath("no-such-file.json") };
        var error = Assert.Throws<StageException>(() => stage.Initialize(Context));
        Assert.Equal("DB4201", error.Code);
        Assert.Contains("cl100k_base", error.Message, StringComparison.Ordinal);
    }
}
