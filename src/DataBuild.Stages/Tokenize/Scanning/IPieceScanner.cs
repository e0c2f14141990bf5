namespace DataBuild.Stages.Tokenize.Scanning;

/// <summary>
/// A pre-tokeniser pattern compiled by hand to a scanner over valid UTF-8. Implementations are structs, so that an
/// encoder made for one holds no virtual call a piece.
/// </summary>
internal interface IPieceScanner
{
    /// <summary>End of the piece that starts at a position.</summary>
    /// <param name="text">First byte of the text; valid UTF-8.</param>
    /// <param name="start">Byte position below <paramref name="length"/>, at the start of a code point.</param>
    /// <param name="length">Length of the text in bytes.</param>
    /// <returns>A position above <paramref name="start"/>, at most <paramref name="length"/>.</returns>
    static abstract int Next(ref byte text, int start, int length);
}
