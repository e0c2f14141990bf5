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
        registry.AddAll(typeof(Stages.BuiltInStages).Assembly, _ => null);
        return registry;
    }

    /// <summary>A stage by its name, without regard to case; null when there is none.</summary>
    public RegisteredStage? Find(string name) => _stages.GetValueOrDefault(name);

    /// <summary>
    /// Adds the stages of assembly files: the project's own first, then those of packages that lie beside it. They share their dependencies, as the project's
    /// assembly resolves them. An assembly without stages adds nothing.
    /// </summary>
    /// <exception cref="PlanException">A file is no assembly, or two stages have one name.</exception>
    public void AddAssemblies(IReadOnlyList<string> paths)
    {
        StageAssemblyContext? context = null;
        foreach (string path in paths)
        {
            try
            {
                context ??= new StageAssemblyContext(path);
                Assembly assembly = context.LoadFromAssemblyPath(path);
                if (assembly.GetCustomAttribute<StageRegistryAttribute>() is not null)
                {
                    using StageCodeDigest code = new(path, context.PathOf);
                    AddAll(assembly, type => code.Of(type.FullName!));
                }
            }
            catch (Exception exception) when (exception is BadImageFormatException or IOException or InvalidOperationException)
            {
                throw new PlanException("DB1014", $"the stage assembly '{path}' cannot be loaded: {exception.Message}", path);
            }
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

    private void AddAll(Assembly assembly, Func<Type, string?> codeDigest)
    {
        StageRegistryAttribute attribute = assembly.GetCustomAttribute<StageRegistryAttribute>()
            ?? throw new PlanException("DB1014", $"'{assembly.Location}' holds no stage registry", assembly.Location);
        PropertyInfo property = attribute.Registry.GetProperty("Stages", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)!;
        foreach (StageDescriptor descriptor in (IReadOnlyList<StageDescriptor>)property.GetValue(null)!)
        {
            Add(descriptor, codeDigest(descriptor.StageType));
        }
    }

    // Stages share the contract (DataBuild.Core) with the worker and bring their own other dependencies.
    private sealed class StageAssemblyContext(string path) : AssemblyLoadContext(Path.GetFileName(path))
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        /// <summary>Path of an assembly that stages bring along; null for what the worker has.</summary>
        public string? PathOf(string name) => IsShared(name) ? null : _resolver.ResolveAssemblyToPath(new AssemblyName(name));

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (IsShared(assemblyName.Name!) || Default.Assemblies.Any(a => a.GetName().Name == assemblyName.Name))
            {
                return null;
            }

            return _resolver.ResolveAssemblyToPath(assemblyName) is { } file ? LoadFromAssemblyPath(file) : null;
        }

        // The contract, and what implements it, are the worker's.
        private static bool IsShared(string name) =>
            name.StartsWith("DataBuild.", StringComparison.Ordinal) && File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
    }
}
