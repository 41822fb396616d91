using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using WuWei.Errors;

namespace WuWei.Gateway.Public;

/// <summary>
/// Puts every answer below <see cref="Path"/>, and of uploads, into <c>{errcode, errmsg, data, request_id}</c>, a refusal with its
/// <c>reason</c> and the <c>fields</c> at fault. The HTTP status is kept.
/// </summary>
public static class JsonEnvelope
{
    public static PathString Path { get; } = "/api";

    private static readonly JsonEncodedText Errcode = JsonEncodedText.Encode("errcode");
    private static readonly JsonEncodedText Errmsg = JsonEncodedText.Encode("errmsg");
    private static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    private static readonly JsonEncodedText Fields = JsonEncodedText.Encode("fields");
    private static readonly JsonEncodedText Data = JsonEncodedText.Encode("data");
    private static readonly JsonEncodedText RequestId = JsonEncodedText.Encode("request_id");

    private const int TagBytes = 16;
    private static readonly CacheControlHeaderValue Kept = new() { Public = true, MaxAge = TimeSpan.FromSeconds(15) };

    /// <summary>Chinese is written as it is: the answer is JSON, never part of a page.</summary>
    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IApplicationBuilder UseJsonEnvelope(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        if (!http.Request.Path.StartsWithSegments(Path) && !http.Request.Path.StartsWithSegments(Uploads.Path))
        {
            await next(http);
            return;
        }

        var answer = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var inner = new MemoryStream();
        http.Response.Body = inner;
        JsonRefusal? refused = null;
        try
        {
            await next(http);
            await http.Response.BodyWriter.FlushAsync();
        }
        catch (BadHttpRequestException e)
        {
            refused = OfStatus(e.StatusCode);
        }
        finally
        {
            http.Features.Set(answer);
        }

        var body = inner.GetBuffer().AsMemory(0, (int)inner.Length);
        if (refused is null && http.Response.StatusCode != StatusCodes.Status200OK)
        {
            refused = Parse(body) ?? OfStatus(http.Response.StatusCode);
        }

        if (refused is null && IsForEverybody(http.Request) && IsKnown(http, body.Span))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            http.Response.ContentType = null;
            http.Response.ContentLength = null;
            return;
        }

        await WriteAsync(http, body, refused);
    });

    /// <summary>What was read without signing in is the same for all, so proxies and browsers may keep it for a while.</summary>
    private static bool IsForEverybody(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0;

    /// <summary>Names what is answered, and tells whether the caller has it already.</summary>
    private static bool IsKnown(HttpContext http, ReadOnlySpan<byte> data)
    {
        // Weak: the envelope names another request each time.
        var tag = new EntityTagHeaderValue(
            $"\"{Convert.ToHexStringLower(SHA256.HashData(data).AsSpan(0, TagBytes))}\"", isWeak: true);
        var headers = http.Response.GetTypedHeaders();
        headers.ETag = tag;
        headers.CacheControl = Kept;
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Authorization);
        return http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false));
    }

    /// <summary>Answers with a refusal, outside <see cref="Path"/> too.</summary>
    public static Task RefuseAsync(HttpContext http, RefusedException refused) => WriteAsync(
        http, default, new JsonRefusal(ErrorCodes.Of(refused.Code), refused.Reason, refused.Message, refused.Fields));

    private static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> data, JsonRefusal? refused)
    {
        var code = refused?.Code ?? ErrorCodes.Ok;
        http.Response.StatusCode = code.HttpStatus;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = null;
        if (code.HttpStatus == StatusCodes.Status429TooManyRequests)
        {
            http.Response.Headers.RetryAfter = "60";
        }

        await using (var json = new Utf8JsonWriter(http.Response.BodyWriter, Writing))
        {
            json.WriteStartObject();
            json.WriteNumber(Errcode, code.Errcode);
            json.WriteString(Errmsg, refused?.Message ?? "");
            if (refused is null)
            {
                json.WritePropertyName(Data);
                json.WriteRawValue(data.Span, skipInputValidation: true);
            }
            else
            {
                json.WriteString(Reason, refused.Reason);
                WriteFields(json, refused.Fields);
            }

            json.WriteString(RequestId, http.TraceIdentifier);
            json.WriteEndObject();
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private static void WriteFields(Utf8JsonWriter json, IReadOnlyList<FieldFault> fields)
    {
        json.WriteStartArray(Fields);
        foreach (var fault in fields)
        {
            json.WriteStartObject();
            json.WriteString("field", NameOf(fault.Field));
            json.WriteString("description", fault.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>A field's path as JSON has it.</summary>
    private static string NameOf(string path) => string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    /// <summary>What the transcoder wrote: google.rpc.Status as JSON. Without a reason it is about the request's form.</summary>
    private static JsonRefusal? Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Length == 0 || body.Span[0] != '{')
        {
            return null;
        }

        using var status = JsonDocument.Parse(body);
        var root = status.RootElement;
        var code = ErrorCodes.Of((StatusCode)root.GetProperty("code").GetInt32());
        var (reason, fields) = ("", new List<FieldFault>());
        foreach (var detail in root.GetProperty("details").EnumerateArray())
        {
            if (detail.TryGetProperty("reason", out var said))
            {
                reason = said.GetString()!;
            }
            else if (detail.TryGetProperty("fieldViolations", out var faults))
            {
                fields.AddRange(faults.EnumerateArray().Select(f => new FieldFault(
                    f.GetProperty("field").GetString()!, f.GetProperty("description").GetString()!)));
            }
        }

        return reason.Length > 0 ? new JsonRefusal(code, reason, root.GetProperty("message").GetString()!, fields)
            : code.HttpStatus == StatusCodes.Status400BadRequest ? Malformed
            : null;
    }

    private static JsonRefusal Malformed { get; } =
        new(ErrorCodes.Of(StatusCode.InvalidArgument), "MESSAGE_MALFORMED", "请求的内容无法读取。", []);

    private static JsonRefusal OfStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => new(ErrorCodes.NoRoute, "CALL_UNKNOWN", "没有这个接口。", []),
        StatusCodes.Status405MethodNotAllowed => new(ErrorCodes.NoMethod, "METHOD_UNKNOWN", "这个接口不支持这种请求方法。", []),
        StatusCodes.Status408RequestTimeout or StatusCodes.Status504GatewayTimeout => new(
            ErrorCodes.Of(StatusCode.DeadlineExceeded), "DEADLINE_PASSED", "处理超时，请再试一次。", []),
        StatusCodes.Status413PayloadTooLarge => new(ErrorCodes.TooLarge, "MESSAGE_TOO_LARGE", "请求的内容太大。", []),
        StatusCodes.Status415UnsupportedMediaType => new(ErrorCodes.NotJson, "NOT_JSON", "请用 JSON 发送请求。", []),
        >= 400 and < 500 => Malformed,
        _ => new(ErrorCodes.Of(StatusCode.Internal), "INTERNAL", "系统出错了，我们会尽快处理。", []),
    };
}

/// <param name="Reason">The stable name of what is wrong, as in google.rpc.ErrorInfo.</param>
/// <param name="Message">Chinese, fit to show to a resident.</param>
public sealed record JsonRefusal(ErrorCode Code, string Reason, string Message, IReadOnlyList<FieldFault> Fields);
