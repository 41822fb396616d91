using System.Net;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Gateway.Public.Open311;

namespace WuWei.Gateway.Public;

/// <summary>The services as people's programs call them: gRPC-Web, and JSON below /api.</summary>
public static class PublicApi
{
    /// <summary>A message of the most that a call takes, in its frame; JSON of it is not longer.</summary>
    private const int BodyBytesMax = 400 * 1024;

    private static readonly TimeSpan DeadlineMax = TimeSpan.FromSeconds(30);

    public static void AddPublicApi(this IServiceCollection services, IConfiguration settings)
    {
        services.AddGrpc().AddJsonTranscoding(json =>
        {
            json.TypeRegistry = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);
            json.JsonSettings.WriteInt64sAsStrings = true;
        });
        services.AddHostedService<RateSharing>();
        services.AddSingleton<Live.LivePages>();
        services.AddSingleton<Uploads>();
        services.AddSingleton<PicturePages>();
        services.AddSingleton<EnteredCalls>();
        services.AddSingleton<Open311Pages>();
        services.AddOptions<Open311Options>().BindConfiguration("Open311");
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = DeadlineMax,
            TimeoutStatusCode = StatusCodes.Status504GatewayTimeout,
        });
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(settings.GetSection("Public:Origins").Get<string[]>() ?? [])
            .WithMethods("GET", "POST", "PUT")
            .AllowAnyHeader()
            .WithExposedHeaders(
                "grpc-status", "grpc-message", "grpc-status-details-bin", RequestIds.Header, "etag", "retry-after")
            .SetPreflightMaxAge(TimeSpan.FromHours(1))));
    }

    /// <summary>Everything that is in front of the services on the public door; other doors are not touched.</summary>
    public static void UsePublicApi(this WebApplication app)
    {
        var proxies = Proxies(app.Configuration);
        app.UseWhen(http => Door.Of(http) == Doors.Public, door =>
        {
            if (proxies is not null)
            {
                door.UseForwardedHeaders(proxies);
            }

            door.UseRequestIds()
                .UseSecurityHeaders()
                .UsePages(app.Configuration)
                .UseCors()
                .UseRequestTimeouts()
                .UseJsonEnvelope()
                .Use(Bound)
                .UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        });
    }

    /// <summary>
    /// Only these proxies are believed when they say whom they speak for. Without any the header must not be read at all:
    /// the framework takes an empty list for everybody.
    /// </summary>
    private static ForwardedHeadersOptions? Proxies(IConfiguration settings)
    {
        if (settings.GetSection("Public:Proxies").Get<string[]>() is not { Length: > 0 } proxies)
        {
            return null;
        }

        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                forwarded.KnownProxies.Add(address);
            }
            else if (System.Net.IPNetwork.TryParse(proxy, out var network))
            {
                forwarded.KnownIPNetworks.Add(network);
            }
            else
            {
                throw new InvalidOperationException($"Public:Proxies has what is no address and no network: {proxy}");
            }
        }

        return forwarded;
    }

    private static Task Bound(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.StartsWithSegments(Open311Pages.Path))
        {
            // It bounds what it reads itself, and refuses in a form of its own.
            return next(http);
        }

        var uploads = http.Request.Path.StartsWithSegments(Uploads.Path);
        var bytesMax = uploads ? Uploads.BodyBytesMax : BodyBytesMax;
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = bytesMax;
        if (http.Request.ContentLength > bytesMax)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return Task.CompletedTask;
        }

        if (uploads || http.Request.Path.StartsWithSegments(JsonEnvelope.Path))
        {
            if (uploads || IsJson(http))
            {
                return next(http);
            }

            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }

        // gRPC has a deadline of its own, and a stream needs none.
        http.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        if (http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Type == MethodType.Unary)
        {
            http.Request.Headers.TryAdd("grpc-timeout", $"{DeadlineMax.TotalSeconds}S");
        }

        return next(http);
    }

    /// <summary>
    /// A body is JSON in UTF-8. The transcoder would look up any encoding by its name as it stands, and fail with an error
    /// of ours when there is none, so it is not shown one.
    /// </summary>
    private static bool IsJson(HttpContext http)
    {
        var (request, charset) = (http.Request, StringSegment.Empty);
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.Charset.HasValue)
        {
            charset = HeaderUtilities.RemoveQuotes(type.Charset);
            request.ContentType = $"{type.MediaType}";
        }

        var isUtf8 = charset.Length == 0 || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        var hasBody = http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;
        return isUtf8 && (!hasBody || request.ContentType is null || request.HasJsonContentType());
    }
}
