using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using WuWei.Access;
using WuWei.Errors;
using WuWei.Open311;

namespace WuWei.Gateway.Public.Open311;

/// <summary>Reads reports off the wire, and what a call carries besides.</summary>
public static class ReportForms
{
    /// <summary>For reading, where an address with the key in it would be kept in logs.</summary>
    public const string KeyHeader = "x-api-key";

    private const string IdempotencyKey = "idempotency-key";
    private const string Form = "application/x-www-form-urlencoded";
    private const int BytesMax = 64 * 1024;
    private const int FieldsMax = 100;

    /// <summary>In another encoding Chinese would be lost without a word, so what is none of this is refused.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async Task<ReportForm> ReadAsync(HttpContext http)
    {
        var request = http.Request;
        if (!IsForm(request.ContentType))
        {
            throw Refuse.Invalid("FORM_TYPE", $"上报的内容应为 {Form}，编码为 UTF-8。");
        }

        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = BytesMax;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, http.RequestAborted);
        return Parse(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    /// <summary>What a partner shows when it reads; null when it, like everybody, shows none.</summary>
    public static ShownKey? KeyOf(HttpRequest request) => Header(request, KeyHeader) is { } key ? Shown(key) : null;

    /// <summary>What a partner shows when it reports; nothing is no key of anybody's.</summary>
    public static ShownKey KeyOf(HttpRequest request, ReportForm form) => KeyOf(request) ?? Shown(form[ReportForm.ApiKey]);

    public static string? IdempotencyKeyOf(HttpRequest request) => Header(request, IdempotencyKey);

    public static RefusedException Unreadable() => Refuse.Invalid(
        "FORM_UNREADABLE", $"上报的内容无法读取：应为 UTF-8 的表单，最多 {BytesMax / 1024} KB、{FieldsMax} 项。");

    /// <summary>The framework's own reader leaves what it cannot decode as it is.</summary>
    private static ReportForm Parse(ReadOnlySpan<byte> body)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var range in body.Split((byte)'&'))
        {
            var field = body[range];
            var equals = field.IndexOf((byte)'=');
            if (equals > 0)
            {
                fields.Add(new(Decode(field[..equals]), Decode(field[(equals + 1)..])));
            }

            if (fields.Count > FieldsMax)
            {
                throw Unreadable();
            }
        }

        return new ReportForm(fields);
    }

    private static string Decode(ReadOnlySpan<byte> escaped)
    {
        try
        {
            return Utf8.GetString(WebUtility.UrlDecodeToBytes(escaped.ToArray(), 0, escaped.Length)!);
        }
        catch (DecoderFallbackException)
        {
            throw Unreadable();
        }
    }

    private static ShownKey Shown(string key) => new(key, ShownKey.Open311Scope);

    private static string? Header(HttpRequest request, string name) =>
        $"{request.Headers[name]}" is { Length: > 0 } value ? value : null;

    private static bool IsForm(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue
            || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
