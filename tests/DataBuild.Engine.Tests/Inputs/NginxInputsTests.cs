using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DataBuild.Engine.Inputs;
using DataBuild.Engine.Planning;
using DataBuild.Engine.Store;

namespace DataBuild.Engine.Tests.Inputs;

/// <summary>Inputs from a real nginx.</summary>
public sealed class NginxInputsTests : IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
    private Process? _nginx;
    private int _port;

    public void Dispose()
    {
        Stop();
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [SkippableFact]
    public void WholeInPartsBrokenOffAndOfAnotherDigest()
    {
        byte[] content = new byte[3_000_000];
        new Random(5).NextBytes(content);
        Directory.CreateDirectory(Path.Combine(_root, "www"));
        File.WriteAllBytes(Path.Combine(_root, "www", "a.warc.gz"), content);
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            _port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        // Slow, so that the server can be ended in the middle.
        Start("limit_rate 1m;");
        string address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/a.warc.gz");
        string partial = "";
        Task stop = Task.Run(() =>
        {
            while (partial.Length == 0 || new FileInfo(partial).Length < 500_000)
            {
                Thread.Sleep(10);
                partial = Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*.partial").FirstOrDefault("") : "";
            }

            Stop();
            Start("");
        });
        (PlanFile plan, BuildLog log, bool ok) = Resolve(address);
        Assert.True(stop.Wait(TimeSpan.FromSeconds(10)));
        Assert.True(ok, string.Join('\n', log.Diagnostics));
        Assert.Equal(content, File.ReadAllBytes(plan.Crawl[0].Path));
        Assert.Contains(" 206 ", File.ReadAllText(Path.Combine(_root, "access.log")), StringComparison.Ordinal);

        (plan, _, ok) = Resolve(address + "#bytes=1000-1999");
        Assert.True(ok);
        Assert.Equal(content[1000..2000], File.ReadAllBytes(plan.Crawl[0].Path));

        string other = new('a', 64);
        (_, log, ok) = Resolve(address, other);
        Assert.False(ok);
        Assert.Equal("DB2081", Assert.Single(log.Diagnostics).Code);
        (_, log, ok) = Resolve(address, Convert.ToHexStringLower(SHA256.HashData(content)));
        Assert.True(ok);

        // Without the server all goes on.
        Stop();
        Assert.True(Resolve(address).Ok);
        (_, log, ok) = Resolve(address + "#bytes=0-1");
        Assert.False(ok);
        Assert.Equal("DB2082", Assert.Single(log.Diagnostics).Code);
    }

    private string Folder => Path.Combine(_root, "inputs");

    private (PlanFile Plan, BuildLog Log, bool Ok) Resolve(string address, string? sha256 = null)
    {
        PlanFile plan = new()
        {
            Name = "Test",
            ProjectFile = Path.Combine(_root, "Test.csproj"),
            ProjectDirectory = _root,
            OutputDirectory = Path.Combine(_root, "out"),
            StoreDirectory = Path.Combine(_root, "store"),
            Crawl = [new CrawlItem { Include = address, Path = address, Metadata = sha256 is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["Sha256"] = sha256 } }],
        };
        BuildLog log = new();
        FetchSettings settings = new(Folder) { FirstDelay = TimeSpan.FromMilliseconds(50), Timeout = TimeSpan.FromSeconds(10) };
        bool ok = RemoteInputs.ResolveAsync(plan, new FileDigests(null), log, settings, CancellationToken.None).GetAwaiter().GetResult();
        return (plan, log, ok);
    }

    private void Start(string setting)
    {
        string? nginx = new[] { "/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx" }.FirstOrDefault(File.Exists);
        Skip.If(nginx is null, "nginx is not installed (Debian: apt-get install nginx)");
        string configuration = Path.Combine(_root, "nginx.conf");
        File.WriteAllText(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            master_process off;
            pid {{_root}}/nginx.pid;
            error_log {{_root}}/error.log;
            events { worker_connections 64; }
            http {
                access_log {{_root}}/access.log;
                client_body_temp_path {{_root}}/body;
                proxy_temp_path {{_root}}/proxy;
                fastcgi_temp_path {{_root}}/fastcgi;
                uwsgi_temp_path {{_root}}/uwsgi;
                scgi_temp_path {{_root}}/scgi;
                {{setting}}
                server { listen 127.0.0.1:{{_port}}; root {{_root}}/www; }
            }
            """));
        ProcessStartInfo start = new(nginx!) { RedirectStandardError = true };
        foreach (string argument in new[] { "-c", configuration, "-p", _root, "-e", Path.Combine(_root, "error.log") })
        {
            start.ArgumentList.Add(argument);
        }

        _nginx = Process.Start(start)!;
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using TcpClient probe = new();
                probe.Connect(IPAddress.Loopback, _port);
                return;
            }
            catch (SocketException) when (attempt < 100)
            {
                Thread.Sleep(50);
            }
        }
    }

    private void Stop()
    {
        if (_nginx is not null)
        {
            _nginx.Kill(entireProcessTree: true);
            _nginx.WaitForExit();
            _nginx.Dispose();
            _nginx = null;
        }
    }
}
