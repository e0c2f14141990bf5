using System.Buffers;
using System.Buffers.Binary;

namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Which of several duplicates is the best: a declared list of columns, each ascending or descending, and at last the document's id. Written as
/// <c>score.value desc; text_length desc; date asc</c>. A row without a value (or with NaN) comes after those that have one.
/// Keys are byte strings whose order is the order of the documents.
/// </summary>
public sealed class DocumentPriority
{
    /// <summary>Name that stands for the length of the text, in bytes of UTF-8, where no column of that name exists.</summary>
    public const string TextLength = "text_length";

    private readonly Term[] _terms;

    private DocumentPriority(Term[] terms) => _terms = terms;

    /// <summary>Names of the columns, without the id.</summary>
    public IEnumerable<string> Columns => _terms.Select(t => t.Column);

    /// <summary>Reads a priority.</summary>
    /// <exception cref="StageException">DB4102: a term is not <c>column</c>, <c>column asc</c> or <c>column desc</c>.</exception>
    public static DocumentPriority Parse(string priority)
    {
        ArgumentNullException.ThrowIfNull(priority);
        List<Term> terms = [];
        foreach (string part in priority.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] words = part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            bool descending = words.Length == 2 && words[1].Equals("desc", StringComparison.OrdinalIgnoreCase);
            if (words.Length > 2 || (words.Length == 2 && !descending && !words[1].Equals("asc", StringComparison.OrdinalIgnoreCase)))
            {
                throw new StageException("DB4102", $"Priority has the term '{part}'; expected a column, or a column and 'asc' or 'desc' (score.value desc; text_length desc; date asc)");
            }

            terms.Add(new Term(words[0], descending));
        }

        return new DocumentPriority([.. terms]);
    }

    /// <summary>Appends the key of a row.</summary>
    /// <param name="documents">Batch with the priority's columns and <c>id</c>.</param>
    /// <param name="lengthColumn">Column that <see cref="TextLength"/> stands for.</param>
    /// <param name="row">Row.</param>
    /// <param name="key">Receives the key.</param>
    /// <exception cref="StageException">DB4103: a column cannot be ordered.</exception>
    public void AppendKey(DocumentBatch documents, string lengthColumn, int row, IBufferWriter<byte> key)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(key);
        foreach (Term term in _terms)
        {
            string name = term.Column == TextLength ? lengthColumn : term.Column;
            if (name.Length == 0)
            {
                throw new StageException("DB4103", $"Priority names '{TextLength}', which this stage does not measure; name a column");
            }

            Column column = documents[name];
            if (column.IsNull(row) || (column is ValueColumn<double> doubles && double.IsNaN(doubles[row])) || (column is ValueColumn<float> floats && float.IsNaN(floats[row])))
            {
                AppendByte(key, 1);
                continue;
            }

            AppendByte(key, 0);
            switch (column)
            {
                case ValueColumn<bool> values:
                    AppendNumber(key, values[row] ? 1UL : 0, term.Descending);
                    break;
                case ValueColumn<int> values:
                    AppendNumber(key, (ulong)(long)values[row] ^ (1UL << 63), term.Descending);
                    break;
                case ValueColumn<long> values:
                    AppendNumber(key, (ulong)values[row] ^ (1UL << 63), term.Descending);
                    break;
                case ValueColumn<ulong> values:
                    AppendNumber(key, values[row], term.Descending);
                    break;
                case ValueColumn<float> values:
                    AppendNumber(key, Ordered(values[row]), term.Descending);
                    break;
                case ValueColumn<double> values:
                    AppendNumber(key, Ordered(values[row]), term.Descending);
                    break;
                case StringColumn values:
                    AppendString(key, values[row], term.Descending);
                    break;
                default:
                    throw new StageException("DB4103", $"Priority names column '{name}' of type {column.Type}; expected a number, a flag or a string");
            }
        }

        if (documents.Find("id") is StringColumn ids)
        {
            key.Write(ids[row]);
        }
    }

    // IEEE 754 doubles order as integers once negative ones are complemented.
    private static ulong Ordered(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value == 0 ? 0 : value);
        return (bits >> 63) != 0 ? ~bits : bits | (1UL << 63);
    }

    private static void AppendByte(IBufferWriter<byte> key, byte value)
    {
        key.GetSpan(1)[0] = value;
        key.Advance(1);
    }

    private static void AppendNumber(IBufferWriter<byte> key, ulong value, bool descending)
    {
        BinaryPrimitives.WriteUInt64BigEndian(key.GetSpan(8), descending ? ~value : value);
        key.Advance(8);
    }

    // A zero byte is escaped and the string ends with 0, 0: no string's key is the start of another's, in either direction.
    private static void AppendString(IBufferWriter<byte> key, ReadOnlySpan<byte> value, bool descending)
    {
        byte flip = descending ? (byte)0xFF : (byte)0;
        Span<byte> span = key.GetSpan((value.Length * 2) + 2);
        int length = 0;
        foreach (byte b in value)
        {
            span[length++] = (byte)(b ^ flip);
            if (b == 0)
            {
                span[length++] = (byte)(0xFF ^ flip);
            }
        }

        span[length++] = flip;
        span[length++] = flip;
        key.Advance(length);
    }

    private readonly record struct Term(string Column, bool Descending);
}
