using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace DataBuild.Tasks;

/// <summary>Tells which assemblies hold stages, from their metadata: nothing of them is loaded.</summary>
internal static class StageAssembly
{
    private const string Marker = "StageRegistryAttribute";

    /// <summary>True for an assembly with a registry of stages; false for any other file.</summary>
    public static bool HoldsStages(string path)
    {
        try
        {
            using PEReader pe = new(File.OpenRead(path));
            if (!pe.HasMetadata)
            {
                return false;
            }

            MetadataReader metadata = pe.GetMetadataReader();
            return metadata.IsAssembly && metadata.GetAssemblyDefinition().GetCustomAttributes().Any(handle =>
                metadata.GetCustomAttribute(handle).Constructor is { Kind: HandleKind.MemberReference } constructor
                && metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent is { Kind: HandleKind.TypeReference } parent
                && metadata.GetTypeReference((TypeReferenceHandle)parent) is var type
                && metadata.StringComparer.Equals(type.Name, Marker) && metadata.StringComparer.Equals(type.Namespace, "DataBuild"));
        }
        catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            // The compiler reports a reference that it cannot read; what it does not reference holds no stage of the plan.
            return false;
        }
    }
}
