using System.Buffers;

namespace DataBuild.Formats.Parquet;

/// <summary>
/// Reads and writes structs in the Thrift compact protocol, which the footer and the page indexes of Parquet files are written in. What is read and written again has
/// the same bytes. Maps do not occur there. Source: Apache Thrift, "Thrift Compact protocol".
/// </summary>
internal static class ThriftCompact
{
    private const int ShortList = 15;
    private const int MaximumDepth = 32;

    /// <summary>Reads a struct.</summary>
    /// <param name="bytes">Bytes that begin with it.</param>
    /// <param name="length">How many of them it takes.</param>
    /// <exception cref="InvalidDataException">They hold no struct.</exception>
    public static ThriftStruct Read(ReadOnlyMemory<byte> bytes, out int length)
    {
        try
        {
            int at = 0;
            ThriftStruct read = ReadStruct(bytes, ref at, 0);
            length = at;
            return read;
        }
        catch (Exception exception) when (exception is IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException("the bytes end within a struct", exception);
        }
    }

    /// <summary>Writes a struct.</summary>
    public static void Write(IBufferWriter<byte> output, ThriftStruct value)
    {
        short last = 0;
        foreach ((short id, ThriftValue field) in value.Fields)
        {
            if (id > last && id - last <= ShortList)
            {
                WriteByte(output, (byte)(((id - last) << 4) | (int)field.Type));
            }
            else
            {
                WriteByte(output, (byte)field.Type);
                WriteNumber(output, ZigZag(id));
            }

            WriteValue(output, field);
            last = id;
        }

        WriteByte(output, 0);
    }

    private static ThriftStruct ReadStruct(ReadOnlyMemory<byte> bytes, ref int at, int depth)
    {
        List<(short Id, ThriftValue Value)> fields = [];
        short id = 0;
        while (bytes.Span[at++] is var head and not 0)
        {
            int delta = head >> 4;
            id = (short)(delta == 0 ? UnZigZag(ReadNumber(bytes.Span, ref at)) : id + delta);
            var type = (ThriftType)(head & 15);
            fields.Add((id, type is ThriftType.True or ThriftType.False ? new ThriftFlag(type) : ReadValue(bytes, ref at, type, depth)));
        }

        return new ThriftStruct(fields);
    }

    private static ThriftValue ReadValue(ReadOnlyMemory<byte> bytes, ref int at, ThriftType type, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new InvalidDataException("structs lie too deep in each other");
        }

        switch (type)
        {
            // In a list a boolean is a byte.
            case ThriftType.True or ThriftType.False or ThriftType.Byte:
                return new ThriftInteger(type, bytes.Span[at++]);
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                return new ThriftInteger(type, UnZigZag(ReadNumber(bytes.Span, ref at)));
            case ThriftType.Double:
                at += sizeof(double);
                return new ThriftBytes(type, bytes.Slice(at - sizeof(double), sizeof(double)));
            case ThriftType.Binary:
                int length = checked((int)ReadNumber(bytes.Span, ref at));
                at += length;
                return new ThriftBytes(type, bytes.Slice(at - length, length));
            case ThriftType.List or ThriftType.Set:
                byte head = bytes.Span[at++];
                int count = head >> 4 == ShortList ? checked((int)ReadNumber(bytes.Span, ref at)) : head >> 4;
                var elements = (ThriftType)(head & 15);
                List<ThriftValue> items = [];
                for (int i = 0; i < count; i++)
                {
                    items.Add(ReadValue(bytes, ref at, elements, depth + 1));
                }

                return new ThriftList(type, elements, items);
            case ThriftType.Struct:
                return ReadStruct(bytes, ref at, depth + 1);
            default:
                throw new InvalidDataException($"a value has the unknown type {(int)type}");
        }
    }

    private static void WriteValue(IBufferWriter<byte> output, ThriftValue value)
    {
        switch (value)
        {
            case ThriftFlag:
                break;
            case ThriftInteger { Type: ThriftType.True or ThriftType.False or ThriftType.Byte } small:
                WriteByte(output, (byte)small.Value);
                break;
            case ThriftInteger number:
                WriteNumber(output, ZigZag(number.Value));
                break;
            case ThriftBytes { Type: ThriftType.Double } fraction:
                output.Write(fraction.Value.Span);
                break;
            case ThriftBytes bytes:
                WriteNumber(output, (ulong)bytes.Value.Length);
                output.Write(bytes.Value.Span);
                break;
            case ThriftList list:
                bool isShort = list.Items.Count < ShortList;
                WriteByte(output, (byte)(((isShort ? list.Items.Count : ShortList) << 4) | (int)list.ElementType));
                if (!isShort)
                {
                    WriteNumber(output, (ulong)list.Items.Count);
                }

                list.Items.ForEach(item => WriteValue(output, item));
                break;
            case ThriftStruct fields:
                Write(output, fields);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(value), value.Type, "unknown type");
        }
    }

    private static ulong ReadNumber(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong number = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = bytes[at++];
            number |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return number;
            }
        }

        throw new InvalidDataException("a number has more than 64 bits");
    }

    private static void WriteNumber(IBufferWriter<byte> output, ulong number)
    {
        for (; number > 127; number >>= 7)
        {
            WriteByte(output, (byte)(number | 128));
        }

        WriteByte(output, (byte)number);
    }

    private static void WriteByte(IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
