using CsCheck;
using DataBuild.Stages.Refine.Programs;

namespace DataBuild.Tests.Refine.Programs;

/// <summary>Strict programs, and the programs that are distilled from pairs of texts.</summary>
public sealed class EditProgramTests
{
    private const string Text = "menu one\nfirst a a line\nsecond line\nfooter";

    // Words without a letter in common make every deletion of a word a string that occurs once.
    private static readonly string[] Words = ["menu", "login", "river", "stone", "bridge", "water", "hill", "share", "=", "(c)", "\"quoted\"", "\\", "π", "😀", "tab\there"];

    private static readonly Gen<string> Line = OneOf(Words).Array[0, 6].Select(w => string.Join(' ', w));

    private static readonly Gen<string> AnyText = Line.Array[1, 8].Select(l => string.Join('\n', l));

    private static readonly Gen<EditOperation> Operation = Gen.OneOf<EditOperation>(
        Gen.Select(Gen.Int[-2, 9], Gen.Int[-2, 9]).Select(t => (EditOperation)new EditOperation.RemoveLines(t.Item1, t.Item2)),
        Gen.Select(Gen.Int[-1, 9], OneOf(Words)).Select(t => (EditOperation)new EditOperation.RemoveString(t.Item1, t.Item2)),
        Gen.Const((EditOperation)new EditOperation.Keep()));

    [Theory]
    [InlineData("remove_lines(start=1, end=1)", "first a a line\nsecond line\nfooter", 0)]
    [InlineData("remove_lines(1, 2)", "second line\nfooter", 0)]
    [InlineData("remove_lines(end=4, start=4)  # the foot", "menu one\nfirst a a line\nsecond line", 0)]
    [InlineData("remove_str(line=3, del_str=\"second \")", "menu one\nfirst a a line\nline\nfooter", 0)]
    [InlineData("remove_str(3, 'second ')", "menu one\nfirst a a line\nline\nfooter", 0)]
    [InlineData("remove_str(2, 'a')", Text, 1)]
    [InlineData("remove_str(2, 'b')", Text, 1)]
    [InlineData("remove_str(2, '')", Text, 1)]
    [InlineData("remove_str(9, 'a')", Text, 1)]
    [InlineData("remove_str(2, ' a a')\nremove_str(2, 'a line')", "menu one\nfirst\nsecond line\nfooter", 0)]
    [InlineData("remove_lines(3, 99)", "menu one\nfirst a a line", 1)]
    [InlineData("remove_lines(50, 60)", Text, 1)]
    [InlineData("remove_lines(1, 4)", "", 0)]
    [InlineData("```python\nkeep_all()\n```", Text, 0)]
    public void Operations_delete_and_nothing_else(string program, string expected, int errors)
    {
        EditProgram parsed = EditProgramParser.TryParse(program, out string error)!;
        Assert.Equal("", error);
        EditResult result = parsed.Run(Text);
        Assert.Equal((expected, errors, EditOutcome.Processed), (result.Text, result.Errors, result.Outcome));
    }

