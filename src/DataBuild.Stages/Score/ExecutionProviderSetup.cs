using Microsoft.ML.OnnxRuntime;

namespace DataBuild.Stages.Score;

/// <summary>Where a model runs, as asked for.</summary>
/// <param name="Provider"><c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>, <c>auto</c>, or the name of a provider that a library brings.</param>
/// <param name="LibraryPath">Library of a plugin provider (<c>libonnxruntime_providers_cuda_plugin.so</c>); null for those built in.</param>
/// <param name="Device">Ordinal of the device.</param>
public sealed record ExecutionProviderRequest(string Provider = "cpu", string? LibraryPath = null, int Device = 0)
{
    /// <summary>What the options of a stage ask for; without a provider the property DataBuildExecutionProvider decides, else it is the processor.</summary>
    /// <param name="provider">Option of the provider; empty for none.</param>
    /// <param name="libraryPath">Option of the library, relative to the project.</param>
    /// <param name="context">Context of the stage.</param>
    /// <exception cref="StageException">DB4002: the library that the project brings cannot be taken.</exception>
    internal static ExecutionProviderRequest Of(string provider, string? libraryPath, StageContext context)
    {
        OnnxRuntimeLibrary.Use(context.Properties.GetValueOrDefault(OnnxRuntimeLibrary.Property));
        return new ExecutionProviderRequest(
            provider.Length > 0 ? provider : context.Properties.GetValueOrDefault("DataBuildExecutionProvider") is { Length: > 0 } asked ? asked : "cpu",
            libraryPath is null ? null : Path.GetFullPath(Path.Combine(context.ProjectDirectory, libraryPath)));
    }
}

/// <summary>Sets up execution providers, and says in plain words what is missing where one is.</summary>
internal static class ExecutionProviderSetup
{
    private static readonly Lock RegistrationLock = new();
    private static readonly HashSet<string> Registered = new(StringComparer.Ordinal);

    /// <summary>Appends the provider asked for.</summary>
    /// <param name="options">Options of the session to be.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="report">Receives a warning where <c>auto</c> falls back.</param>
    /// <returns>Name of the provider appended, as ONNX Runtime calls it.</returns>
    /// <exception cref="StageException">DB4002: the provider cannot be used; the message says what to install.</exception>
    public static string Append(SessionOptions options, ExecutionProviderRequest request, Action<StageNote>? report)
    {
        try
        {
            return request.LibraryPath is null ? AppendBuiltIn(options, request, report) : AppendPlugin(options, request);
        }
        catch (Exception e) when (e is DllNotFoundException || e.InnerException is DllNotFoundException)
        {
            throw new StageException(
                "DB4002",
                $"ONNX Runtime's native library cannot be loaded ({Innermost(e)}); reference the package Microsoft.ML.OnnxRuntime, or set DataBuildAccelerator",
                inner: e);
        }
    }

