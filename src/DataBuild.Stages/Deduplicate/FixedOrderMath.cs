using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DataBuild.Stages.Deduplicate;

/// <summary>
/// Vector arithmetic whose order of additions is the same on every machine: eight lanes, product and sum rounded apart. Sums of floating point numbers
/// depend on their order, and an order that follows the machine's vector width would let the hardware decide what is a duplicate.
/// </summary>
internal static class FixedOrderMath
{
    /// <summary>Scalar product.</summary>
    public static float Dot(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        ref float a = ref MemoryMarshal.GetReference(first);
        ref float b = ref MemoryMarshal.GetReference(second[..first.Length]);
        Vector256<float> sum0 = Vector256<float>.Zero;
        Vector256<float> sum1 = Vector256<float>.Zero;
        int i = 0;
        for (; i <= first.Length - 16; i += 16)
        {
            sum0 += Vector256.LoadUnsafe(ref a, (nuint)i) * Vector256.LoadUnsafe(ref b, (nuint)i);
            sum1 += Vector256.LoadUnsafe(ref a, (nuint)i + 8) * Vector256.LoadUnsafe(ref b, (nuint)i + 8);
        }

        sum0 += sum1;
        float sum = 0;
        for (int lane = 0; lane < 8; lane++)
        {
            sum += sum0[lane];
        }

        for (; i < first.Length; i++)
        {
            sum += first[i] * second[i];
        }

        return sum;
    }

    /// <summary>Scalar product in double precision, one value after another.</summary>
    public static double DoubleDot(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double sum = 0;
        for (int i = 0; i < first.Length; i++)
        {
            sum += (double)first[i] * second[i];
        }

        return sum;
    }

    /// <summary>Euclidean distance in double precision, one value after another.</summary>
    public static double Distance(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double sum = 0;
        for (int i = 0; i < first.Length; i++)
        {
            double difference = (double)first[i] - second[i];
            sum += difference * difference;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>Cosine in double precision; 0 where a vector is zero and has no direction, as with an orthogonal one.</summary>
    public static double Cosine(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double product = 0;
        double firstSquare = 0;
        double secondSquare = 0;
        for (int i = 0; i < first.Length; i++)
        {
            product += (double)first[i] * second[i];
            firstSquare += (double)first[i] * first[i];
            secondSquare += (double)second[i] * second[i];
        }

        return firstSquare == 0 || secondSquare == 0 ? 0 : product / Math.Sqrt(firstSquare * secondSquare);
    }

    /// <summary>Writes the vector of length one with the same direction.</summary>
    /// <returns>False when there is none: the vector is zero or not finite.</returns>
    public static bool TryNormalize(ReadOnlySpan<float> vector, Span<float> unit)
    {
        double sum = 0;
        foreach (float value in vector)
        {
            sum += (double)value * value;
        }

        double norm = Math.Sqrt(sum);
        if (norm == 0 || !double.IsFinite(norm))
        {
            return false;
        }

        for (int i = 0; i < vector.Length; i++)
        {
            unit[i] = (float)(vector[i] / norm);
        }

        return true;
    }
}
