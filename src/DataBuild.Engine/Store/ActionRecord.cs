using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataBuild.Engine.Store;

/// <summary>A file that a merge made.</summary>
/// <param name="Name">Its name.</param>
/// <param name="File">Where its bytes are stored; it has no columns.</param>
public sealed record MadeFile(string Name, StoredFile File);

/// <summary>Documents in, kept and dropped by reason.</summary>
public sealed class DocumentCounts
{
    /// <summary>Documents that reached the stage.</summary>
    public long In { get; set; }

    /// <summary>Documents kept.</summary>
    public long Kept { get; set; }

    /// <summary>Documents dropped, by reason.</summary>
    public SortedDictionary<string, long> Dropped { get; set; } = new(StringComparer.Ordinal);

    /// <summary>True when every document is accounted for: in = kept + dropped.</summary>
    [JsonIgnore]
    public bool AddsUp => In == Kept + Dropped.Values.Sum();

    /// <summary>Adds the counts of another shard.</summary>
    public void Add(DocumentCounts other)
    {
        In += other.In;
        Kept += other.Kept;
        foreach ((string reason, long count) in other.Dropped)
        {
            Dropped[reason] = Dropped.GetValueOrDefault(reason) + count;
        }
    }
}

/// <summary>A defect of an input, as counted while reading.</summary>
/// <param name="Code">Diagnostic code.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstOffset">Offset of the first, in bytes of the file.</param>
/// <param name="FirstMessage">What was wrong with the first.</param>
public sealed record InputDefect(string Code, long Count, long FirstOffset, string FirstMessage);

/// <summary>What an action made: its files, and what the log and the report say of it.</summary>
public sealed class ActionRecord
{
    /// <summary>Files made, for a merge those of all shards one after the other.</summary>
    public IReadOnlyList<StoredFile> Files { get; set; } = [];

    /// <summary>For a merge: how many of <see cref="Files"/> belong to each shard.</summary>
    public IReadOnlyList<int> FilesOfShard { get; set; } = [];

    /// <summary>Rows of each batch, for actions that read an input.</summary>
    public IReadOnlyList<int> BatchRows { get; set; } = [];

    /// <summary>Counts, for actions that decide.</summary>
    public DocumentCounts? Counts { get; set; }

    /// <summary>Counts of records by type, for actions that read an input.</summary>
    public SortedDictionary<string, long>? Records { get; set; }

    /// <summary>Defects of the input.</summary>
    public IReadOnlyList<InputDefect> Defects { get; set; } = [];

    /// <summary>Uncompressed bytes of the input.</summary>
    public long InputBytes { get; set; }

    /// <summary>For a merge that makes files: those.</summary>
    public IReadOnlyList<MadeFile>? Made { get; set; }

    /// <summary>All files named by the record.</summary>
    public IEnumerable<StoredFile> AllFiles() => Made is null ? Files : Files.Concat(Made.Select(m => m.File));

    // Whoever can write the store, or answers for a remote one, can make up a record with the right checksum.
    private bool IsWhole =>
        Files?.All(f => f is not null) == true && BatchRows?.All(r => r >= 0) == true && Defects?.All(d => d is not null) == true
        && FilesOfShard?.All(f => f >= 0) == true && (FilesOfShard.Count == 0 || FilesOfShard.Sum(f => (long)f) == Files.Count)
        && Made?.All(m => m is { Name: not null, File: not null } && IsPlainName(m.Name)) != false
        && (Counts is null || (Counts is { In: >= 0, Kept: >= 0, Dropped: not null } && Counts.Dropped.Values.All(d => d >= 0) && Counts.AddsUp));

    /// <summary>The record as stored under a key. The first line is the digest of the key and the rest, so a torn, edited or misplaced record reads as missing.</summary>
    internal byte[] Serialize(string key)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(this, ActionRecordJson.Default.ActionRecord);
        return [.. Encoding.ASCII.GetBytes(Checksum(key, body) + "\n"), .. body];
    }

    /// <summary>Reads a record; null when it is not the undamaged record of that key.</summary>
    internal static ActionRecord? Deserialize(string key, ReadOnlySpan<byte> bytes)
    {
        const int HeadLength = 65;
        if (bytes.Length < HeadLength || bytes[HeadLength - 1] != '\n')
        {
            return null;
        }

        ReadOnlySpan<byte> body = bytes[HeadLength..];
        if (Checksum(key, body) != Encoding.ASCII.GetString(bytes[..(HeadLength - 1)]))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(body, ActionRecordJson.Default.ActionRecord) is { IsWhole: true } record ? record : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            // Whole and wrong: written by something else than this program.
            return null;
        }
    }

    // A made file is copied into the dataset's folder under this name.
    private static bool IsPlainName(string name) =>
        name.Length is > 0 and <= 255 && !name.AsSpan().ContainsAny('\\', ':', '\0') && !name.Any(char.IsControl)
        && name.Split('/').All(part => part.Length > 0 && part is not ("." or ".."));

    private static string Checksum(string key, ReadOnlySpan<byte> body)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(key));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ActionRecord))]
internal sealed partial class ActionRecordJson : JsonSerializerContext;
