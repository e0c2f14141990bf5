using System.Reflection;
using System.Runtime.Loader;

namespace DataBuild.Engine.Planning;

/// <summary>A registered stage and, when it is not built in, the digest of its code.</summary>
/// <param name="Descriptor">The descriptor.</param>
/// <param name="CodeDigest">Digest of its assembly's IL and metadata; null for built-in stages, whose versions are declared.</param>
public sealed record RegisteredStage(StageDescriptor Descriptor, string? CodeDigest);

/// <summary>The stages that a plan may name: the built-in ones, and those of the dataset's own assemblies.</summary>
public sealed class StageRegistry
{
    private readonly SortedDictionary<string, RegisteredStage> _stages = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Names of all stages, sorted.</summary>
    public IEnumerable<string> Names => _stages.Values.Select(s => s.Descriptor.Name);

    /// <summary>Descriptors of all stages, sorted by name.</summary>
    public IEnumerable<StageDescriptor> Descriptors => _stages.Values.Select(s => s.Descriptor);

    /// <summary>The registry of the built-in stages.</summary>
    public static StageRegistry BuiltIn()
    {
        StageRegistry registry = new();
        registry.AddAll(typeof(Stages.BuiltInStages).Assembly, null);
        return registry;
    }

    /// <summary>A stage by its name, without regard to case; null when there is none.</summary>
    public RegisteredStage? Find(string name) => _stages.GetValueOrDefault(name);

    /// <summary>Adds the stages of an assembly file. An assembly without stages adds nothing.</summary>
    /// <exception cref="PlanException">The file is no assembly, or two stages have one name.</exception>
    public void AddAssembly(string path)
    {
        Assembly assembly;
        try
        {
            assembly = new StageAssemblyContext(path).LoadFromAssemblyPath(path);
        }
        catch (Exception exception) when (exception is BadImageFormatException or IOException)
        {
            throw new PlanException("DB1014", $"the stage assembly '{path}' cannot be loaded: {exception.Message}", path);
        }

        if (assembly.GetCustomAttribute<StageRegistryAttribute>() is not null)
        {
            AddAll(assembly, CodeDigest.OfAssembly(path));
        }
    }

    /// <summary>Adds one stage.</summary>
    /// <param name="descriptor">The stage.</param>
    /// <param name="codeDigest">Digest of its code; null when its declared version stands for it.</param>
    /// <exception cref="PlanException">Another stage has that name.</exception>
    public void Add(StageDescriptor descriptor, string? codeDigest = null)
    {
        if (!_stages.TryAdd(descriptor.Name, new RegisteredStage(descriptor, codeDigest)))
        {
            throw new PlanException(
                "DB1015", $"two stages are called '{descriptor.Name}': {_stages[descriptor.Name].Descriptor.StageType} and {descriptor.StageType}", descriptor.StageType.Assembly.Location);
        }
    }

    private void AddAll(Assembly assembly, string? codeDigest)
    {
        StageRegistryAttribute attribute = assembly.GetCustomAttribute<StageRegistryAttribute>()
            ?? throw new PlanException("DB1014", $"'{assembly.Location}' holds no stage registry", assembly.Location);
        PropertyInfo property = attribute.Registry.GetProperty("Stages", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)!;
        foreach (StageDescriptor descriptor in (IReadOnlyList<StageDescriptor>)property.GetValue(null)!)
        {
            Add(descriptor, codeDigest);
        }
    }

    // Stages share the contract (DataBuild.Core) with the worker and bring their own other dependencies.
    private sealed class StageAssemblyContext(string path) : AssemblyLoadContext(Path.GetFileName(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            foreach (Assembly loaded in Default.Assemblies)
            {
                if (loaded.GetName().Name == assemblyName.Name)
                {
                    return null;
                }
            }

            if (assemblyName.Name!.StartsWith("DataBuild.", StringComparison.Ordinal) && File.Exists(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll")))
            {
                return null;
            }

            return _resolver.ResolveAssemblyToPath(assemblyName) is { } file ? LoadFromAssemblyPath(file) : null;
        }

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
    }
}
