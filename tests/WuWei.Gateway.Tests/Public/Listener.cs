using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

public sealed record ServerSentEvent(string Name, string Id, JsonNode Data);

/// <summary>Somebody who listens to server-sent events and keeps them.</summary>
public sealed class Listener : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly CancellationTokenSource _over = new();
    private readonly List<ServerSentEvent> _events = [];
    private readonly SemaphoreSlim _came = new(0);
    private Task _reading = Task.CompletedTask;

    private Listener(TestServer server) =>
        _http = new HttpClient { BaseAddress = new Uri(server.PublicAddress), Timeout = Timeout.InfiniteTimeSpan };

    public static async Task<Listener> OpenAsync(TestServer server, string path, string? token, string? lastId = null)
    {
        var listener = new Listener(server);
        using var request = Request(path, token, lastId);
        var response = await listener._http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.EnsureSuccessStatusCode().Content.Headers.ContentType!.MediaType);
        listener._reading = listener.ReadAsync(response);
        return listener;
    }

    public static HttpRequestMessage Request(string path, string? token, string? lastId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is { Length: > 0 })
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (lastId is not null)
        {
            request.Headers.Add("last-event-id", lastId);
        }

        return request;
    }

    public IReadOnlyList<ServerSentEvent> Seen(string name)
    {
        lock (_events)
        {
            return [.. _events.Where(e => e.Name == name)];
        }
    }

    /// <summary>The first so many events of a name, as soon as they have come.</summary>
    public async Task<IReadOnlyList<ServerSentEvent>> TakeAsync(string name, int count)
    {
        while (Seen(name).Count < count)
        {
            var came = _came.WaitAsync(Patience);
            await Task.WhenAny(came, _reading);
            Assert.True(
                !_reading.IsCompleted && await came, $"{count} of {name} did not come, only {Seen(name).Count}: {_reading.Status}");
        }

        return [.. Seen(name).Take(count)];
    }

    /// <summary>The server ended the stream.</summary>
    public Task EndedAsync() => _reading.WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        try
        {
            await _reading;
        }
        catch (OperationCanceledException)
        {
            // As it was meant.
        }

        _http.Dispose();
        _over.Dispose();
        _came.Dispose();
    }

    private async Task ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(_over.Token));
            var fields = new Dictionary<string, string>();
            while (await lines.ReadLineAsync(_over.Token) is { } line)
            {
                if (line.Length > 0)
                {
                    var colon = line.IndexOf(':', StringComparison.Ordinal);
                    fields[line[..colon]] = line[(colon + 1)..].TrimStart();
                }
                else if (fields.TryGetValue("data", out var data))
                {
                    lock (_events)
                    {
                        _events.Add(new(fields["event"], fields.GetValueOrDefault("id", ""), JsonNode.Parse(data)!));
                    }

                    fields.Clear();
                    _came.Release();
                }
            }
        }
    }
}
