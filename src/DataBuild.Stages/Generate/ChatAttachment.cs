using System.Security.Cryptography;

namespace DataBuild.Stages.Generate;

/// <summary>A file that goes with a question: a recording.</summary>
/// <param name="MediaType">What it is: <c>audio/wav</c>.</param>
/// <param name="Content">Its bytes.</param>
public sealed record ChatAttachment(string MediaType, ReadOnlyMemory<byte> Content)
{
    /// <summary>64 hexadecimal digits that stand for type and bytes, as part of a question's key.</summary>
    public string Digest { get; } = MediaType + " " + Convert.ToHexStringLower(SHA256.HashData(Content.Span));
}
