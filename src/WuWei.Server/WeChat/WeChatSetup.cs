using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using WuWei.ContentChecks;

namespace WuWei.WeChat;

/// <summary>Puts the client for WeChat together: how long it waits, what it tries again, when it stops asking.</summary>
public static class WeChatSetup
{
    private const int AnswerBytesMax = 64 * 1024;
    private const int TriesMoreMax = 2;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PooledFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookedAtFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(5);

    public static IServiceCollection AddWeChat(this IServiceCollection services)
    {
        services.AddOptions<WeChatOptions>().BindConfiguration("WeChat").ValidateOnStart();
        services.AddSingleton<IValidateOptions<WeChatOptions>, WeChatOptionsCheck>();
        services.AddSingleton(s => s.GetRequiredService<IOptions<WeChatOptions>>().Value);
        services.AddSingleton<WeChatHttp>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<IWeChat, WeChatApi>();
        services.AddSingleton<WeChatCodes>();
        services.AddSingleton<WeChatBindings>();
        services.AddSingleton<WeChatSignIn>();
        services.AddSingleton<IContentJudge, WeChatJudge>();
        services.AddSingleton<WeChatPushes>();
        AddClient(services, WeChatHttp.Once, NeverArrived);
        AddClient(services, WeChatHttp.Again, HttpClientResiliencePredicates.IsTransient);
        return services;
    }

    private static void AddClient(
        IServiceCollection services, string name, Func<Outcome<HttpResponseMessage>, bool> mayRepeat)
    {
        var client = services.AddHttpClient(name, (s, http) =>
        {
            var options = s.GetRequiredService<WeChatOptions>();
            http.BaseAddress = options.BaseAddress;
            // The body is read outside of the handlers: this is what ends one that does not end.
            http.Timeout = (options.RequestTime * (TriesMoreMax + 1)) + (Pause * 10);
            http.MaxResponseContentBufferSize = AnswerBytesMax;
        });
        // A redirect would carry the secret in the address to somebody else.
        client.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = PooledFor,
            AutomaticDecompression = DecompressionMethods.All,
        });
        // The handler renews its connections by itself.
        client.SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        // They would print the address of each request.
        client.RemoveAllLoggers();
        client.AddResilienceHandler(name, (pipeline, context) =>
        {
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            pipeline.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = TriesMoreMax,
                Delay = Pause,
                UseJitter = true,
                BackoffType = DelayBackoffType.Exponential,
                ShouldHandle = attempt => ValueTask.FromResult(mayRepeat(attempt.Outcome)),
            });
            pipeline.AddCircuitBreaker(new HttpCircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = LookedAtFor,
                BreakDuration = OpenFor,
            });
            pipeline.AddTimeout(context.ServiceProvider.GetRequiredService<WeChatOptions>().RequestTime);
        });
    }

    /// <summary>No connection came about, so no code can have been used up.</summary>
    private static bool NeverArrived(Outcome<HttpResponseMessage> outcome) => outcome.Exception is HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError,
    };
}
