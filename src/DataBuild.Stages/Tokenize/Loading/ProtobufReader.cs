namespace DataBuild.Stages.Tokenize.Loading;

/// <summary>Reads the fields of a protocol buffer message (protobuf.dev, "Encoding") one after the other.</summary>
internal ref struct ProtobufReader
{
    private readonly string _source;
    private readonly int _length;
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the first field of a message.</summary>
    public ProtobufReader(ReadOnlySpan<byte> message, string source)
    {
        _rest = message;
        _length = message.Length;
        _source = source;
    }

    /// <summary>Reads a field.</summary>
    /// <param name="field">Its number.</param>
    /// <param name="bytes">Its bytes, for fixed-size and length-delimited fields.</param>
    /// <param name="number">Its value, for varints.</param>
    /// <returns>Whether there was one.</returns>
    public bool Next(out int field, out ReadOnlySpan<byte> bytes, out ulong number)
    {
        field = 0;
        bytes = default;
        number = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong tag = Varint();
        field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                number = Varint();
                break;
            case 1:
                bytes = Take(8);
                break;
            case 2:
                bytes = Take(Varint());
                break;
            case 5:
                bytes = Take(4);
                break;
            default:
                throw Error($"wire type {tag & 7}; expected 0, 1, 2 or 5");
        }

        return true;
    }

    private readonly TokenizerFormatException Error(string problem) =>
        new(_source, $"byte {_length - _rest.Length} of a message of {_length}", "not a SentencePiece model: " + problem);

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Error("a number of more than ten bytes");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw Error($"{count} bytes wanted, {_rest.Length} left");
        }

        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
