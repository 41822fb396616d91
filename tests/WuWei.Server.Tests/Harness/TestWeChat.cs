using WuWei.WeChatStub;

namespace WuWei.Tests.Harness;

/// <summary>WeChat's servers for one server of ours, with apps that no other test has: all of them share one Redis.</summary>
public sealed class TestWeChat : IAsyncDisposable
{
    /// <summary>Among a server's settings: it is told of no WeChat.</summary>
    public const string NoApps = "WeChat:Apps=";

    /// <summary>What signs the pushes of the mini program.</summary>
    public string PushToken { get; } = $"push{Guid.NewGuid():n}";

    private TestWeChat(StubServer stub, IReadOnlyList<StubApp> apps) => (Stub, Apps) = (stub, apps);

    public StubServer Stub { get; }

    /// <summary>A mini program, and the H5 pages.</summary>
    public IReadOnlyList<StubApp> Apps { get; }
    public string Mini => Apps[0].Id;
    public string Site => Apps[1].Id;

    /// <summary>What a server is told of it.</summary>
    public string[] Settings =>
    [
        $"WeChat:BaseAddress={Stub.Address}",
        .. Apps.SelectMany((app, i) => new[]
        {
            $"WeChat:Apps:{i}:Id={app.Id}", $"WeChat:Apps:{i}:Secret={app.Secret}",
            $"WeChat:Apps:{i}:Kind={(app.IsMiniProgram ? "MiniProgram" : "Website")}",
        }),
        $"WeChat:Apps:0:PushToken={PushToken}",
    ];

    public static async Task<TestWeChat> StartAsync(TimeProvider clock)
    {
        StubApp[] apps = [NewApp(isMiniProgram: true), NewApp(isMiniProgram: false)];
        return new(await StubServer.StartAsync(clock, port: 0, demo: false, apps), apps);
    }

    public string Code(string user) => Stub.WeChat.NewCode(Mini, user);

    public string SiteCode(string user) => Stub.WeChat.NewCode(Site, user);

    public ValueTask DisposeAsync() => Stub.DisposeAsync();

    private static StubApp NewApp(bool isMiniProgram) =>
        new($"wx{Guid.NewGuid():n}"[..18], $"secret{Guid.NewGuid():n}", isMiniProgram);
}
