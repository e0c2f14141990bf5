using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DataBuild.Engine.Tests;

/// <summary>A real nginx on a free port of loopback, with all that it writes in one folder.</summary>
internal sealed class NginxServer : IDisposable
{
    private readonly string _root;
    private readonly int _port;
    private Process? _nginx;

    /// <param name="root">Folder of the configuration, the logs (access.log, error.log) and temporary files.</param>
    public NginxServer(string root)
    {
        _root = root;
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        _port = ((IPEndPoint)free.LocalEndpoint).Port;
    }

    /// <summary>Address, with a slash at the end; the same after another start.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/");

    /// <summary>Starts the server as a remote cache at <c>databuild/</c>, by WebDAV.</summary>
    /// <param name="cache">Folder that holds the folder <c>databuild</c> of the entries.</param>
    /// <param name="token">Bearer token, without which it answers 401.</param>
    public void StartCache(string cache, string token)
    {
        Directory.CreateDirectory(Path.Combine(cache, "databuild"));
        Start("", $$"""
            location /databuild/ {
                root {{cache}};
                dav_methods PUT;
                create_full_put_path on;
                client_max_body_size 0;
                if ($http_authorization != "Bearer {{token}}") { return 401; }
            }
            """);
    }

    /// <summary>Starts the server and waits until it accepts connections; skips the test where nginx is not installed.</summary>
    /// <param name="http">Settings of all servers.</param>
    /// <param name="server">Settings of the one server.</param>
    public void Start(string http, string server)
    {
        string? nginx = new[] { "/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx" }.FirstOrDefault(File.Exists);
        Skip.If(nginx is null, "nginx is not installed (Debian: apt-get install nginx)");
        Directory.CreateDirectory(Path.Combine(_root, "temp"));
        string configuration = Path.Combine(_root, "nginx.conf");
        string errors = Path.Combine(_root, "error.log");
        File.WriteAllText(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            master_process off;
            pid {{_root}}/nginx.pid;
            error_log {{errors}};
            events { worker_connections 64; }
            http {
                access_log {{_root}}/access.log;
                client_body_temp_path {{_root}}/temp/body;
                proxy_temp_path {{_root}}/temp/proxy;
                fastcgi_temp_path {{_root}}/temp/fastcgi;
                uwsgi_temp_path {{_root}}/temp/uwsgi;
                scgi_temp_path {{_root}}/temp/scgi;
                {{http}}
                server { listen 127.0.0.1:{{_port}}; {{server}} }
            }
            """));
        ProcessStartInfo start = new(nginx!) { RedirectStandardError = true };
        foreach (string argument in new[] { "-c", configuration, "-p", _root, "-e", errors })
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
            catch (SocketException) when (attempt < 2400)
            {
                Assert.False(_nginx.HasExited, File.Exists(errors) ? File.ReadAllText(errors) : "nginx ended");
                Thread.Sleep(50);
            }
        }
    }

    /// <summary>Ends the server at once.</summary>
    public void Stop()
    {
        if (_nginx is not null)
        {
            _nginx.Kill(entireProcessTree: true);
            _nginx.WaitForExit();
            _nginx.Dispose();
            _nginx = null;
        }
    }

    public void Dispose() => Stop();
}
