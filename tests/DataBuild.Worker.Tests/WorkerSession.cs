using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using DataBuild.Formats.Warc;
using DataBuild.Tests;

namespace DataBuild.Worker.Tests;

/// <summary>A dataset in a temporary folder that is built by the worker's own command loop, as the MSBuild tasks drive it.</summary>
internal sealed class WorkerSession : IDisposable
{
    private readonly List<object> _crawl = [];
    private readonly List<object> _stages = [];

    public WorkerSession()
    {
        Folder = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path.Combine(Folder, "crawl"));
    }

    public string Folder { get; }

    public string Output => Path.Combine(Folder, "bin", "Test");

    public string OutputFormat { get; set; } = "jsonl";

    public string Input(string name, byte[]? content)
    {
        string path = Path.Combine(Folder, "crawl", name);
        if (content is not null)
        {
            File.WriteAllBytes(path, content);
        }

        _crawl.Add(new { include = "crawl/" + name, path });
        return path;
    }

    /// <summary>An input that lies elsewhere.</summary>
    public void InputFromAfar(string address) => _crawl.Add(new { include = address, path = address });

    public void Stage(string name, params (string Name, string Value)[] options) =>
        _stages.Add(new { name, metadata = options.ToDictionary(o => o.Name, o => o.Value) });

    /// <summary>Properties of the plan.</summary>
    public Dictionary<string, string> Properties { get; } = [];

    /// <summary>Inputs, models and stages of the README's example.</summary>
    public void AddQuickStart()
    {
        string folder = Path.Combine(TestPaths.RepositoryRoot, "example-datasets", "QuickStart");
        XElement project = XElement.Load(Path.Combine(folder, "QuickStart.csproj"));
        foreach (string input in Directory.EnumerateFiles(Path.Combine(folder, "crawl"), "*.warc.gz"))
        {
            Input(Path.GetFileName(input), File.ReadAllBytes(input));
        }

        Directory.CreateDirectory(Path.Combine(Folder, "models"));
        foreach (string model in Directory.EnumerateFiles(Path.Combine(folder, "models"), "*.onnx"))
        {
            File.Copy(model, Path.Combine(Folder, "models", Path.GetFileName(model)));
        }

        foreach (XElement stage in project.Descendants("Stage"))
        {
            Stage(
                stage.Attribute("Include")!.Value,
                [.. stage.Attributes().Where(a => a.Name.LocalName is not ("Include" or "Condition")).Select(a => (a.Name.LocalName, a.Value))]);
        }
    }

    public void ClearStages() => _stages.Clear();

    public static byte[] Warc(params (string Url, string Html)[] pages)
    {
        using MemoryStream stream = new();
        using (WarcWriter writer = new(stream, WarcCompression.Gzip, leaveOpen: true))
        {
            int id = 1;
            foreach ((string url, string html) in pages)
            {
                byte[] block = WarcWriter.HttpResponse(200, "OK", [("Content-Type", "text/html; charset=utf-8")], Encoding.UTF8.GetBytes(html));
                writer.Write("response", $"<urn:uuid:00000000-0000-0000-0000-{id++:D12}>", "2026-01-01T00:00:00Z", url, "application/http; msgtype=response", block);
            }
        }

        return stream.ToArray();
    }

    public static string Page(string title, int seed) =>
        $"<!doctype html><html><head><title>{title}</title></head><body><main><h1>{title}</h1><p>"
        + string.Join("</p><p>", Enumerable.Range(0, 6).Select(i => $"Paragraph {i} of page {seed} tells, in some detail and with words of its own like w{seed * 7 + i}, what the page is about and that it has enough to say."))
        + "</p></main></body></html>";

    public static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream stream = new();
        using (GZipStream gzip = new(stream, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return stream.ToArray();
    }

    /// <summary>Writes the plan.</summary>
    /// <returns>Its path.</returns>
    public string WritePlan()
    {
        string planPath = Path.Combine(Folder, "Test.databuild.plan.json");
        File.WriteAllText(planPath, JsonSerializer.Serialize(new
        {
            formatVersion = 1,
            name = "Test",
            projectFile = Path.Combine(Folder, "Test.csproj"),
            projectDirectory = Folder,
            outputDirectory = Output,
            storeDirectory = Path.Combine(Folder, "obj", "store"),
            outputFormat = OutputFormat,
            properties = Properties,
            crawl = _crawl,
            stages = _stages,
        }));
        return planPath;
    }

    /// <summary>Runs all phases and returns the events.</summary>
    /// <param name="begin">Tells the worker to begin before it asks for the first phase.</param>
    /// <param name="rehearse">Tells the worker to rehearse the plan before that.</param>
    /// <param name="guess">Content of a plan that the worker is told to begin with before it is told the plan; null for none.</param>
    public WorkerResult Build(bool begin = false, bool rehearse = false, byte[]? guess = null)
    {
        string planPath = WritePlan();
        StringBuilder commands = new();
        if (guess is not null)
        {
            string guessPath = Path.Combine(Folder, "Test.databuild.guess.json");
            File.WriteAllBytes(guessPath, guess);
            commands.Append(JsonSerializer.Serialize(new { command = "begin", plan = planPath, guess = guessPath, threads = 2 })).Append('\n');
        }

        if (rehearse)
        {
            commands.Append(JsonSerializer.Serialize(new { command = "rehearse", plan = planPath })).Append('\n');
        }

        if (begin)
        {
            commands.Append(JsonSerializer.Serialize(new { command = "begin", plan = planPath, threads = 2 })).Append('\n');
        }

        foreach (StagePhase phase in Enum.GetValues<StagePhase>())
        {
            commands.Append(JsonSerializer.Serialize(new { command = "run", plan = planPath, phase = phase.ToString(), threads = 2 })).Append('\n');
        }

        using KeptOpenStream input = new(Encoding.UTF8.GetBytes(commands.ToString()));
        using MemoryStream output = new();
        using JsonEvents events = new(new DoneCounter(output, Enum.GetValues<StagePhase>().Length, input.Close));
        int exit = ServeLoop.Run(input, events);
        return new WorkerResult(exit, [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)]);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Gives its bytes and then blocks, as a pipe does whose other end is open, until it is closed.</summary>
    private sealed class KeptOpenStream(byte[] bytes) : Stream
    {
        private readonly ManualResetEventSlim _closed = new();
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = Math.Min(count, bytes.Length - _position);
            bytes.AsSpan(_position, read).CopyTo(buffer.AsSpan(offset));
            _position += read;
            if (read == 0)
            {
                _closed.Wait();
            }

            return read;
        }

        public override void Close() => _closed.Set();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>Closes the input when every phase has answered.</summary>
    private sealed class DoneCounter(Stream inner, int expected, Action finished) : Stream
    {
        private int _done;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            inner.Write(buffer, offset, count);
            if (Encoding.UTF8.GetString(buffer, offset, count).Contains("\"event\":\"done\"", StringComparison.Ordinal) && ++_done == expected)
            {
                finished();
            }
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

/// <summary>What the worker answered.</summary>
internal sealed record WorkerResult(int Exit, IReadOnlyList<JsonElement> Events)
{
    public bool Ok => Events.Where(e => Is(e, "done")).All(e => e.GetProperty("ok").GetBoolean());

    public IReadOnlyList<(string Severity, string Code, string Message, string? File)> Diagnostics =>
    [
        .. Events.Where(e => Is(e, "diagnostic")).Select(e => (
            e.GetProperty("severity").GetString()!, e.GetProperty("code").GetString()!, e.GetProperty("message").GetString()!, e.GetProperty("file").GetString())),
    ];

    public JsonElement Stage(string name) => Events.Last(e => Is(e, "stage") && e.GetProperty("stage").GetString() == name);

    private static bool Is(JsonElement element, string name) => element.GetProperty("event").GetString() == name;
}
