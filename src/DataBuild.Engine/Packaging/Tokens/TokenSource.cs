namespace DataBuild.Engine.Packaging.Tokens;

/// <summary>Gives the tokens of documents by their ordinal.</summary>
internal abstract class TokenSource : IDisposable
{
    /// <summary>The tokens of a document and its id; valid until the next call.</summary>
    public abstract ReadOnlySpan<int> Read(int document, out ReadOnlySpan<byte> id);

    public abstract void Dispose();
}
