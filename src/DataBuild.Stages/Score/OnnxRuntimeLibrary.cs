using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace DataBuild.Stages.Score;

/// <summary>Which native library of ONNX Runtime this process loads: that beside the worker, which knows the processor alone, or another that a project brings.</summary>
public static class OnnxRuntimeLibrary
{
    /// <summary>The property of a plan that names the library.</summary>
    public const string Property = "DataBuildOnnxRuntimeLibrary";

    private static readonly Lock Gate = new();
    private static string? _chosen;

    /// <summary>Takes a library for all sessions of this process; before the first of them. Its execution providers lie beside it.</summary>
    /// <param name="path">Full path of the library; nothing is done where it is empty.</param>
    /// <exception cref="StageException">DB4002: there is no such file, or another library was taken before.</exception>
    public static void Use(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return;
        }

        lock (Gate)
        {
            if (path == _chosen)
            {
                return;
            }

            if (!File.Exists(path) || _chosen is not null)
            {
                throw new StageException("DB4002", $"ONNX Runtime's library '{path}' {(_chosen is null ? "does not exist: restore the project with DataBuildAccelerator as it is now" : $"comes after '{_chosen}', and a process can load one")}", path);
            }

            _chosen = path;
            OrtEnv.DisableDllImportResolver = true;
            NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, (name, _, _) => name is "onnxruntime" or "onnxruntime.dll" ? NativeLibrary.Load(path) : 0);
        }
    }
}
