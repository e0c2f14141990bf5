using System.Diagnostics.CodeAnalysis;

namespace DataBuild.Formats.Parquet;

/// <summary>Types of the Thrift compact protocol, by their codes in the file.</summary>
internal enum ThriftType : byte
{
    True = 1,
    False = 2,
    Byte = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Struct = 12,
}

/// <summary>A value of the Thrift compact protocol.</summary>
/// <param name="Type">Its type.</param>
internal abstract record ThriftValue(ThriftType Type);

/// <summary>A boolean, which has no content but its type.</summary>
internal sealed record ThriftFlag(ThriftType Type) : ThriftValue(Type);

/// <summary>A whole number of any width.</summary>
internal sealed record ThriftInteger(ThriftType Type, long Value) : ThriftValue(Type);

/// <summary>Bytes: text, or the eight of a number with a fraction.</summary>
internal sealed record ThriftBytes(ThriftType Type, ReadOnlyMemory<byte> Value) : ThriftValue(Type);

/// <summary>A list or a set.</summary>
internal sealed record ThriftList(ThriftType Type, ThriftType ElementType, List<ThriftValue> Items) : ThriftValue(Type);

/// <summary>A struct: its fields in the order of the file, which is that of their ids.</summary>
internal sealed record ThriftStruct(List<(short Id, ThriftValue Value)> Fields) : ThriftValue(ThriftType.Struct)
{
    /// <summary>The number in a field; null where the struct has no such field.</summary>
    public long? Integer(short id) => Find(id) is ThriftInteger { Value: long value } ? value : null;

    /// <summary>The structs in a list.</summary>
    /// <exception cref="InvalidDataException">There is no such list.</exception>
    public IEnumerable<ThriftStruct> Structs(short id) => List(id).Items.Cast<ThriftStruct>();

    /// <summary>A list.</summary>
    /// <exception cref="InvalidDataException">There is no such list.</exception>
    public ThriftList List(short id) => Find(id) as ThriftList ?? throw new InvalidDataException($"the field {id} is no list");

    /// <summary>A struct within.</summary>
    /// <exception cref="InvalidDataException">There is no such struct.</exception>
    public ThriftStruct Struct(short id) => Find(id) as ThriftStruct ?? throw new InvalidDataException($"the field {id} is no struct");

    /// <summary>Sets the number in a field that the struct has; does nothing to one that it has not.</summary>
    [SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The name of the type in the format.")]
    public void Set(short id, Func<long, long> change)
    {
        int at = Fields.FindIndex(f => f.Id == id);
        if (at >= 0 && Fields[at].Value is ThriftInteger number)
        {
            Fields[at] = (id, number with { Value = change(number.Value) });
        }
    }

    private ThriftValue? Find(short id) => Fields.Find(f => f.Id == id).Value;
}
