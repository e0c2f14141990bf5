using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Engine.Planning;

/// <summary>
/// Digests of what single stages of an assembly do: of the IL and metadata of every type that a stage's code can reach, tokens written as names. An edit of
/// one stage leaves the digests of the others alone, as comments, commits and rebuilds leave all of them. Referenced assemblies of the project's own
/// (packages, other projects) enter whole. Code that looks types up by name could reach anything: then the whole assembly counts.
/// </summary>
public sealed class StageCodeDigest : IDisposable
{
    private readonly string _path;
    private readonly Func<string, string?> _resolve;
    private readonly PEReader _pe;
    private readonly MetadataReader _metadata;
    private readonly Dictionary<string, string> _digestOfDependency = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Opens an assembly.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="resolve">Path of a referenced assembly by its name; null for those of the framework and of DataBuild, which have versions.</param>
    /// <exception cref="BadImageFormatException">The file is no assembly.</exception>
    public StageCodeDigest(string path, Func<string, string?> resolve)
    {
        _path = path;
        _resolve = resolve;
        _pe = new PEReader(File.OpenRead(path));
        _metadata = _pe.GetMetadataReader();
    }

    /// <summary>Lower-case hexadecimal SHA-256 of a stage's code.</summary>
    /// <param name="typeName">Full name of its type, nested types with '+'.</param>
    public string Of(string typeName)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        ReachableCode code = new(_pe, _metadata);
        code.Add(FindType(typeName));
        // Runs before any stage does.
        code.Add(MetadataTokens.TypeDefinitionHandle(1));
        SortedDictionary<string, string> types = code.Render();
        if (code.UsesReflection)
        {
            Append(hash, "whole assembly");
            Append(hash, CodeDigest.OfAssembly(_path));
        }
        else
        {
            foreach ((string name, string text) in types)
            {
                Append(hash, name);
                Append(hash, text);
            }
        }

        foreach (string dependency in Dependencies(code))
        {
            Append(hash, dependency);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <inheritdoc />
    public void Dispose() => _pe.Dispose();

    private static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }

    private IEnumerable<string> Dependencies(ReachableCode code)
    {
        IEnumerable<string> direct = code.UsesReflection ? _metadata.AssemblyReferences.Select(r => _metadata.GetString(_metadata.GetAssemblyReference(r).Name)) : code.Assemblies;
        SortedSet<string> all = new(StringComparer.Ordinal);
        Queue<string> open = new(direct);
        while (open.TryDequeue(out string? name))
        {
            if (_resolve(name) is not { } path || !all.Add(name))
            {
                continue;
            }

            using PEReader pe = new(File.OpenRead(path));
            MetadataReader metadata = pe.GetMetadataReader();
            foreach (AssemblyReferenceHandle reference in metadata.AssemblyReferences)
            {
                open.Enqueue(metadata.GetString(metadata.GetAssemblyReference(reference).Name));
            }
        }

        return all.Select(name => $"{name} {DigestOf(_resolve(name)!)}");
    }

    private string DigestOf(string path)
    {
        if (!_digestOfDependency.TryGetValue(path, out string? digest))
        {
            _digestOfDependency.Add(path, digest = CodeDigest.OfAssembly(path));
        }

        return digest;
    }

    private TypeDefinitionHandle FindType(string fullName)
    {
        foreach (TypeDefinitionHandle handle in _metadata.TypeDefinitions)
        {
            if (TypeNames.Of(_metadata, handle) == fullName)
            {
                return handle;
            }
        }

        throw new ArgumentException($"'{_path}' has no type '{fullName}'", nameof(fullName));
    }
}