    private static string AppendBuiltIn(SessionOptions options, ExecutionProviderRequest request, Action<StageNote>? report)
    {
        switch (request.Provider.ToLowerInvariant())
        {
            case "cpu":
                return "CPUExecutionProvider";
            case "cuda":
                Require(request.Provider, options, o => AppendCuda(o, request.Device));
                return "CUDAExecutionProvider";
            case "tensorrt":
                // Nodes that TensorRT does not take fall to CUDA before they fall to the CPU.
                Require(request.Provider, options, o => AppendTensorRt(o, request.Device));
                Require("cuda", options, o => AppendCuda(o, request.Device));
                return "TensorrtExecutionProvider";
            case "auto":
                if (!OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"))
                {
                    report?.Invoke(new StageNote("DB4006", true, "no GPU execution provider is installed: the model runs on the CPU. " + WhatToInstall));
                    return "CPUExecutionProvider";
                }

                Exception? failure = Try(options, o => AppendCuda(o, request.Device));
                if (failure is null)
                {
                    return "CUDAExecutionProvider";
                }

                report?.Invoke(new StageNote("DB4006", true, $"the execution provider 'cuda' does not start ({Innermost(failure)}): the model runs on the CPU"));
                return "CPUExecutionProvider";
            default:
                throw new StageException(
                    "DB4002",
                    $"there is no execution provider '{request.Provider}'; expected cpu, cuda, tensorrt or auto, or the name of a provider together with EpLibraryPath");
        }
    }

    private static string AppendPlugin(SessionOptions options, ExecutionProviderRequest request)
    {
        string library = Path.GetFullPath(request.LibraryPath!);
        if (!File.Exists(library))
        {
            throw new StageException("DB4002", $"there is no execution provider library '{library}' (EpLibraryPath)", library);
        }

        OrtEnv environment = OrtEnv.Instance();
        try
        {
            // A library may be registered only once in a process, and stays until the process ends.
            lock (RegistrationLock)
            {
                if (!Registered.Contains(library))
                {
                    environment.RegisterExecutionProviderLibrary(library, library);
                    Registered.Add(library);
                }
            }
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new StageException("DB4002", $"'{library}' is no execution provider library that ONNX Runtime {environment.GetVersionString()} loads: {Innermost(e)}", library, e);
        }

        List<OrtEpDevice> devices = [.. environment.GetEpDevices().Where(d => d.EpName.Equals(request.Provider, StringComparison.OrdinalIgnoreCase))];
        if (devices.Count <= request.Device)
        {
            string found = string.Join(", ", environment.GetEpDevices().Select(d => d.EpName).Distinct());
            throw new StageException("DB4002", $"'{library}' offers no device {request.Device} of the execution provider '{request.Provider}'; there are: {found}", library);
        }

        options.AppendExecutionProvider(environment, [devices[request.Device]], new Dictionary<string, string>());
        return devices[request.Device].EpName;
    }

    private const string WhatToInstall =
        "Build with DataBuildAccelerator=cuda (package Microsoft.ML.OnnxRuntime.Gpu, CUDA 13 and cuDNN 9 on the machine), or name a plugin provider's library in EpLibraryPath.";

    private const string WhatItNeeds = "It needs an NVIDIA driver, CUDA 13 and cuDNN 9 on the machine, TensorRT's provider TensorRT besides; Provider=\"auto\" goes on with the CPU.";

    private static void Require(string provider, SessionOptions options, Action<SessionOptions> append)
    {
        if (Try(options, append) is { } failure)
        {
            string[] available = OrtEnv.Instance().GetAvailableProviders();
            throw new StageException(
                "DB4002",
                available.Contains(provider + "ExecutionProvider", StringComparer.OrdinalIgnoreCase)
                    ? $"the execution provider '{provider}' does not start: {Innermost(failure).ReplaceLineEndings(" ")} {WhatItNeeds}"
                    : $"the execution provider '{provider}' is not part of the ONNX Runtime that is installed (it has: {string.Join(", ", available)}; {Innermost(failure)}). {WhatToInstall}",
                inner: failure);
        }
    }

    // What the runtime throws for a provider that it lacks depends on the entry point: all four kinds have been seen.
    private static Exception? Try(SessionOptions options, Action<SessionOptions> append)
    {
        try
        {
            append(options);
            return null;
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException or NotSupportedException)
        {
            return e;
        }
    }

    private static void AppendCuda(SessionOptions options, int device)
    {
        using OrtCUDAProviderOptions cuda = new();
        cuda.UpdateOptions(new Dictionary<string, string>
        {
            ["device_id"] = device.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["arena_extend_strategy"] = "kSameAsRequested",
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            ["use_tf32"] = "0",
        });
        options.AppendExecutionProvider_CUDA(cuda);
    }

    private static void AppendTensorRt(SessionOptions options, int device)
    {
        using OrtTensorRTProviderOptions tensorRt = new();
        tensorRt.UpdateOptions(new Dictionary<string, string> { ["device_id"] = device.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        options.AppendExecutionProvider_Tensorrt(tensorRt);
    }

    private static string Innermost(Exception e) => (e.InnerException is { } inner ? Innermost(inner) : e.Message).ReplaceLineEndings(" ").Trim();
}
