using System.Buffers.Binary;

namespace DataBuild.Stages.Extract.Binary;

/// <summary>Tells executables and archives by their first bytes.</summary>
public static class ExecutableFormat
{
    /// <summary><c>elf</c>, <c>pe</c>, <c>mach-o</c>, <c>wasm</c>, <c>java-class</c>, <c>zip</c>, <c>ar</c>; <c>unknown</c> for anything else.</summary>
    public static string Of(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith("\u007fELF"u8))
        {
            return "elf";
        }

        if (content.StartsWith("MZ"u8) && content.Length >= 0x40)
        {
            // The field e_lfanew of the DOS header says where the PE header stands (PE format, "MS-DOS stub").
            int header = BinaryPrimitives.ReadInt32LittleEndian(content[0x3C..]);
            return header >= 0 && header <= content.Length - 4 && content[header..].StartsWith("PE\0\0"u8) ? "pe" : "unknown";
        }

        if (content.Length < 8)
        {
            return "unknown";
        }

        // 0xCAFEBABE begins Mach-O files of several architectures and Java classes; what follows is their number (few) or the class version (45 and up).
        return BinaryPrimitives.ReadUInt32BigEndian(content) switch
        {
            0xFEEDFACE or 0xFEEDFACF or 0xCEFAEDFE or 0xCFFAEDFE => "mach-o",
            0xCAFEBABE => BinaryPrimitives.ReadUInt32BigEndian(content[4..]) < 45 ? "mach-o" : "java-class",
            0x0061736D => "wasm",
            0x504B0304 => "zip",
            0x213C6172 => "ar",
            _ => "unknown",
        };
    }
}
