using DataBuild.Stages.Generate.Repositories;

namespace DataBuild.Tests.Generate.Repositories;

/// <summary>Logs of any length are read in the memory of a line.</summary>
public sealed class ExitCodeLogMemoryTests
{
    [Fact]
    public void ALogOfAHundredMegabytesIsReadInLittleMemory()
    {
        byte[] lines = [.. Enumerable.Repeat("+ echo some line of a long log that says nothing, as most of them do\n"u8.ToArray(), 1000).SelectMany(l => l)];
        AssertReadInLittleMemory(lines, 101 << 20, 3);
    }

    [Fact]
    public void ALineThatNeverEndsIsReadInLittleMemory() => AssertReadInLittleMemory([.. Enumerable.Repeat((byte)'x', 100_000)], 64 << 20, 4);

    private static void AssertReadInLittleMemory(byte[] pattern, long length, int exitCode)
    {
        using RepeatedStream log = new(pattern, length, System.Text.Encoding.ASCII.GetBytes($"\nOMNIGRIL_EXIT_CODE={exitCode}\n"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        ExitCodeLog read = ExitCodeLog.Read(log, MarkerRule.Last, 100);
        Assert.Equal((exitCode, 100), (read.ExitCode, read.Tail.Length));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    /// <summary>A pattern over and over up to a length, then an end.</summary>
    private sealed class RepeatedStream(byte[] pattern, long length, byte[] end) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length + end.Length;

        public override long Position
        {
            get => _at;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            bool isEnd = _at >= length;
            byte[] from = isEnd ? end : pattern;
            int start = (int)(isEnd ? _at - length : _at % pattern.Length);
            int read = (int)Math.Min(Math.Min(count, from.Length - start), isEnd ? long.MaxValue : length - _at);
            Array.Copy(from, start, buffer, offset, read);
            _at += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
