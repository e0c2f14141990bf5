namespace DataBuild.Stages.Tokenize.Encoders;

/// <summary>Which adjacent symbols a byte-pair encoding may merge, and in which order.</summary>
internal interface IMergeRule
{
    /// <summary>
    /// Rank and result of merging two adjacent symbols of a word, as <c>rank &lt;&lt; 32 | merged id</c>; or
    /// <see cref="NoMerge"/>. Lower ranks merge first.
    /// </summary>
    /// <param name="left">Id of the left symbol.</param>
    /// <param name="right">Id of the right symbol.</param>
    /// <param name="text">First byte of the text.</param>
    /// <param name="start">Start of the left symbol in the text.</param>
    /// <param name="size">Length of both symbols in bytes.</param>
    /// <param name="length">Length of the text.</param>
    long Merge(int left, int right, ref byte text, int start, int size, int length);

    /// <summary>What <see cref="Merge"/> returns for a pair that does not merge; above every rank.</summary>
    const long NoMerge = long.MaxValue;
}

/// <summary>
/// The rule of tiktoken: two symbols merge where their joined bytes are a token, whatever the two are; its id is its rank.
/// </summary>
internal readonly struct JoinedBytesMerge(TokenTable table) : IMergeRule
{
    /// <inheritdoc/>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public long Merge(int left, int right, ref byte text, int start, int size, int length)
    {
        int id = table.Find(ref text, start, size, length);
        return id < 0 ? IMergeRule.NoMerge : ((long)id << 32) | (uint)id;
    }
}

/// <summary>The rule of Hugging Face tokenizers: a list of pairs, ranked by their order.</summary>
internal readonly struct ListedPairMerge(PairTable pairs) : IMergeRule
{
    /// <inheritdoc/>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public long Merge(int left, int right, ref byte text, int start, int size, int length) => pairs.Find(left, right);
}

/// <summary>The rule of SentencePiece: two symbols merge where their joined text is a piece, the best score first.</summary>
/// <param name="table">The pieces.</param>
/// <param name="ranks">Place of every piece in the order of scores; equal scores have equal places.</param>
internal readonly struct ScoredJoinMerge(TokenTable table, int[] ranks) : IMergeRule
{
    /// <inheritdoc/>
    public long Merge(int left, int right, ref byte text, int start, int size, int length)
    {
        int id = table.Find(ref text, start, size, length);
        return id < 0 ? IMergeRule.NoMerge : ((long)ranks[id] << 32) | (uint)id;
    }
}
