using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using StackExchange.Redis;
using WuWei.Access;
using WuWei.Activities;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Points;
using WuWei.Privacy;
using WuWei.Wishes;

namespace WuWei;

/// <summary>Everything the services need, and the services, for whoever hosts them.</summary>
public static class WuWeiServices
{
    private const int MessageBytesMax = 256 * 1024;

    /// <summary>
    /// Reads the settings WUWEI_MYSQL, WUWEI_REDIS and WUWEI_KEYS (a path). The host adds an <see cref="ISmsSender"/>
    /// and marks its listeners with <see cref="Door.Mark"/>.
    /// </summary>
    public static IServiceCollection AddWuWei(this IServiceCollection services, IConfiguration settings)
    {
        services.AddWuWeiStorage(settings);
        services.AddSingleton<Passwords>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SecurityEvents>();
        services.AddSingleton<KeyedWriter>();
        services.AddSingleton<IUnitUse, HomesInUnit>();
        services.AddSingleton<IUnitUse, WishesInUnit>();
        services.AddSingleton<IUnitUse, ActivitiesInUnit>();
        services.AddSingleton<IUnitFollower, ActivitiesInUnit>();
        services.AddSingleton<IJob, UnitChangeJob>();
        services.AddSingleton<IJob, WishClockJob>();
        services.AddSingleton<IJob, ActivityClockJob>();
        services.AddSingleton<IJob, NoShowJob>();
        services.AddSingleton<IJob, ExpireJob>();
        services.AddSingleton<IJob, FoldCountsJob>();
        services.AddSingleton<IJob>(s => s.GetRequiredService<Sealer>());
        services.AddSingleton<IJob, FollowUnitsJob>();
        services.AddSingleton<IJob, ForgetJob>();
        services.AddSingleton<Worker>();
        services.AddOptions<WishOptions>().BindConfiguration("Wishes");
        AddCache(services, settings);

        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = MessageBytesMax;
            grpc.Interceptors.Add<RefusalInterceptor>();
            grpc.Interceptors.Add<AccessInterceptor>();
        });
        services.AddSingleton<AccessInterceptor>();
        services.AddSingleton<RefusalInterceptor>();
        services.AddSingleton<AccessService>();
        services.AddSingleton<IdentityService>();
        services.AddSingleton<OrganizationService>();
        services.AddSingleton<CategoryService>();
        services.AddSingleton<WishService>();
        services.AddSingleton<ActivityService>();
        services.AddSingleton<SignUpService>();
        services.AddSingleton<CheckInCodes>();
        services.AddSingleton<AttendanceService>();
        services.AddSingleton<ServiceRecordService>();
        services.AddSingleton<SkillService>();
        services.AddSingleton<PointsService>();
        return services;
    }

    /// <summary>What an operator's command needs: the database and the keys, no server.</summary>
    public static IServiceCollection AddWuWeiStorage(this IServiceCollection services, IConfiguration settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(s => DataSource.Build(
            Required(settings, "WUWEI_MYSQL"), s.GetService<ILoggerFactory>()));
        services.AddSingleton<Database>();
        services.AddSingleton<IKeyModule>(s => KeyFile.Load(
            Required(settings, "WUWEI_KEYS"), s.GetService<ILogger<KeyFile>>()));
        services.AddSingleton<PersonalData>();
        services.AddSingleton<Units>();
        services.AddSingleton<Categories>();
        services.AddSingleton<PointsRuleBooks>();
        services.AddSingleton<Payer>();
        services.AddSingleton<WishPayment>();
        services.AddSingleton<PointsAudit>();
        services.AddSingleton<Sealer>();
        services.AddSingleton<Verifier>();
        services.AddSingleton<Recount>();
        return services;
    }

    public static void MapWuWei(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<AccessService>();
        app.MapGrpcService<IdentityService>();
        app.MapGrpcService<OrganizationService>();
        app.MapGrpcService<CategoryService>();
        app.MapGrpcService<WishService>();
        app.MapGrpcService<ActivityService>();
        app.MapGrpcService<SignUpService>();
        app.MapGrpcService<AttendanceService>();
        app.MapGrpcService<ServiceRecordService>();
        app.MapGrpcService<SkillService>();
        app.MapGrpcService<PointsService>();
    }

    public static string Required(IConfiguration settings, string name) =>
        settings[name] is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{name} is not set; see README.md, Settings.");

    /// <summary>Redis is a cache: when it is away, each use fails at once and the database answers.</summary>
    private static void AddCache(IServiceCollection services, IConfiguration settings)
    {
        var redis = ConfigurationOptions.Parse(Required(settings, "WUWEI_REDIS"));
        redis.AbortOnConnectFail = false;
        redis.ConnectTimeout = 1_000;
        redis.AsyncTimeout = 500;
        redis.SyncTimeout = 500;
        redis.BacklogPolicy = BacklogPolicy.FailFast;
        services.AddStackExchangeRedisCache(cache => cache.InstanceName = "wuwei:");
        // Awaited by the first calls, not blocking their threads: those are what the connecting itself needs.
        services.AddOptions<RedisCacheOptions>().Configure<ILoggerFactory>((cache, logs) =>
            cache.ConnectionMultiplexerFactory = async () =>
            {
                redis.LoggerFactory = logs;
                return await ConnectionMultiplexer.ConnectAsync(redis);
            });
        services.AddHybridCache();
        // Each miss while Redis is away would be a line; the connection itself reports once.
        services.AddLogging(logs => logs.AddFilter("Microsoft.Extensions.Caching.Hybrid", LogLevel.None));
    }
}
