using WuWei.WeChatStub;

if (args is not [var port, var appId, var secret] || !ushort.TryParse(port, out var number))
{
    await Console.Error.WriteLineAsync("usage: wechat-stub PORT APP_ID SECRET (a mini program)");
    return 2;
}

await using var stub = await StubServer.StartAsync(
    TimeProvider.System, number, demo: true, new StubApp(appId, secret, IsMiniProgram: true));
await stub.EndedAsync();
return 0;
