using DataBuild.Formats.Tests.Warc;
using DataBuild.Formats.Warc;
using DataBuild.Tests;

namespace DataBuild.Formats.Tests;

/// <summary>Tests that measure the process and so run alone.</summary>
[Collection(nameof(ProcessMeasured))]
public class MemoryTests
{
    [Fact]
    public void Memory_does_not_grow_with_the_number_of_records()
    {
        const int Records = 100_000;
        byte[] member = WarcSamples.Crawl(9, WarcCompression.Gzip);
        using var stream = new RepeatedStream(member, Records / 10);
        using var reader = new WarcReader(stream, "crawl.warc.gz");
        byte[] buffer = new byte[4096];
        long early = 0;
        long late = 0;
        for (int i = 0; reader.TryRead(out _); i++)
        {
            while (reader.ReadBlock(buffer) > 0)
            {
            }

            Assert.True(reader.FinishRecord());
            if (i == Records / 10)
            {
                early = ProcessMeasured.HeldBytes();
            }
            else if (i == Records - 1)
            {
                late = ProcessMeasured.HeldBytes();
            }
        }

        Assert.Equal(Records, reader.RecordsRead);
        Assert.True(late - early < 4 << 20, $"{early} bytes held after a tenth, {late} at the end");
    }

    [Fact]
    public void A_huge_member_of_zeros_is_passed_with_bounded_memory()
    {
        // 300 MB of zeros behind a Content-Length that tells the truth, in 300 KB of gzip.
        const long Length = 300L << 20;
        var stream = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(System.Text.Encoding.ASCII.GetBytes($"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: https://example.org/\r\nContent-Type: text/html\r\nContent-Length: {Length}\r\n\r\n"));
            byte[] zeros = new byte[1 << 20];
            for (long i = 0; i < Length; i += zeros.Length)
            {
                gzip.Write(zeros);
            }

            gzip.Write("\r\n\r\n"u8);
        }

        byte[] file = [.. stream.ToArray(), .. WarcSamples.Crawl(1, WarcCompression.Gzip)];
        long before = GC.GetTotalAllocatedBytes(precise: true);
        CrawlSamples.Reading reading = CrawlSamples.Read("a.warc.gz", file, new CrawlReaderOptions { MaxPayloadBytes = 1 << 20 });

        Assert.Equal([DropReasons.PayloadTooLarge, null], reading.Documents.Select(d => d.Reason));
        Assert.True(GC.GetTotalAllocatedBytes(precise: true) - before < 32 << 20);
    }

    /// <summary>The same bytes over and over, without holding more than one copy.</summary>
    private sealed class RepeatedStream(byte[] content, int times) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => (long)content.Length * times;

        public override long Position { get => _position; set => _position = value; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int at = (int)(_position % content.Length);
            int read = (int)Math.Min(Math.Min(count, content.Length - at), Length - _position);
            content.AsSpan(at, read).CopyTo(buffer.AsSpan(offset));
            _position += read;
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
