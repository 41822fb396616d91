using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace WuWei.WeChatStub;

/// <summary>How WeChat pushes what it thinks of a picture, to the address that an app has set.</summary>
/// <param name="Key">The 43 characters of EncodingAESKey; empty: in clear.</param>
/// <param name="Xml">Or JSON.</param>
public sealed record StubPush(Uri Address, string Token, string Key, bool Xml, TimeProvider Clock)
{
    private const int BlockBytes = 32;

    /// <summary>Tries the address, as WeChat does before it takes it.</summary>
    public Task<HttpResponseMessage> TryAsync(string echo)
    {
        var (timestamp, nonce) = Words();
        return SendAsync(HttpMethod.Get,
            $"signature={Sign(timestamp, nonce)}&echostr={echo}&timestamp={timestamp}&nonce={nonce}", null);
    }

    /// <summary>The verdict on one picture.</summary>
    /// <param name="suggest">pass, review, risky, or whatever WeChat does not promise.</param>
    public Task<HttpResponseMessage> VerdictAsync(StubPicture picture, string suggest, int errcode = 0)
    {
        var (query, body) = Envelope(picture, suggest, errcode);
        return SendAsync(HttpMethod.Post, query, body);
    }

    /// <summary>The query and body of a verdict, to be sent as they are or not.</summary>
    public (string Query, string Body) Envelope(StubPicture picture, string suggest, int errcode = 0)
    {
        var (timestamp, nonce) = Words();
        var plain = Xml ? XmlOf(picture, suggest, errcode) : JsonOf(picture, suggest, errcode);
        var query = $"signature={Sign(timestamp, nonce)}&timestamp={timestamp}&nonce={nonce}&openid={picture.OpenId}";
        if (Key.Length == 0)
        {
            return (query, plain);
        }

        var encrypted = Encrypt(picture.AppId, plain);
        return (
            $"{query}&encrypt_type=aes&msg_signature={Sign(timestamp, nonce, encrypted)}",
            Xml
                ? $"<xml><ToUserName><![CDATA[gh_stub]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
                : new JsonObject { ["ToUserName"] = "gh_stub", ["Encrypt"] = encrypted }.ToJsonString());
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string query, string? body)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(Address, $"?{query}"));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, Xml ? "text/xml" : "application/json");
        }

        return await client.SendAsync(request);
    }

    private (string Timestamp, string Nonce) Words() => (
        Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        RandomNumberGenerator.GetInt32(int.MaxValue).ToString(CultureInfo.InvariantCulture));

#pragma warning disable CA5350 // WeChat's own choice.
    private string Sign(params string[] words) => Convert.ToHexStringLower(SHA1.HashData(
        Encoding.UTF8.GetBytes(string.Concat(words.Append(Token).Order(StringComparer.Ordinal)))));
#pragma warning restore CA5350

    private string Encrypt(string appId, string text)
    {
        var key = Convert.FromBase64String($"{Key}=");
        var message = Encoding.UTF8.GetBytes(text);
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, message.Length);
        byte[] plain = [.. RandomNumberGenerator.GetBytes(16), .. length, .. message, .. Encoding.UTF8.GetBytes(appId)];
        var padding = BlockBytes - (plain.Length % BlockBytes);
        using var aes = Aes.Create();
        aes.Key = key;
        return Convert.ToBase64String(aes.EncryptCbc(
            [.. plain, .. Enumerable.Repeat((byte)padding, padding)], key.AsSpan(0, 16), PaddingMode.None));
    }

    private string JsonOf(StubPicture picture, string suggest, int errcode) => new JsonObject
    {
        ["ToUserName"] = "gh_stub",
        ["FromUserName"] = picture.OpenId,
        ["CreateTime"] = Clock.GetUtcNow().ToUnixTimeSeconds(),
        ["MsgType"] = "event",
        ["Event"] = "wxa_media_check",
        ["appid"] = picture.AppId,
        ["trace_id"] = picture.Trace,
        ["version"] = 2,
        ["detail"] = new JsonArray(new JsonObject
        {
            ["strategy"] = "content_model",
            ["errcode"] = errcode,
            ["suggest"] = suggest,
            ["label"] = 100,
            ["prob"] = 90,
        }),
        ["errcode"] = errcode,
        ["errmsg"] = "ok",
        ["result"] = new JsonObject { ["suggest"] = suggest, ["label"] = 100 },
    }.ToJsonString();

    private string XmlOf(StubPicture picture, string suggest, int errcode) =>
        $"""
        <xml>
          <ToUserName><![CDATA[gh_stub]]></ToUserName>
          <FromUserName><![CDATA[{picture.OpenId}]]></FromUserName>
          <CreateTime>{Clock.GetUtcNow().ToUnixTimeSeconds()}</CreateTime>
          <MsgType><![CDATA[event]]></MsgType>
          <Event><![CDATA[wxa_media_check]]></Event>
          <appid><![CDATA[{picture.AppId}]]></appid>
          <trace_id><![CDATA[{picture.Trace}]]></trace_id>
          <version>2</version>
          <detail>
            <strategy><![CDATA[content_model]]></strategy>
            <errcode>{errcode}</errcode>
            <suggest><![CDATA[{suggest}]]></suggest>
            <label>100</label>
          </detail>
          <errcode>{errcode}</errcode>
          <errmsg><![CDATA[ok]]></errmsg>
          <result>
            <suggest><![CDATA[{suggest}]]></suggest>
            <label>100</label>
          </result>
        </xml>
        """;
}
