namespace DataBuild.Stages.Filter;

/// <summary>Parts of addresses, as lists of addresses name them.</summary>
internal static class WebAddress
{
    /// <summary>The host in an address, without user, port, final dot and <c>www.</c>; empty when there is none.</summary>
    public static ReadOnlySpan<char> HostOf(ReadOnlySpan<char> url)
    {
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        ReadOnlySpan<char> rest = scheme < 0 ? url : url[(scheme + 3)..];
        int end = rest.IndexOfAny('/', '?', '#');
        rest = end < 0 ? rest : rest[..end];
        rest = rest[(rest.LastIndexOf('@') + 1)..];
        if (!rest.StartsWith("["))
        {
            int port = rest.LastIndexOf(':');
            rest = port < 0 ? rest : rest[..port];
        }

        rest = rest.TrimEnd('.');
        return rest.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? rest[4..] : rest;
    }

    /// <summary>The address without scheme, <c>www.</c>, fragment and final slash: the form in which address lists are compared.</summary>
    public static ReadOnlySpan<char> WithoutScheme(ReadOnlySpan<char> url)
    {
        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        ReadOnlySpan<char> rest = scheme < 0 ? url : url[(scheme + 3)..];
        int fragment = rest.IndexOf('#');
        rest = fragment < 0 ? rest : rest[..fragment];
        rest = rest.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? rest[4..] : rest;
        return rest.TrimEnd('/');
    }
}
