using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MySqlConnector;
using WuWei.Access;
using WuWei.Activities;
using WuWei.Boards;
using WuWei.Calls;
using WuWei.Campaigns;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Feeds;
using WuWei.Identity;
using WuWei.Inbox;
using WuWei.Invitations;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Notices;
using WuWei.Open311;
using WuWei.Organization;
using WuWei.Partners;
using WuWei.Pictures;
using WuWei.Points;
using WuWei.Privacy;
using WuWei.Recommendations;
using WuWei.Registry;
using WuWei.Screens;
using WuWei.Threads;
using WuWei.Views;
using WuWei.Webhooks;
using WuWei.WeChat;
using WuWei.Wishes;

namespace WuWei;

/// <summary>Everything the services need, and the services, for whoever hosts them.</summary>
public static class WuWeiServices
{
    private const int MessageBytesMax = 256 * 1024;

    /// <summary>
    /// Reads the settings WUWEI_MYSQL, WUWEI_REDIS, WUWEI_KEYS and WUWEI_PICTURES (paths). The host adds an <see cref="ISmsSender"/>
    /// and marks its listeners with <see cref="Door.Mark"/>.
    /// </summary>
    public static IServiceCollection AddWuWei(this IServiceCollection services, IConfiguration settings)
    {
        services.AddWuWeiStorage(settings);
        services.AddSingleton<Passwords>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<SignInReply>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<SecurityEvents>();
        services.AddSingleton<PartnerQuotas>();
        services.AddSingleton<PartnerGate>();
        services.AddSingleton<OnBehalf>();
        services.AddSingleton<PartnerCalls>();
        services.AddSingleton<KeyedWriter>();
        services.AddSingleton<IUnitUse, HomesInUnit>();
        services.AddSingleton<IUnitUse, WishesInUnit>();
        services.AddSingleton<IUnitUse, OrganisationsInUnit>();
        services.AddSingleton<IUnitUse, ActivitiesInUnit>();
        services.AddSingleton<IUnitFollower, ActivitiesInUnit>();
        services.AddSingleton<IJob, UnitChangeJob>();
        services.AddSingleton<IJob, WishClockJob>();
        services.AddSingleton<IJob, ActivityClockJob>();
        services.AddSingleton<IJob, SeriesJob>();
        services.AddSingleton<IJob, NoShowJob>();
        services.AddSingleton<IJob, CampaignJob>();
        services.AddSingleton<IJob, ExpireJob>();
        services.AddSingleton<IJob, FoldCountsJob>();
        services.AddSingleton<IJob, FoldViewsJob>();
        services.AddSingleton<IJob>(s => s.GetRequiredService<Sealer>());
        services.AddSingleton<IJob, BoardJob>();
        services.AddInbox();
        services.AddSingleton<IJob, FollowUnitsJob>();
        services.AddSingleton<IJob, WishMarkJob>();
        services.AddSingleton<IJob, ForgetJob>();
        services.AddSingleton<IJob, ForgetWeChatJob>();
        services.AddSingleton<Worker>();
        services.AddSingleton<RateLimits>();
        services.AddOptions<RateOptions>().BindConfiguration("Rates");
        services.AddOptions<WishOptions>().BindConfiguration("Wishes");
        services.AddOptions<ThreadOptions>().BindConfiguration("Threads");
        services.AddSingleton<IContentOwner, MessagesToCheck>();
        services.AddSingleton<IListedByUnit, ReportsOfClaims>();
        services.AddSingleton<BoardHeads>();
        services.AddSingleton<IUnitRatings, WishRatings>();
        services.AddSingleton<BoardReader>();
        services.AddSingleton<KeptBoards>();
        services.AddSingleton<KeptRanks>();
        services.AddSingleton<CampaignReader>();
        services.AddSingleton<Streams>();
        services.AddSingleton<BoardChoices>();
        services.AddSingleton<BoardFollowing>();
        services.AddSingleton<ScreenPasses>();
        services.AddSingleton<LiveEvents>();
        services.AddSingleton<LiveTotals>();
        services.AddSingleton<Feed>();
        services.AddSingleton<FeedReader>();
        services.AddSingleton<FeedReaches>();
        services.AddSingleton<WebhookHttp>();
        services.AddSingleton<WebhookSender>();
        services.AddWeChat();
        services.AddPictures(() => Required(settings, "WUWEI_PICTURES"));
        services.AddContentChecks();
        services.AddSingleton(s => new ContentOwners(
            [.. s.GetServices<IContentOwner>(), .. ActivityWords.All(s.GetRequiredService<PersonalData>())]));
        services.AddSingleton<IContentOwner, WishTexts>();
        services.AddSingleton<IContentOwner, WishNotes>();
        services.AddSingleton<IContentOwner, ActivityTexts>();
        services.AddSingleton<IContentOwner, PersonNames>();
        AddCache(services);

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
        services.AddSingleton<WeChatService>();
        services.AddSingleton<InboxService>();
        services.AddSingleton<NoticeService>();
        services.AddSingleton<OrganizationService>();
        services.AddSingleton<CategoryService>();
        services.AddSingleton<WishService>();
        services.AddSingleton<WatchService>();
        services.AddSingleton<ThreadService>();
        services.AddSingleton<ActivityService>();
        services.AddSingleton<SeriesService>();
        services.AddSingleton<SignUpService>();
        services.AddSingleton<CheckInCodes>();
        services.AddSingleton<AttendanceService>();
        services.AddSingleton<ServiceRecordService>();
        services.AddSingleton<SkillService>();
        services.AddSingleton<CampaignService>();
        services.AddSingleton<RecommendationService>();
        services.AddSingleton<InvitationService>();
        services.AddSingleton<PointsService>();
        services.AddSingleton<ViewService>();
        services.AddSingleton<BoardService>();
        services.AddSingleton<RegistryService>();
        services.AddSingleton<ScreenService>();
        services.AddSingleton<JournalService>();
        services.AddSingleton<Open311View>();
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
        services.AddSingleton<PartnerBook>();
        services.AddSingleton<PartnerRegister>();
        services.AddSingleton<Categories>();
        services.AddSingleton<PointsRuleBooks>();
        services.AddSingleton<IEarnsBeside, InviterCredit>();
        services.AddSingleton<Payer>();
        services.AddSingleton<Deductor>();
        services.AddSingleton<WishPayment>();
        services.AddSingleton<IPaidActs, PaidWishes>();
        services.AddSingleton<IPaidActs, PaidAttendance>();
        services.AddSingleton<IPaidActs, PaidInvitations>();
        services.AddSingleton<PointsAudit>();
        services.AddSingleton(s => new RedisSource(
            Required(settings, "WUWEI_REDIS"), s.GetService<ILoggerFactory>()));
        services.AddSingleton<IOrganisationNames, OrganisationNames>();
        services.AddSingleton<BoardFeeder>();
        services.AddSingleton<BoardRebuild>();
        services.AddSingleton<BoardRedis>();
        services.AddSingleton<BoardRedisCheck>();
        services.AddSingleton<Sealer>();
        services.AddSingleton<Verifier>();
        services.AddWebhookDesk(settings);
        services.AddSingleton<Recount>();
        services.AddSingleton<ViewReplay>();
        return services;
    }

