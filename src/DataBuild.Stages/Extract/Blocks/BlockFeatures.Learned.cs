namespace DataBuild.Stages.Extract.Blocks;

/// <content>The logistic regression over words: of the block, of the elements around it, of the heading above, and of the blocks near it.</content>
internal sealed partial class BlockFeatures
{
    private float[] _learned = [];
    private float[] _learnedSums = [];
    private int[] _wordSums = [];

    private void Learned()
    {
        Span<Block> blocks = _segments.Blocks;
        int n = blocks.Length;
        if (_learned.Length < n + 1)
        {
            _learned = new float[Math.Max(512, n * 2)];
            _learnedSums = new float[_learned.Length];
            _wordSums = new int[_learned.Length];
        }

        Span<float> all = Add("learned");
        Span<float> classes = Add("learned_class");
        Span<float> words = Add("learned_words");
        Span<float> section = Add("learned_section");
        float above = 0;
        float sum = 0;
        int count = 0;
        for (int i = 0; i < n; i++)
        {
            ref Block b = ref blocks[i];
            classes[i] = _segments[b.Parent].Learned * LearnedTokens.Unit;
            words[i] = b.LearnedWords * LearnedTokens.Unit * LearnedTokens.Scale(b.Words);
            if ((b.Context & BlockContext.Heading) != 0)
            {
                above = b.LearnedSection * LearnedTokens.Unit * LearnedTokens.Scale(b.Words);
            }

            section[i] = above;
            all[i] = classes[i] + words[i] + above;
            _learned[i] = all[i];
            _learnedSums[i] = sum;
            _wordSums[i] = count;
            sum += all[i] * (b.Words + 1);
            count += b.Words + 1;
        }

        _learnedSums[n] = sum;
        _wordSums[n] = count;

        foreach (int offset in Offsets)
        {
            Span<float> near = Add("learned@" + offset);
            for (int i = 0; i < n; i++)
            {
                int j = i + offset;
                near[i] = j < 0 || j >= n ? -10 : _learned[j];
            }
        }

        float mean = n == 0 ? 0 : sum / count;
        Span<float> relative = Add("learned_relative");
        for (int i = 0; i < n; i++)
        {
            relative[i] = _learned[i] - mean;
        }

        for (int level = 0; level < 5; level++)
        {
            Span<float> around = Add("learned^" + level);
            for (int i = 0; i < n; i++)
            {
                ref ElementInfo e = ref _segments[AncestorOf(blocks[i].Container, level)];
                int end = Math.Max(i + 1, Math.Min(n, e.EndBlock));
                around[i] = (_learnedSums[end] - _learnedSums[e.FirstBlock]) / Math.Max(1, _wordSums[end] - _wordSums[e.FirstBlock]);
            }
        }
    }
}
