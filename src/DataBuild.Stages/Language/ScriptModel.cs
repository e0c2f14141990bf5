using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DataBuild.Stages.Language;

/// <summary>
/// The languages of one script, and for each of a set of letter n-grams (1 to 5 letters) how much less likely its last letter is after the others in
/// each language than in the best of them: a byte a language. A language's penalty for a text is the sum over all letters of the row of the longest
/// n-gram known that ends there; the language with the least penalty is the most likely (a back-off letter model, Katz 1987, with one inventory for all
/// languages).
/// </summary>
internal sealed class ScriptModel
{
    /// <summary>Letters of the longest n-gram.</summary>
    public const int MaxLetters = 5;

    /// <summary>Bits of a letter's index in a key.</summary>
    public const int LetterBits = 12;

    /// <summary>Penalty in natural-log units that a byte of 255 stands for; larger ones are cut off.</summary>
    public const double PenaltyRange = 5;

    private readonly ulong[] _keys;
    private readonly int[] _rowOf;
    private readonly byte[] _rows;
    private readonly int _shift;

    public ScriptModel(string[] languages, string alphabet, ReadOnlySpan<ulong> keys, ReadOnlySpan<byte> penalties)
    {
        Languages = languages;
        Alphabet = alphabet;
        Stride = (languages.Length + 15) / 16 * 16;
        int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, keys.Length * 2));
        _shift = 64 - BitOperations.Log2((uint)capacity);
        _keys = new ulong[capacity];
        _rowOf = new int[capacity];
        _rows = new byte[keys.Length * Stride];
        for (int row = 0; row < keys.Length; row++)
        {
            int slot = SlotOf(keys[row]);
            while (_keys[slot] != 0)
            {
                slot = (slot + 1) & (capacity - 1);
            }

            _keys[slot] = keys[row];
            _rowOf[slot] = row * Stride;
            penalties.Slice(row * languages.Length, languages.Length).CopyTo(_rows.AsSpan(row * Stride));
        }
    }

    /// <summary>Codes of the languages.</summary>
    public string[] Languages { get; }

    /// <summary>The letters, lower case; a letter's index in keys is its place here plus one.</summary>
    public string Alphabet { get; }

    /// <summary>Bytes of a row: languages, rounded up to whole vectors.</summary>
    public int Stride { get; }

    /// <summary>Key of an n-gram: its letters, oldest first, and its length.</summary>
    public static ulong KeyOf(ulong letters, int length) => (letters & ((1UL << (LetterBits * length)) - 1)) | ((ulong)length << (LetterBits * MaxLetters));

    /// <summary>Adds the row of the longest known n-gram that ends the context to the sums, and gives its length.</summary>
    /// <param name="context">The letters up to here, newest in the lowest bits.</param>
    /// <param name="longest">Letters to try at most: one more than matched before, since with an n-gram its beginning is known too.</param>
    /// <param name="sums">16-bit sums, <see cref="Stride"/> of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ulong context, int longest, Span<ushort> sums)
    {
        for (int n = longest; n > 0; n--)
        {
            ulong key = KeyOf(context, n);
            int slot = SlotOf(key);
            while (_keys[slot] != 0)
            {
                if (_keys[slot] == key)
                {
                    AddRow(_rowOf[slot], sums);
                    return n;
                }

                slot = (slot + 1) & (_keys.Length - 1);
            }
        }

        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddRow(int at, Span<ushort> sums)
    {
        ref byte row = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_rows), at);
        ref ushort sum = ref MemoryMarshal.GetReference(sums);
        for (int i = 0; i < Stride; i += 16)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.LoadUnsafe(ref row, (nuint)i));
            (Vector128.LoadUnsafe(ref sum, (nuint)i) + low).StoreUnsafe(ref sum, (nuint)i);
            (Vector128.LoadUnsafe(ref sum, (nuint)i + 8) + high).StoreUnsafe(ref sum, (nuint)i + 8);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SlotOf(ulong key) => (int)((key * 0x9E3779B97F4A7C15) >> _shift);
}
