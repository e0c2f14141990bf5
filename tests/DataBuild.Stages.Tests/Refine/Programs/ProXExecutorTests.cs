using DataBuild.Stages.Refine.Programs;

namespace DataBuild.Tests.Refine.Programs;

/// <summary>Programs and what ProX's own executor makes of them (GAIR-NLP/ProX, b3fcbb2, utils/chunk_utils.py).</summary>
public sealed class ProXExecutorTests
{
    private const string L0 = "Home | About | Contact | Login";
    private const string L1 = "The river rises in the hills, see http://x.y/z for a map of it.";
    private const string L2 = "It flows for many miles, and a=b holds for all of its water.";
    private const string L3 = "Share this page with all of your friends today please.";
    private const string L4 = "(c) 2024 The authors of the page about the river.";

    private static readonly string Text = string.Join('\n', L0, L1, L2, L3, L4);

    public static TheoryData<string, string, int> Vectors => new()
    {
        { "remove_lines(start=0, end=0)", Lines(L1, L2, L3, L4), 0 },
        { "keep_chunk()", Text, 0 },
        { "untouch_doc()", Text, 0 },
        { "normalize(source_str=\"http://x.y/z\", target_str=\"\")", Text.Replace("http://x.y/z", "", StringComparison.Ordinal), 0 },
        { "normalize(source_str=\"http://x.y/z\")", Text.Replace("http://x.y/z", "", StringComparison.Ordinal), 0 },
        { "normalize(source_str=\"hills, see\", target_str=\"\")", Text, 0 },
        { "remove_lines(start=3, end=99)", Lines(L0, L1, L2), 1 },
        { "remove_lines(start=50, end=60)", Text, 1 },
        { "remove_lines(x)\nremove_lines(start=0, end=0)\nremove_lines(y)", Text, 2 },
        { "remove_lines(x)\nremove_lines(start=0, end=0)", Lines(L1, L2, L3, L4), 1 },
        { "remove_lines(all=True)", "", 0 },
        { "remove_lines(start=0, end=0)\nnormalize(source_str=\"the hills\", target_str=\"\")", Lines(L1, L2, L3, L4).Replace("the hills", "", StringComparison.Ordinal), 0 },
        { "normalize(source_str=\"(c)\", target_str=\"\")", Text.Replace("(c", "", StringComparison.Ordinal), 0 },
        { "normalize(source_str=\"a=b\", target_str=\"\")", Text.Replace("a", "", StringComparison.Ordinal), 0 },
        { "remove_lines(0, 0)", Text, 1 },
        { "# the menu goes\nremove_lines(start=0, end=0)", Lines(L1, L2, L3, L4), 0 },
        { "  remove_lines(start=0, end=0)\n  remove_lines(start=1, end=1)", Lines(L1, L2, L3, L4), 0 },
        { "remove_lines(start=0, end=0", Text, 2 },
        { "remove_lines start=0", Text, 1 },
        { "remove_lines(start=-5, end=0)", Lines(L1, L2, L3, L4), 0 },
        { "remove_lines(start=0, end=1_0_0_0)", "", 1 },
        { "remove_lines(start=0, end=99999999999999999999)", "", 1 },
        { "remove_lines(start=3, end=2)", Text, 0 },
        { "normalize(source_str=\" \", target_str=\"\")", Text, 0 },
        { "normalize(source_str=\" \")", "", 0 },
        { "", Text, 0 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Programs_do_what_prox_does(string program, string expected, int errors)
    {
        EditResult result = ProXExecutor.RunChunks(Text, program);
        Assert.Equal((expected, errors), (result.Text, result.Errors));
    }

    [Theory]
    [InlineData("drop_doc()", "")]
    [InlineData("keep_doc()", "text")]
    [InlineData("garbage", "text")]
    [InlineData("I would not drop it", "")]
    public void Of_the_document_level_one_word_counts(string program, string expected) =>
        Assert.Equal(expected, ProXExecutor.RunDocument("text", program).Text);

    [Theory]
    [InlineData("one two three four five six seven eight nine ten", EditOutcome.Dropped)]
    [InlineData("one two three four five six seven eight nine ten eleven", EditOutcome.Processed)]
    [InlineData(" \n ", EditOutcome.Dropped)]
    public void Ten_words_are_no_document(string text, EditOutcome outcome) => Assert.Equal(outcome, ProXExecutor.RunChunks(text, "keep_chunk()").Outcome);

    [Theory]
    [InlineData(20, EditOutcome.Dropped)] // 20 of 400 words are left: 0.05
    [InlineData(21, EditOutcome.Processed)]
    public void A_twentieth_of_the_words_is_not_enough(int left, EditOutcome outcome)
    {
        string text = string.Join(' ', Enumerable.Repeat("word", 400 - left)) + "\n" + string.Join(' ', Enumerable.Repeat("kept", left));
        Assert.Equal(outcome, ProXExecutor.RunChunks(text, "remove_lines(start=0, end=0)").Outcome);
    }

    private static string Lines(params string[] lines) => string.Join('\n', lines);
}
