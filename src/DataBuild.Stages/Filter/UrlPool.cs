using System.IO.Hashing;
using System.Text;

namespace DataBuild.Stages.Filter;

/// <summary>
/// Keeps documents whose address stands in a list: an inner join with a pool of addresses that earlier projects found good (Nemotron-CC-Math, arXiv 2508.15096, begins with those of OpenWebMath,
/// InfiMM-WebMath, FineMath and MegaMath). Addresses are compared as they stand. A list takes 16 bytes of memory an address.
/// </summary>
[Stage("UrlPool", Version = 1, Phase = StagePhase.Clean, ColumnPrefix = "urlPool")]
public sealed partial record UrlPool : DocumentStage
{
    private HashSet<UInt128>? _pool;

    /// <summary>Files of addresses, one a line; empty lines and those that begin with '#' pass.</summary>
    [Option(Required = true)]
    public IReadOnlyList<InputFile> Lists { get; init; } = [];

    /// <inheritdoc />
    public override IReadOnlyList<string> InputColumns => ["url"];

    /// <inheritdoc />
    public override MeasureScope Scope => MeasureScope.All;

    /// <inheritdoc />
    public override void Initialize(StageContext context)
    {
        HashSet<UInt128> pool = [];
        foreach (InputFile list in Lists)
        {
            try
            {
                pool.UnionWith(File.ReadLines(list.PathOrName).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#').Select(Key));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StageException("DB4307", $"the list of addresses cannot be read: {e.Message}", list.Path, e);
            }
        }

        _pool = pool;
    }

    /// <inheritdoc />
    public override Verdict Run(Document document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Verdict.DropIf(!(_pool ?? throw new InvalidOperationException("Initialize was not called")).Contains(Key(document.Url)), "not_in_pool");
    }

    private static UInt128 Key(string url) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(url));
}
