using System.Globalization;
using System.Text;
using DataBuild.Engine.Planning;

namespace DataBuild.Engine.Store.Remote;

/// <summary>How a remote cache is reached.</summary>
/// <param name="Address">Base address; <c>ac/</c> and <c>cas/</c> are below it.</param>
/// <param name="Write">True when results are stored there too.</param>
/// <param name="Token">Bearer token; null for none.</param>
/// <param name="Secret">Key that records are signed with; null when the server is trusted to keep them.</param>
/// <param name="Timeout">Longest time in which nothing may arrive.</param>
public sealed record RemoteCacheSettings(Uri Address, bool Write, string? Token, byte[]? Secret, TimeSpan Timeout)
{
    /// <summary>Property with the base address.</summary>
    public const string AddressProperty = "DataBuildRemoteCache";

    /// <summary>Property with <c>ReadOnly</c> or <c>ReadWrite</c>.</summary>
    public const string ModeProperty = "DataBuildRemoteCacheMode";

    /// <summary>Property with the name of the environment variable that holds the bearer token.</summary>
    public const string TokenProperty = "DataBuildRemoteCacheTokenVariable";

    /// <summary>Property with the name of the environment variable that holds the key for signatures.</summary>
    public const string SecretProperty = "DataBuildRemoteCacheSecretVariable";

    /// <summary>Property with the timeout in seconds.</summary>
    public const string TimeoutProperty = "DataBuildRemoteCacheTimeout";

    private const int DefaultTimeoutSeconds = 30;

    /// <summary>Reads the settings of a plan. Secrets stand in environment variables only: a plan, a log or a manifest never holds one.</summary>
    /// <param name="file">Plan file.</param>
    /// <param name="environment">Value of an environment variable.</param>
    /// <returns>The settings, or null when the plan names no remote cache.</returns>
    /// <exception cref="StoreException">A property has a value that is not allowed, or names a variable that is not set.</exception>
    public static RemoteCacheSettings? Of(PlanFile file, Func<string, string?> environment)
    {
        string address = Value(file, AddressProperty);
        if (address.Length == 0)
        {
            return null;
        }

        if (!Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0 || uri.Query.Length > 0)
        {
            throw Invalid(file, AddressProperty, "an address that is not allowed", "http://host/path or https://host/path, without user, password or query");
        }

        string mode = Value(file, ModeProperty);
        bool write = mode.ToUpperInvariant() switch
        {
            "" or "READWRITE" => true,
            "READONLY" => false,
            _ => throw Invalid(file, ModeProperty, $"'{mode}'", "ReadOnly or ReadWrite"),
        };
        string timeout = Value(file, TimeoutProperty);
        double seconds = DefaultTimeoutSeconds;
        if (timeout.Length > 0 && (!double.TryParse(timeout, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out seconds) || seconds is <= 0 or > 3600))
        {
            throw Invalid(file, TimeoutProperty, $"'{timeout}'", "seconds, more than 0 and at most 3600");
        }

        string? secret = SecretOf(file, SecretProperty, environment);
        return new RemoteCacheSettings(
            uri, write, SecretOf(file, TokenProperty, environment), secret is null ? null : Encoding.UTF8.GetBytes(secret), TimeSpan.FromSeconds(seconds));
    }

    private static string? SecretOf(PlanFile file, string property, Func<string, string?> environment)
    {
        string variable = Value(file, property);
        if (variable.Length == 0)
        {
            return null;
        }

        if (!variable.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            // It may be the secret itself, written in the wrong place: not repeated.
            throw Invalid(file, property, "something else", "the name of an environment variable");
        }

        string? value = environment(variable)?.Trim();
        return string.IsNullOrEmpty(value) || value.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? throw new StoreException("DB3081", $"{property} names the environment variable '{variable}', which is not set or holds more than printable ASCII", file.ProjectFile)
            : value;
    }

    private static StoreException Invalid(PlanFile file, string property, string found, string expected) =>
        new("DB3081", $"{property} is {found}; expected {expected}", file.ProjectFile);

    private static string Value(PlanFile file, string property) => file.Properties.GetValueOrDefault(property, "").Trim();
}
