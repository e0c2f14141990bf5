namespace DataBuild.Engine.Packaging.Tokens;

/// <summary>A kept document as token files see it.</summary>
/// <param name="Shard">Index of its shard.</param>
/// <param name="Row">Its row in the shard.</param>
/// <param name="Length">Its tokens.</param>
internal readonly record struct TokenDocument(int Shard, long Row, int Length);
