using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;

namespace DataBuild.Engine.Planning;

/// <summary>
/// A digest of what an assembly's code does: IL of all methods with the names that it refers to. The module's version id, time stamps and debug data
/// stay out, so a comment, a commit or a rebuild changes nothing.
/// </summary>
public static class CodeDigest
{
    /// <summary>Lower-case hexadecimal SHA-256.</summary>
    public static string OfAssembly(string path)
    {
        using FileStream stream = File.OpenRead(path);
        using PEReader pe = new(stream);
        MetadataReader metadata = pe.GetMetadataReader();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // Tokens in IL are row numbers of these tables; their contents, in order, fix what the tokens mean.
        foreach (AssemblyReferenceHandle handle in metadata.AssemblyReferences)
        {
            AssemblyReference reference = metadata.GetAssemblyReference(handle);
            Text(metadata.GetString(reference.Name));
        }

        foreach (TypeReferenceHandle handle in metadata.TypeReferences)
        {
            TypeReference reference = metadata.GetTypeReference(handle);
            Text($"{metadata.GetString(reference.Namespace)}.{metadata.GetString(reference.Name)}");
        }

        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference reference = metadata.GetMemberReference(handle);
            Text(metadata.GetString(reference.Name));
            Text(MetadataTokensText(reference.Parent));
            Bytes(metadata.GetBlobBytes(reference.Signature));
        }

        for (int row = 1; row <= metadata.GetTableRowCount(TableIndex.TypeSpec); row++)
        {
            TypeSpecification specification = metadata.GetTypeSpecification(MetadataTokens.TypeSpecificationHandle(row));
            Bytes(metadata.GetBlobBytes(specification.Signature));
        }

        for (int row = 1; row <= metadata.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            MethodSpecification specification = metadata.GetMethodSpecification(MetadataTokens.MethodSpecificationHandle(row));
            Text(MetadataTokensText(specification.Method));
            Bytes(metadata.GetBlobBytes(specification.Signature));
        }

        for (UserStringHandle handle = MetadataTokens.UserStringHandle(0); ;)
        {
            handle = metadata.GetNextHandle(handle);
            if (handle.IsNil)
            {
                break;
            }

            Text(metadata.GetUserString(handle));
        }

        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            Text($"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}:{type.Attributes}");
            foreach (FieldDefinitionHandle fieldHandle in type.GetFields())
            {
                FieldDefinition field = metadata.GetFieldDefinition(fieldHandle);
                Text(metadata.GetString(field.Name));
                Bytes(metadata.GetBlobBytes(field.Signature));
                if (!field.GetDefaultValue().IsNil)
                {
                    Bytes(metadata.GetBlobBytes(metadata.GetConstant(field.GetDefaultValue()).Value));
                }

                int address = field.GetRelativeVirtualAddress();
                if (address != 0)
                {
                    PEMemoryBlock data = pe.GetSectionData(address);
                    Bytes(data.GetContent(0, Math.Min(data.Length, SizeOfData(metadata, field))).AsSpan());
                }
            }

            foreach (MethodDefinitionHandle methodHandle in type.GetMethods())
            {
                MethodDefinition method = metadata.GetMethodDefinition(methodHandle);
                Text(metadata.GetString(method.Name));
                Bytes(metadata.GetBlobBytes(method.Signature));
                if (method.RelativeVirtualAddress != 0)
                {
                    MethodBodyBlock body = pe.GetMethodBody(method.RelativeVirtualAddress);
                    Bytes(body.GetILBytes());
                    foreach (ExceptionRegion region in body.ExceptionRegions)
                    {
                        Text($"{region.Kind} {region.TryOffset} {region.TryLength} {region.HandlerOffset} {region.HandlerLength} {region.FilterOffset}");
                    }
                }
            }
        }

        foreach (ManifestResourceHandle handle in metadata.ManifestResources)
        {
            ManifestResource resource = metadata.GetManifestResource(handle);
            Text(metadata.GetString(resource.Name));
            if (resource.Implementation.IsNil)
            {
                PEMemoryBlock block = pe.GetSectionData(pe.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress);
                BlobReader reader = block.GetReader((int)resource.Offset, block.Length - (int)resource.Offset);
                Bytes(reader.ReadBytes(reader.ReadInt32()));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

        void Bytes(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
    }

    private static string MetadataTokensText(EntityHandle handle) =>
        MetadataTokens.GetToken(handle).ToString("X8", System.Globalization.CultureInfo.InvariantCulture);

    // Initial data of arrays lives in fields of nested types that declare their size.
    private static int SizeOfData(MetadataReader metadata, FieldDefinition field)
    {
        BlobReader signature = metadata.GetBlobReader(field.Signature);
        signature.ReadSignatureHeader();
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.TypeHandle)
        {
            return sizeof(long);
        }

        EntityHandle type = signature.ReadTypeHandle();
        return type.Kind == HandleKind.TypeDefinition ? metadata.GetTypeDefinition((TypeDefinitionHandle)type).GetLayout().Size : sizeof(long);
    }
}
