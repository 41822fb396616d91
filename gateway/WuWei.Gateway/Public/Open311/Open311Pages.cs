using System.Security.Cryptography;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.Open311;

namespace WuWei.Gateway.Public.Open311;

/// <summary>
/// GeoReport v2 of Open311 below <see cref="Path"/>, see https://wiki.open311.org/GeoReport_v2, in XML and JSON:
/// reading for everybody, reporting with the key of a partner.
/// </summary>
public sealed partial class Open311Pages(
    EnteredCalls calls, Open311View view, IOptions<Open311Options> options, IHostEnvironment environment,
    ILogger<Open311Pages> log)
{
    public static PathString Path { get; } = "/open311";

    private const string List = "WishService/ListWishes";
    private const string Get = "WishService/GetWish";
    private const string Make = "WishService/MakeWish";
    private const string Categories = "CategoryService/ListCategories";
    private const int TagBytes = 16;

    private static readonly CacheControlHeaderValue Kept = new() { Public = true, MaxAge = TimeSpan.FromSeconds(15) };

    /// <summary>
    /// Whatever is asked below the path, so that every refusal has the form that clients of the standard read.
    /// </summary>
    public async Task ServeAsync(HttpContext http)
    {
        var asked = Open311Path.Of(http.Request);
        if (Door.Of(http) != Doors.Public)
        {
            asked = asked with { Resource = Open311Resource.None };
        }

        try
        {
            var (root, answer) = await AnswerAsync(http, asked);
            await SendAsync(http, asked, StatusCodes.Status200OK, root, answer);
        }
        catch (RefusedException refused)
        {
            await RefuseAsync(http, asked, refused);
        }
        catch (BadHttpRequestException)
        {
            await RefuseAsync(http, asked, ReportForms.Unreadable());
        }
        catch (Exception bug) when (bug is not OperationCanceledException || !http.RequestAborted.IsCancellationRequested)
        {
            // Details stay in our log, and there without the message: it may quote a resident.
            LogBug($"{asked.Resource}", bug.GetType().Name, bug.StackTrace);
            await RefuseAsync(
                http, asked, new RefusedException(StatusCode.Internal, "INTERNAL", "系统出错了，我们会尽快处理。", []));
        }
    }

    private async Task<(string Root, Spark Answer)> AnswerAsync(HttpContext http, Open311Path asked)
    {
        var (query, jurisdiction) = (http.Request.Query, $"{http.Request.Query["jurisdiction_id"]}");
        switch (asked)
        {
            case { Resource: Open311Resource.Requests, Id: null, IsPost: true }:
                var form = await ReportForms.ReadAsync(http);
                var intent = ReportForms.IdempotencyKeyOf(http.Request) ?? view.KeyOf(form);
                return (Open311Answers.Requests, await calls.EnterAsync(
                    http, Make, ReportForms.KeyOf(http.Request, form), intent, async context =>
                    {
                        var (id, notice) = await view.ReportAsync(form, context);
                        return Open311Answers.Made(id, notice);
                    }));
            case { IsGet: false }:
                throw Refuse.Invalid("METHOD_UNKNOWN", "这个地址不支持这种请求方法。");
            case { Resource: Open311Resource.Discovery }:
                return (Open311Answers.Discovery, Open311Discovery.Of(http.Request, options.Value, environment));
            case { Resource: Open311Resource.Services, Id: null }:
                return (Open311Answers.Services, await ReadAsync(Categories, null, async context =>
                    Open311Answers.Of(await view.ListServicesAsync(jurisdiction, context))));
            case { Resource: Open311Resource.Services, Id: { } code }:
                return (Open311Answers.Definition, await ReadAsync(Categories, null, async context =>
                    Open311Answers.Of(code, await view.ListAttributesAsync(jurisdiction, code, context))));
            case { Resource: Open311Resource.Requests, Id: null }:
                return (Open311Answers.Requests, await ReadAsync(List, ReportForms.KeyOf(http.Request), async context =>
                    Open311Answers.Of(await view.ListRequestsAsync(name => $"{query[name]}", context), IsExtended(query))));
            case { Resource: Open311Resource.Requests, Id: { } id }:
                return (Open311Answers.Requests, await ReadAsync(Get, ReportForms.KeyOf(http.Request), async context =>
                    Open311Answers.Of([await view.GetRequestAsync(jurisdiction, id, context)], IsExtended(query))));
            case { Resource: Open311Resource.Tokens }:
                throw Refuse.Missing("TOKEN_UNKNOWN", "没有这个 token：每次上报都直接返回 service_request_id。");
            default:
                throw Refuse.Missing("CALL_UNKNOWN", "没有这个接口。");
        }

        Task<Spark> ReadAsync(string rpc, ShownKey? key, Func<ServerCallContext, Task<Spark>> read) =>
            calls.EnterAsync(http, rpc, key, idempotencyKey: null, read);
    }

    private static bool IsExtended(IQueryCollection query) => $"{query["extensions"]}" is "true" or "1";

    private static async Task RefuseAsync(HttpContext http, Open311Path asked, RefusedException refused)
    {
        var status = StatusOf(refused.Code);
        if (status == StatusCodes.Status429TooManyRequests)
        {
            http.Response.Headers.RetryAfter = "60";
        }

        await SendAsync(http, asked, status, Open311Answers.Errors, Open311Answers.Of(status, refused));
    }

    /// <summary>
    /// The standard has 404 for what is not there, 403 for keys and 400 for all other faults of a request. What is no
    /// fault of the request keeps the status that programs and proxies wait and try again by.
    /// </summary>
    private static int StatusOf(StatusCode code) => code switch
    {
        StatusCode.NotFound or StatusCode.Unimplemented => StatusCodes.Status404NotFound,
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.Internal => StatusCodes.Status500InternalServerError,
        _ => StatusCodes.Status400BadRequest,
    };

    private static async Task SendAsync(HttpContext http, Open311Path asked, int status, string root, Spark answer)
    {
        var bytes = asked.IsJson ? answer.ToJson() : answer.ToXml(root);
        if (status == StatusCodes.Status200OK && asked.IsGet && IsKnown(http, bytes))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = asked.IsJson ? "application/json; charset=utf-8" : "text/xml; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    /// <summary>
    /// Names what was answered, and tells whether the caller has it already. Proxies may keep what was read without a
    /// key.
    /// </summary>
    private static bool IsKnown(HttpContext http, byte[] answer)
    {
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(answer).AsSpan(0, TagBytes))}\"");
        var headers = http.Response.GetTypedHeaders();
        headers.ETag = tag;
        if (ReportForms.KeyOf(http.Request) is null)
        {
            headers.CacheControl = Kept;
            http.Response.Headers.Append(HeaderNames.Vary, $"{HeaderNames.Accept}, {ReportForms.KeyHeader}");
        }

        return http.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false));
    }

    [LoggerMessage(LogLevel.Error, "Open311 {Resource} failed with {Kind} at {Trace}")]
    private partial void LogBug(string resource, string kind, string? trace);
}
