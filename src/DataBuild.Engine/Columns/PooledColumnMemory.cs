using System.Buffers;
using Apache.Arrow.Memory;

namespace DataBuild.Engine.Columns;

/// <summary>
/// Memory for batches that are read: used again by the next batch. Batches of some megabytes from the operating system would be cleared and given back
/// one after the other, and each would bring the next garbage collection nearer.
/// </summary>
internal sealed class PooledColumnMemory : MemoryAllocator
{
    private PooledColumnMemory()
    {
    }

    /// <summary>The pool of the process.</summary>
    public static PooledColumnMemory Shared { get; } = new();

    /// <inheritdoc />
    protected override IMemoryOwner<byte> AllocateInternal(int length, out int bytesAllocated)
    {
        Owner owner = new(length);
        bytesAllocated = length;
        return owner;
    }

    private sealed class Owner(int length) : IMemoryOwner<byte>
    {
        private byte[]? _bytes = ArrayPool<byte>.Shared.Rent(length);

        public Memory<byte> Memory => (_bytes ?? throw new ObjectDisposedException(nameof(Owner))).AsMemory(0, length);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }
}
