namespace DataBuild.Engine.Inputs;

/// <summary>A kind of server.</summary>
internal interface IRemoteSource : IDisposable
{
    /// <summary>Asks for a file or a part of one.</summary>
    /// <exception cref="RemoteFault">There is no answer of use.</exception>
    /// <exception cref="OperationCanceledException">The answer did not begin in time, or the build was cancelled.</exception>
    Task<RemoteAnswer> OpenAsync(RemoteRequest request, CancellationToken cancellation);
}
