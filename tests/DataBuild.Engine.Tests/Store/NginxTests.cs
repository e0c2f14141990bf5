using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DataBuild.Engine.Store.Remote;

namespace DataBuild.Engine.Tests.Store;

/// <summary>A real nginx with WebDAV as the remote cache, configured as docs/cache.md says.</summary>
[Collection(TestStages.Collection)]
public sealed class NginxTests : IDisposable
{
    private const string Token = "a-token-for-this-test";

    private readonly TestDataset _dataset = new();
    private readonly string _root = Path.Combine(Path.GetTempPath(), "databuild-tests", Guid.NewGuid().ToString("N"));
    private readonly List<string> _warnings = [];
    private Process? _nginx;
    private int _port;

    public void Dispose()
    {
        Stop();
        _dataset.Dispose();
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [SkippableFact]
    public void ResultsAreStoredFoundAndGuardedByTheToken()
    {
        Start();
        _dataset.AddInput("a.jsonl", Enumerable.Range(0, 200).Select(i => ($"a{i}", $"text number {i % 90} of many")));
        _dataset.Stage("Words");
        _dataset.Stage("Unique");
        _dataset.Stage("Model");
        _dataset.Build();
        string expected = _dataset.OutputDigests();

        // A wrong token: a warning, and the build goes on.
        UseRemote(write: true, token: "wrong");
        Forget();
        _dataset.Build();
        Assert.Equal(expected, _dataset.OutputDigests());
        Assert.Contains("401", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.DoesNotContain(_warnings, w => w.Contains("wrong", StringComparison.Ordinal));
        Assert.Empty(Stored());

        // Read only: nothing there, nothing stored.
        UseRemote(write: false);
        Forget();
        _dataset.Build();
        Assert.Empty(_warnings);
        Assert.Empty(Stored());

        // Read and write, then from nothing with all results there.
        UseRemote(write: true);
        Forget();
        _dataset.Build();
        Assert.Empty(_warnings);
        int stored = Stored().Length;
        Assert.True(stored > 10);
        Forget();
        Assert.Empty(_dataset.Build().Actions);
        Assert.Equal(expected, _dataset.OutputDigests());
        UseRemote(write: false);
        Forget();
        Assert.Empty(_dataset.Build().Actions);
        Assert.Equal(stored, Stored().Length);

        // A damaged file on the server's disk is refused and made here.
        foreach (string path in Stored().Where(p => p.Contains("/cas/", StringComparison.Ordinal)))
        {
            byte[] bytes = File.ReadAllBytes(path);
            bytes[^1] ^= 8;
            File.WriteAllBytes(path, bytes);
        }

        Forget();
        Assert.NotEmpty(_dataset.Build().Actions);
        Assert.Equal(expected, _dataset.OutputDigests());
        Assert.Contains("another SHA-256", Assert.Single(_warnings), StringComparison.Ordinal);

        // The server goes away.
        UseRemote(write: true);
        Stop();
        Forget();
        _dataset.Build();
        Assert.Equal(expected, _dataset.OutputDigests());
        Assert.Single(_warnings);
    }

    private void Start()
    {
        string? nginx = new[] { "/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx" }.FirstOrDefault(File.Exists);
        Skip.If(nginx is null, "nginx is not installed (Debian: apt-get install nginx)");
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            _port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        Directory.CreateDirectory(Path.Combine(_root, "cache", "databuild"));
        Directory.CreateDirectory(Path.Combine(_root, "temp"));
        string configuration = Path.Combine(_root, "nginx.conf");
        File.WriteAllText(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            master_process off;
            pid {{_root}}/nginx.pid;
            error_log {{_root}}/error.log;
            events { worker_connections 64; }
            http {
                access_log off;
                client_body_temp_path {{_root}}/temp/body;
                proxy_temp_path {{_root}}/temp/proxy;
                fastcgi_temp_path {{_root}}/temp/fastcgi;
                uwsgi_temp_path {{_root}}/temp/uwsgi;
                scgi_temp_path {{_root}}/temp/scgi;
                server {
                    listen 127.0.0.1:{{_port}};
                    location /databuild/ {
                        root {{_root}}/cache;
                        dav_methods PUT;
                        create_full_put_path on;
                        client_max_body_size 0;
                        if ($http_authorization != "Bearer {{Token}}") { return 401; }
                    }
                }
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
                Assert.False(_nginx.HasExited, File.Exists(Path.Combine(_root, "error.log")) ? File.ReadAllText(Path.Combine(_root, "error.log")) : "nginx ended");
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

    private string[] Stored() => Directory.GetFiles(Path.Combine(_root, "cache", "databuild"), "*", SearchOption.AllDirectories);

    private void UseRemote(bool write, string token = Token)
    {
        _warnings.Clear();
        Uri address = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/databuild/"));
        _dataset.Remote = () => new RemoteCache(
            new RemoteCacheSettings(address, write, token, null, TimeSpan.FromSeconds(5)),
            warning =>
            {
                lock (_warnings)
                {
                    _warnings.Add(warning);
                }
            });
    }

    private void Forget()
    {
        Directory.Delete(_dataset.StoreFolder, recursive: true);
        if (Directory.Exists(_dataset.OutputFolder))
        {
            Directory.Delete(_dataset.OutputFolder, recursive: true);
        }
    }
}
