namespace WuWei.Access;

/// <summary>Sends a sign-in code to a phone; a district plugs its provider in here.</summary>
public interface ISmsSender
{
    Task SendCodeAsync(string phone, string code, CancellationToken cancel);
}

/// <summary>For a demo and development: shows the code on the server's own console, never in its log.</summary>
public sealed class ConsoleSms : ISmsSender
{
    public Task SendCodeAsync(string phone, string code, CancellationToken cancel) =>
        Console.Error.WriteLineAsync($"短信 {phone}：你的登录验证码是 {code}，5 分钟内有效。");
}
