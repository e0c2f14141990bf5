using System.Runtime.InteropServices;

namespace DataBuild.Engine.Packaging;

/// <summary>Exchanges two folders in one step, so that at every instant each name has a folder. Linux knows such a step, on most of its file systems.</summary>
internal static partial class FolderExchange
{
    private const int CurrentFolder = -100;
    private const uint Exchange = 2;

    /// <summary>Exchanges two folders on one file system.</summary>
    /// <returns>False when nothing was done: one is missing, or the system does not know the step.</returns>
    public static bool TryExchange(string first, string second)
    {
        try
        {
            return OperatingSystem.IsLinux() && RenameAt2(CurrentFolder, first, CurrentFolder, second, Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than the call (glibc 2.28).
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int firstFolder, string first, int secondFolder, string second, uint flags);
}
