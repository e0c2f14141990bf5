using DataBuild.Stages.Extract.Blocks;

namespace DataBuild.Stages.Extract;

/// <content>Which blocks are kept, given how likely each is main content.</content>
internal sealed partial class ExtractScratch
{
    private const double UnionShift = 0.2;

    // Words of a table of data from which on it may be what its page is for, its share of the page's words, and the probability that it then has at least.
    private const int LargeTable = 1000;
    private const float LargeTableShare = 0.5f;
    private const float LargeTableScore = 0.8f;

    // Words of a run of copied blocks that is another layout of the same text, and how likely the first copy must be to stand for the second.
    private const int CopyWords = 24;
    private const float CopySource = 0.3f;

    private readonly BlockCopies _textCopies = new();
    private readonly BlockGroups _groups = new();
    private int _lastContainer;
    private bool _lastInAnswer;

    // Which blocks to keep, from their probabilities.
    private void Decide(ExtractOptions options, Span<bool> kept, Span<float> scores)
    {
        bool union = options.Mode == ExtractMode.Union;
        _lastContainer = 0;
        _groups.Smooth(_tree, _segments, scores);
        ScoreFormulas(scores);
        ScoreTables(scores);
        ScoreCode(scores);
        ScoreCopies(scores);
        if (union)
        {
            HeuristicLabeller.Label(_tree, _segments, kept);
        }

        // Of the model's settings the most generous holds the others.
        double threshold = _expectedF1.Threshold(scores, _segments.Blocks) + options.ThresholdShift - (union ? UnionShift : 0);
        HashSet<uint>? seen = union ? [] : null;
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = scores[i] >= threshold || (union && kept[i])
                || ((_segments.Blocks[i].Context & BlockContext.Comments) != 0 && IsComment(ref _segments.Blocks[i])
                    && (options.Comments || StandsInAnswer(_segments.Blocks[i].Container)));
            if (seen is not null && kept[i])
            {
                kept[i] = seen.Add(_segments.Blocks[i].TextHash);
            }
        }
    }

    // Text that stands on the page again in another layout is written once; quotes belong to the answers that they stand in.
    private void ScoreCopies(Span<float> scores)
    {
        Span<Block> blocks = _segments.Blocks;
        _textCopies.Read(blocks);
        for (int i = 0; i < blocks.Length; i++)
        {
            int source = _textCopies.Source[i];
            if (source >= 0 && _textCopies.Run[i] >= CopyWords && scores[source] >= CopySource && ((blocks[i].Context | blocks[source].Context) & BlockContext.Quote) == 0
                && BlockGroups.PathHash(_tree, _segments, ref blocks[i]) != BlockGroups.PathHash(_tree, _segments, ref blocks[source]))
            {
                scores[i] = 0;
            }
        }
    }

    // Whether comments belong to a question or an answer, as schema.org calls the parts of such pages: they are part of the thread, not readers' words below an article.
    private bool StandsInAnswer(int container)
    {
        if (container == _lastContainer)
        {
            return _lastInAnswer;
        }

        _lastContainer = container;
        _lastInAnswer = false;
        for (int up = container; up != 0 && up != _tree.Body && !_lastInAnswer; up = _tree[up].Parent)
        {
            ReadOnlySpan<byte> type = _tree.Attribute(up, "itemtype"u8);
            _lastInAnswer = type.EndsWith("schema.org/Question"u8) || type.EndsWith("schema.org/Answer"u8);
        }

        return _lastInAnswer;
    }

    private static bool IsComment(ref Block b) =>
        b.Words >= 3 && b.LinkBytes * 2 < b.TextBytes && (b.Context & (BlockContext.Button | BlockContext.Label | BlockContext.Heading)) == 0;

    // A formula that stands alone belongs to the text around it, whose words tell more.
    private void ScoreFormulas(Span<float> scores)
    {
        Span<Block> blocks = _segments.Blocks;
        for (int i = 1; i < blocks.Length; i++)
        {
            if (blocks[i].Formulas > 0 && blocks[i].Words == 2 * blocks[i].Formulas)
            {
                scores[i] = System.Math.Max(scores[i], scores[i - 1]);
            }
        }
    }

    // The cells of a table of data are kept or left together.
    private void ScoreTables(Span<float> scores)
    {
        Span<Block> blocks = _segments.Blocks;
        int pageWords = _segments[_tree.Body].Words;
        for (int i = 0; i < blocks.Length; i++)
        {
            if ((blocks[i].Context & BlockContext.Table) == 0)
            {
                continue;
            }

            int table = _renderer.OutermostDataTable(ref blocks[i]);
            if (table == 0)
            {
                continue;
            }

            int end = System.Math.Min(blocks.Length, System.Math.Max(i + 1, _segments[table].EndBlock));
            float mass = 0;
            float words = 0;
            for (int j = i; j < end; j++)
            {
                mass += scores[j] * (blocks[j].Words + 1);
                words += blocks[j].Words + 1;
            }

            float score = mass / words;
            if (words >= LargeTable && words >= pageWords * LargeTableShare)
            {
                // Nobody sets pages of such tables as an aside: the table is what the page is for.
                score = System.Math.Max(score, LargeTableScore);
            }

            scores[i..end].Fill(score);
            i = end - 1;
        }
    }

    // A listing below text that is kept belongs to it: its own words say little, and what stands right above explains it.
    private void ScoreCode(Span<float> scores)
    {
        Span<Block> blocks = _segments.Blocks;
        int text = -1;
        for (int i = 0; i < blocks.Length; i++)
        {
            if ((blocks[i].Context & BlockContext.Pre) == 0)
            {
                text = blocks[i].Words > 0 ? i : text;
            }
            else if (text >= 0 && scores[text] > scores[i] && AreNear(blocks[i].Container, blocks[text].Container))
            {
                scores[i] = scores[text];
            }
        }
    }

    // Whether one of the five innermost elements around a listing is among the six innermost around a block above it.
    private bool AreNear(int listing, int above)
    {
        for (int level = 0; level < 5 && listing != 0; level++, listing = _tree[listing].Parent)
        {
            int up = above;
            for (int k = 0; k < 6 && up != 0; k++, up = _tree[up].Parent)
            {
                if (up == listing)
                {
                    return true;
                }
            }

            if (listing == _tree.Body)
            {
                return false;
            }
        }

        return false;
    }
}
