namespace DataBuild.Stages.Generate;

/// <summary>Opens the server of chat completions that a stage's options name.</summary>
internal static class ChatEndpoint
{
    /// <summary>A client for the server.</summary>
    /// <param name="stage">Name of the stage, for messages.</param>
    /// <param name="code">Diagnostic code of wrong options.</param>
    /// <param name="endpoint">The option <c>Endpoint</c>.</param>
    /// <param name="model">The option <c>EndpointModel</c>.</param>
    /// <param name="keyVariable">Environment variable that holds the server's key.</param>
    /// <param name="seconds">How long one answer may take.</param>
    /// <exception cref="StageException">The address is none, holds a secret, or the model is missing.</exception>
    public static ChatCompletionsClient Open(string stage, string code, string? endpoint, string? model, string keyVariable, int seconds) =>
        ChatCompletionsClient.WithKeyOf(keyVariable, AddressOf(stage, code, endpoint, model, keyVariable), TimeSpan.FromSeconds(seconds));

    /// <summary>The address of the server; see <see cref="Open"/>.</summary>
    /// <exception cref="StageException">The address is none, holds a secret, or the model is missing.</exception>
    public static Uri AddressOf(string stage, string code, string? endpoint, string? model, string keyVariable)
    {
        if (model is null || !Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            throw new StageException(
                code,
                $"the stage '{stage}' needs the options Endpoint, an address such as http://localhost:8000/v1 (found '{WithoutSecret(endpoint)}'), and EndpointModel, the model's name there (found '{model}')");
        }

        return address.UserInfo.Length == 0
            ? address
            : throw new StageException(code, $"the stage '{stage}' has a user name or password in Endpoint ('{WithoutSecret(endpoint)}'); project files hold no secrets: put the key into the environment variable {keyVariable}");
    }

    private static string? WithoutSecret(string? address)
    {
        int at = address?.LastIndexOf('@') ?? -1;
        return at < 0 ? address : "***" + address![at..];
    }
}
