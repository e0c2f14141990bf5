using DataBuild.Stages.Refine.Programs;
using DataBuild.Stages.Score;

namespace DataBuild.Stages.Refine;

/// <summary>Figures of <see cref="LabelLinesStage"/>.</summary>
/// <param name="Program">The program that removes the lines, for Refine.</param>
/// <param name="Removed">Lines that it removes.</param>
/// <param name="Lines">Lines of the text.</param>
[Figures]
public readonly partial record struct LabelLinesFigures(string Program, int Removed, int Lines);

/// <summary>
/// Lets a small classifier decide for each line whether it stays, and writes the program that removes the others, for Refine. TrainLineLabeller makes such a classifier; any ONNX text
/// classifier whose score is the probability that a line goes will do.
/// </summary>
[Stage("LabelLines", Version = 2, Phase = StagePhase.Clean, ColumnPrefix = "labelLines")]
public sealed partial record LabelLinesStage : OnnxScoreStage<LabelLinesFigures>
{
    private OnnxTextScorer? _scorer;

    /// <summary>Probability from which a line goes.</summary>
    [Option(Min = 0, Max = 1, Unit = "fraction")]
    public double MinScore { get; init; } = 0.5;

    /// <inheritdoc />
    public override void Initialize(StageContext context) => _scorer = LoadScorer(context, Model, nameof(Model), Tokenizer);

    /// <inheritdoc />
    public override void Measure(IReadOnlyList<Document> documents, Span<LabelLinesFigures> figures)
    {
        ArgumentNullException.ThrowIfNull(documents);
        OnnxTextScorer scorer = _scorer ?? throw new InvalidOperationException("Initialize was not called");
        for (int d = 0; d < documents.Count; d++)
        {
            string[] lines = documents[d].Text.ToString().Split('\n');
            TextScore[] scores = new TextScore[lines.Length];
            scorer.Score([.. lines.Select((_, i) => LineFeatures.Of(lines, i).AsMemory())], scores);
            List<EditOperation> operations = [];
            int removed = 0;
            for (int i = 0; i < lines.Length; i++)
            {
                // Empty lines are no lines to judge.
                if (lines[i].Length == 0 || scores[i].Score < MinScore)
                {
                    continue;
                }

                int number = EditProgram.FirstLine + i;
                removed++;
                if (operations.Count > 0 && operations[^1] is EditOperation.RemoveLines last && last.End == number - 1)
                {
                    operations[^1] = last with { End = number };
                }
                else
                {
                    operations.Add(new EditOperation.RemoveLines(number, number));
                }
            }

            figures[d] = new LabelLinesFigures((operations.Count == 0 ? EditProgram.KeepAll : new EditProgram(operations)).ToString(), removed, lines.Length);
        }
    }
}
