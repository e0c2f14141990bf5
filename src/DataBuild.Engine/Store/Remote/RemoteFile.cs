namespace DataBuild.Engine.Store.Remote;

/// <summary>A stored file to hand to a remote cache.</summary>
/// <param name="Digest">SHA-256 of its bytes.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Path">Where it lies.</param>
public sealed record RemoteFile(string Digest, long Length, string Path);
