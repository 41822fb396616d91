using WuWei.WeChatStub;

// The same settings as the server's, so that the two agree.
var appId = Environment.GetEnvironmentVariable("WeChat__Apps__0__Id");
var secret = Environment.GetEnvironmentVariable("WeChat__Apps__0__Secret");
if (appId is null || secret is null || args is not [var port] || !ushort.TryParse(port, out var number))
{
    await Console.Error.WriteLineAsync(
        "usage: wechat-stub PORT, with a mini program in WeChat__Apps__0__Id and WeChat__Apps__0__Secret");
    return 2;
}

await using var stub = await StubServer.StartAsync(
    TimeProvider.System, number, demo: true, new StubApp(appId, secret, IsMiniProgram: true));
if (Environment.GetEnvironmentVariable("ContentChecks__PublicAddress") is { Length: > 0 } address
    && Environment.GetEnvironmentVariable("WeChat__Apps__0__PushToken") is { Length: > 0 } token)
{
    stub.PushesTo = new StubPush(new Uri($"{address}/wechat/callback"), token, "", Xml: false, TimeProvider.System);
}

await stub.EndedAsync();
return 0;