    public static void MapWuWei(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<AccessService>();
        app.MapGrpcService<IdentityService>();
        app.MapGrpcService<WeChatService>();
        app.MapGrpcService<InboxService>();
        app.MapGrpcService<NoticeService>();
        app.MapGrpcService<OrganizationService>();
        app.MapGrpcService<CategoryService>();
        app.MapGrpcService<WishService>();
        app.MapGrpcService<WatchService>();
        app.MapGrpcService<ThreadService>();
        app.MapGrpcService<ActivityService>();
        app.MapGrpcService<SeriesService>();
        app.MapGrpcService<SignUpService>();
        app.MapGrpcService<AttendanceService>();
        app.MapGrpcService<ServiceRecordService>();
        app.MapGrpcService<SkillService>();
        app.MapGrpcService<CampaignService>();
        app.MapGrpcService<RecommendationService>();
        app.MapGrpcService<InvitationService>();
        app.MapGrpcService<PointsService>();
        app.MapGrpcService<ViewService>();
        app.MapGrpcService<BoardService>();
        app.MapGrpcService<RegistryService>();
        app.MapGrpcService<ScreenService>();
        app.MapGrpcService<PictureService>();
        app.MapGrpcService<ContentCheckService>();
        app.MapGrpcService<JournalService>();
    }

    public static string Required(IConfiguration settings, string name) =>
        settings[name] is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{name} is not set; see the table of settings in README.md.");

    private static void AddInbox(this IServiceCollection services)
    {
        services.AddOptions<InboxOptions>().BindConfiguration("Inbox").ValidateOnStart();
        services.AddSingleton<IValidateOptions<InboxOptions>, InboxOptionsCheck>();
        services.AddSingleton(s => s.GetRequiredService<IOptions<InboxOptions>>().Value);
        services.AddSingleton<IMessageChannel, WeChatChannel>();
        services.AddSingleton<IMessageChannel, SmsChannel>();
        services.AddSingleton<IInboxSource, NoticesInInbox>();
        services.AddSingleton<IJob, InboxJob>();
        services.AddSingleton<IJob, NoticePushJob>();
        services.AddSingleton<IJob, DigestJob>();
        services.AddSingleton<IJob, DeliveryJob>();
        services.AddSingleton<IJob, ForgetInboxJob>();
    }

    private static void AddCache(IServiceCollection services)
    {
        services.AddStackExchangeRedisCache(cache => cache.InstanceName = "wuwei:");
        services.AddOptions<RedisCacheOptions>().Configure<RedisSource>((cache, redis) =>
            cache.ConnectionMultiplexerFactory = redis.ConnectAsync);
        services.AddHybridCache();
        // Each miss while Redis is away would be a line; the connection itself reports once.
        services.AddLogging(logs => logs.AddFilter("Microsoft.Extensions.Caching.Hybrid", LogLevel.None));
    }
}