    [Theory]
    [InlineData("", "found no operation")]
    [InlineData("I would remove line 3.", "line 1: found 'I would remove line 3.', expected remove_lines")]
    [InlineData("keep_all()\nnormalize(source_str=\"a\")", "line 2: found 'normalize(")]
    [InlineData("remove_lines(start=1)", "line 1: remove_lines lacks the argument 'end'")]
    [InlineData("remove_lines(1, 'x')", "line 1: remove_lines has an argument of the wrong kind; expected two lines")]
    [InlineData("remove_str(1, 2)", "line 1: remove_str has an argument of the wrong kind; expected a line and a string")]
    [InlineData("remove_lines(start=1, start=2)", "line 1: found an argument that is not expected, or twice")]
    [InlineData("remove_lines(1, 2, 3)", "line 1: found an argument that is not expected, or twice")]
    [InlineData("remove_lines(from=1, end=2)", "line 1: found an argument that is not expected, or twice")]
    [InlineData("remove_str(1, \"open)", "line 1: found '', expected a number")]
    [InlineData("remove_lines(1, 2) and more", "line 1: found 'and more' after the operation")]
    [InlineData("remove_lines(1, 99999999999)", "line 1: found ')', expected a number")]
    public void What_is_no_program_is_refused_as_a_whole(string program, string error)
    {
        Assert.Null(EditProgramParser.TryParse(program, out string found));
        Assert.StartsWith(error, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_a_model_may_write_throws() => Gen.OneOf(
            Gen.String,
            OneOf("remove_lines(", "remove_str(", "start=", "end", "1", ",", ")", "\"", "'", "\\u00", "\\", "\n", " ", "=", "line=", "del_str=", "all=True", "normalize(", "source_str=\"").Array[0, 14].Select(string.Concat))
        .Sample(program =>
        {
            EditProgramParser.TryParse(program, out _)?.Run(Text);
            ProXExecutor.RunChunks(Text, program);
        });

    [Fact]
    public void A_program_reads_back_as_it_was_written() => Operation.Array[1, 6].Sample(operations =>
    {
        EditProgram program = new(operations);
        Assert.Equal(program.ToString(), EditProgramParser.TryParse(program.ToString(), out _)?.ToString());
    });

    [Fact]
    public void The_output_is_always_a_subsequence_of_the_input() => Gen.Select(AnyText, Operation.Array[1, 6]).Sample(
        (text, operations) => Assert.True(IsSubsequence(new EditProgram(operations).Run(text).Text, text)));

    [Fact]
    public void Order_has_no_part_in_the_result() => Gen.Select(AnyText, Operation.Array[1, 6]).Sample(
        (text, operations) => Assert.Equal(new EditProgram(operations).Run(text), new EditProgram([.. operations.Reverse()]).Run(text)));

    [Fact]
    public void Running_what_was_distilled_gives_the_refined_text() =>
        Gen.Select(AnyText, Operation.Array[1, 6], Gen.Enum<EditAlignment>()).Sample((raw, operations, alignment) =>
        {
            string refined = new EditProgram(operations).Run(raw).Text;
            DistilledEdits edits = new EditDistiller { Alignment = EditAlignment.Lines, MinDeleted = 0 }.Distil(raw, refined);
            Assert.Equal((null, 0), (edits.Reason, edits.Skipped));
            Assert.Equal(refined, edits.Program!.Run(raw).Text);

            // The paper's alignments may cut elsewhere, where no operation reaches: what they give is then longer, never other.
            DistilledEdits other = new EditDistiller { Alignment = alignment, MinDeleted = 0, MaxInserted = int.MaxValue }.Distil(raw, refined);
            string given = other.Program!.Run(raw).Text;
            Assert.True(IsSubsequence(given, raw), given);
            Assert.True(alignment is EditAlignment.Difflib or EditAlignment.DifflibAutoJunk || IsSubsequence(refined, given), given);
            Assert.True(other.Skipped > 0 || given == refined || alignment is EditAlignment.Difflib or EditAlignment.DifflibAutoJunk, $"{other.Program}\ngives [{given}]\nfor   [{refined}]");
        }, iter: 20_000);

    [Fact]
    public void Nothing_refined_is_keep_all() => Assert.Equal("keep_all()", new EditDistiller().Distil(Text, Text).Program!.ToString());

    [Theory]
    [InlineData(19, null)]
    [InlineData(20, "edits_insert")]
    public void Twenty_new_characters_in_a_place_discard_the_pair(int inserted, string? reason)
    {
        string refined = "first a a line" + new string('x', inserted) + "\nsecond line\nfooter";
        foreach (EditAlignment alignment in Enum.GetValues<EditAlignment>())
        {
            Assert.Equal(reason, new EditDistiller { Alignment = alignment, MinDeleted = 1 }.Distil(Text, refined).Reason);
        }
    }

    [Theory]
    [InlineData("123456789", "edits_too_few")]
    [InlineData("1234567890", null)]
    public void Fewer_than_ten_deleted_characters_discard_the_pair(string gone, string? reason)
    {
        foreach (EditAlignment alignment in Enum.GetValues<EditAlignment>())
        {
            DistilledEdits edits = new EditDistiller { Alignment = alignment }.Distil("abc" + gone + "def", "abcdef");
            Assert.Equal((reason, gone.Length), (edits.Reason, edits.Deleted));
        }
    }

    [Theory]
    [InlineData("menu\nlogin\ntext of the page\nfooter", "text of the page", "remove_lines(start=1, end=2)\nremove_lines(start=4, end=4)")]
    [InlineData("foo 1 bar baz\nfoo 2 bar baz\nend", "foo 2 bar baz\nend", "remove_lines(start=1, end=1)")]
    [InlineData("The river [edit source] is long.", "The river is long.", "remove_str(line=1, del_str=\"[edit source] \")")]
    [InlineData("a\n\nread more and more here\nb", "a\n\n\nb", "remove_str(line=3, del_str=\"read more and more here\")")]
    public void Programs_are_the_least_that_do_it(string raw, string refined, string program) =>
        Assert.Equal(program, new EditDistiller().Distil(raw, refined).Program!.ToString());

    [Fact]
    public void What_no_operation_can_express_is_left_out_and_counted()
    {
        DistilledEdits edits = new EditDistiller { MinDeleted = 1 }.Distil("yes and yes and yes", "yes yes and yes");
        Assert.Equal((null, 1, "yes and yes and yes"), (edits.Reason, edits.Skipped, edits.Program!.Run("yes and yes and yes").Text));
    }

    [Fact]
    public void Difflib_gives_pythons_opcodes()
    {
        // Python 3.11: SequenceMatcher(None, "qabxcd", "abycdf", autojunk=False).get_opcodes()
        Assert.Equal([(0, 1, 0), (3, 1, 1), (6, 0, 1)], TextDifferences.Difflib("qabxcd", "abycdf", false).Select(s => (s.Start, s.Deleted, s.Inserted)));

        // autojunk takes the only letter of a text of 200 for junk, and finds nothing in common.
        string text = new('a', 200);
        Assert.Equal([(0, 201, 200)], TextDifferences.Difflib("b" + text, text, true).Select(s => (s.Start, s.Deleted, s.Inserted)));
        Assert.Equal([(0, 1, 0)], TextDifferences.Difflib("b" + text, text, false).Select(s => (s.Start, s.Deleted, s.Inserted)));
    }

    [Fact]
    public void Chunks_take_lines_while_their_tokens_fit()
    {
        LineChunker chunker = new() { CountTokens = line => line.Length, MaxTokens = 16 };
        Assert.Equal(
            [new NumberedChunk(0, "[000]abc\n[001]def"), new NumberedChunk(2, "[002]a longer line than that"), new NumberedChunk(3, "[003]x\n[004]")],
            chunker.Cut("abc\ndef\na longer line than that\nx\n"));
        Assert.Equal([0, 1, 2], new LineChunker { CountTokens = _ => 5, MaxTokens = 10, Overlap = 1 }.Cut("a\nb\nc\nd").Select(c => c.FirstLine));
        Assert.Equal("[1]a", new LineChunker { CountTokens = _ => 1, FirstNumber = 1, Digits = 1 }.Cut("a").Single().Text);
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static bool IsSubsequence(string part, string whole)
    {
        int matched = 0;
        foreach (char c in whole)
        {
            matched += matched < part.Length && part[matched] == c ? 1 : 0;
        }

        return matched == part.Length;
    }
}
