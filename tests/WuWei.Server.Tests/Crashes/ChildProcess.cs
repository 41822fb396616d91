using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace WuWei.Tests.Crashes;

/// <summary>
/// A real process that a test kills without warning. A shell in between holds the other end of a pipe: when the pipe
/// closes, because the test asked for it or because the test itself died, the shell kills -9 what it started.
/// </summary>
public sealed class ChildProcess : IDisposable
{
    private const string Guard =
        """log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & echo $!; cat >/dev/null; kill -KILL $!; wait""";

    private readonly string _folder;
    private readonly string[] _command;
    private readonly (string Name, string Value)[] _environment;
    private Process? _guard;
    private string _id = "";

    /// <param name="folder">Where it works, and writes NAME.log.</param>
    public ChildProcess(
        string name, string folder, IEnumerable<string> command, params (string Name, string Value)[] environment)
    {
        _folder = folder;
        _command = [.. command];
        _environment = environment;
        Log = Path.Combine(folder, $"{name}.log");
    }

    public string Log { get; }

    public void Start()
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", Guard, "guard", Log },
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var part in _command)
        {
            start.ArgumentList.Add(part);
        }

        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        _guard = Process.Start(start)!;
        _id = _guard.StandardOutput.ReadLine()!;
    }

    /// <summary>It lives, holds its connections, and does nothing at all until it is thawed.</summary>
    public void Freeze() => Signal("STOP");

    public void Thaw() => Signal("CONT");

    /// <summary>kill -9, and gone when this returns.</summary>
    public void Kill()
    {
        _guard?.StandardInput.Close();
        _guard?.WaitForExit();
        _guard?.Dispose();
        _guard = null;
    }

    /// <summary>Until it answers; its log in the failure if it does not within a minute.</summary>
    public async Task AwaitAsync(Func<Task> ask)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            try
            {
                await ask();
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException && waited.Elapsed < TimeSpan.FromMinutes(1))
            {
                await Task.Delay(50);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException(
                    $"{_command[0]} does not answer: {string.Join('\n', File.ReadLines(Log).TakeLast(20))}", e);
            }
        }
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _id]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public void Dispose() => Kill();

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
