using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;
using WuWei.Access;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Identity;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Operator;
using WuWei.Organization;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Tests.Harness;

/// <summary>
/// A small district, and people in it made as a test needs them:
/// <code>
/// 999900 district
///   999900001 street           999900002 other street
///     999900001001 community     999900002001 far community
///       999900001001G01 grid
///     999900001002 next community
/// </code>
/// </summary>
public sealed class World
{
    private const string Units =
        """
        code,name,level,parent_code
        999900,测试区,district,
        999900001,东街道,street,999900
        999900002,西街道,street,999900
        999900001001,甲社区,community,999900001
        999900001002,乙社区,community,999900001
        999900002001,丙社区,community,999900002
        999900001001G01,第一网格,grid,999900001001
        """;

    private const string StaffPassword = "a long enough password";
    private static readonly byte[] StaffSecret = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];
    private static readonly Lazy<string> StaffHash = new(() => Passwords.Hash(StaffPassword));
    private static int _phones;
    private readonly TestServer _server;
    private readonly UnitTree _tree;
    private readonly CategoryBook _book;

    private World(TestServer server, UnitTree tree, CategoryBook book)
    {
        _server = server;
        _tree = tree;
        _book = book;
    }

    public Guid District => Unit("999900");
    public Guid Street => Unit("999900001");
    public Guid OtherStreet => Unit("999900002");
    public Guid Community => Unit("999900001001");
    public Guid NextCommunity => Unit("999900001002");
    public Guid FarCommunity => Unit("999900002001");
    public Guid Grid => Unit("999900001001G01");

    public static async Task<World> CreateAsync(TestServer server)
    {
        var units = server.Services.GetRequiredService<Units>();
        var file = new FileInfo(Path.GetTempFileName());
        await File.WriteAllTextAsync(file.FullName, Units);
        await new UnitImport(server.Db, units, server.Clock).ImportAsync(
            file, under: null, UnitImport.System, (_, _) => { }, CancellationToken.None);
        file.Delete();
        server.Services.GetRequiredService<Categories>().Forget();
        return new World(
            server, await units.TreeAsync(CancellationToken.None),
            await server.Services.GetRequiredService<Categories>().BookAsync(CancellationToken.None));
    }

    /// <summary>A default category of level 2 by its code, such as <c>errands</c>, or <c>rights</c>, which is sensitive.</summary>
    public Category Category(string code) => _book.Find(District, code)!;

    /// <param name="byPassword">Whether their session began with password and authenticator, or with a code.</param>
    public Task<Actor> ResidentAsync(Guid? home = null, bool byPassword = true) =>
        PersonAsync(home ?? Community, byPassword);

    /// <summary>Nobody: their calls carry no token.</summary>
    public Actor Nobody => new(_server.Channel, Guid.Empty, "", "", "");

    /// <summary>Somebody with a role for a unit; they live in the far community unless told otherwise.</summary>
    public async Task<Actor> WithRoleAsync(Role role, Guid unit, Guid? home = null)
    {
        var actor = await ResidentAsync(home ?? FarCommunity);
        await GrantAsync(actor, role, unit);
        return actor;
    }

    public Task<Actor> StaffAsync(Guid unit) => WithRoleAsync(Role.Staff, unit);

    public Task GrantAsync(Actor actor, Role role, Guid unit, DateTime? endsAt = null, DateTime? startsAt = null) =>
        _server.Db.WriteAsync(async db =>
        {
            var now = _server.Clock.Now();
            var grant = new HeldRole(_server.Clock.NewId(), role, unit, startsAt ?? now, endsAt);
            await db.AddRoleAsync(actor.PersonId, grant, grantedBy: null);
            db.Record(JournalEntry.BySystem(now, "operator", "ROLE_GRANTED", "role", grant.Id, unit, new { }));
            return true;
        }, CancellationToken.None);

    /// <summary>A grid of the community that is nobody else's, with no one in it; here since yesterday.</summary>
    public async Task<Guid> NewGridAsync()
    {
        var (id, now) = (_server.Clock.NewId(), _server.Clock.Now());
        await _server.Db.WriteAsync(async db =>
        {
            await db.LockTreeAsync();
            await db.AddUnitAsync(
                id, Community, "grid", "临时网格", [new UnitCode(UnitImport.System, $"{id:n}")], Clock.Day(now).AddDays(-1));
            db.Record(JournalEntry.BySystem(now, "operator", "UNIT_ADDED", "unit", id, Community, new { }));
            return true;
        }, CancellationToken.None);
        _server.Services.GetRequiredService<Units>().Forget();
        return id;
    }

    /// <summary>The WeChat of this district's server.</summary>
    public TestWeChat WeChat => _server.WeChat;

    public DateTime Now => _server.Clock.Now();

    /// <summary>The worker looks at all that waits to be checked: WeChat passes what it may, staff get the rest.</summary>
    public Task CheckContentAsync() =>
        _server.Services.GetServices<IJob>().OfType<ContentCheckJob>().Single().RunAsync(CancellationToken.None);

    /// <summary>What waits for staff in the whole district, the first page.</summary>
    public async Task<List<Wire.ContentReview>> WaitingAsync() =>
        [.. (await (await StaffAsync(District)).ContentChecks.ListContentReviewsAsync(
            new() { UnitId = $"{District}", PageSize = 50 })).Reviews];

    /// <summary>All that waits to be checked is passed, by staff where WeChat does not: others may see it now.</summary>
    public async Task PassContentAsync()
    {
        await CheckContentAsync();
        var staff = await StaffAsync(District);
        while (await WaitingAsync() is { Count: > 0 } waiting)
        {
            try
            {
                await staff.ContentChecks.ReviewContentAsync(new()
                {
                    Choices = { waiting.Select(r => new Wire.ContentChoice { Id = r.Id, Version = r.Version }) },
                });
            }
            catch (RpcException refusal) when (refusal.Reason() == "CONTENT_DECIDED")
            {
                // Another test on this server was faster.
            }
        }
    }

    /// <summary>Something no call does, straight in the database.</summary>
    public Task ExecuteAsync(string sql, params (string Name, object? Value)[] parameters) =>
        _server.Database.ExecuteAsync(sql, parameters);

    /// <summary>What came of the check of a message of a thread.</summary>
    public async Task JudgeAsync(string messageId, ContentState state = ContentState.Passed)
    {
        var owner = _server.Services.GetServices<IContentOwner>().Single(o => o.Kind == ContentKind.Message);
        var apply = await owner.ReadyAsync(CancellationToken.None);
        var id = Guid.Parse(messageId);
        await _server.Db.WriteAsync(async db =>
        {
            var verdict = JournalEntry.BySystem(Now, "system", "CONTENT_JUDGED", "content_check", id, Community, new { });
            db.Record(verdict);
            await apply(db, new ContentVerdict(ContentKind.Message, id, Community, Guid.Empty, state, verdict));
            return true;
        }, CancellationToken.None);
    }

    /// <summary>Today in China.</summary>
    public string Today => _server.Clock.Day();

    public string Tomorrow => _server.Clock.Day(1);

    /// <summary>A staff account, and the right words to sign in with.</summary>
    public async Task<Wire.SignInStaffRequest> StaffSignInAsync()
    {
        var name = $"staff-{Guid.NewGuid():n}";
        await new StaffAccounts(_server.Db, _server.PersonalData, _server.Clock).AddAsync(
            name, "李伟", Community, StaffHash.Value, StaffSecret, CancellationToken.None);
        var totp = new Totp(StaffSecret).ComputeTotp(_server.Clock.Now);
        return new() { Name = name, Password = StaffPassword, Totp = totp };
    }

    /// <summary>A code was sent to a phone; the right words to sign in with.</summary>
    public async Task<Wire.SignInRequest> CodeSignInAsync(string phone)
    {
        var asked = await Nobody.Access.AskCodeAsync(new() { Phone = phone });
        return new() { ChallengeId = asked.ChallengeId, Code = _server.Sms.Codes[phone] };
    }

    /// <summary>From today no new wishes, roles or homes there.</summary>
    public async Task CloseAsync(Guid unit)
    {
        await _server.Database.ExecuteAsync(
            """
            UPDATE unit SET closed_on = @day WHERE id = @unit;
            INSERT INTO data_version (name, version) VALUES (@name, 1) ON DUPLICATE KEY UPDATE version = version + 1
            """, ("unit", unit), ("day", Clock.Day(_server.Clock.Now)), ("name", UnitStore.Version));
        _server.Services.GetRequiredService<Units>().Forget();
    }

    public static string NewPhone() => $"137{Interlocked.Increment(ref _phones):D8}";

    private async Task<Actor> PersonAsync(Guid home, bool byPassword)
    {
        var now = _server.Clock.Now();
        var number = Interlocked.Increment(ref _phones);
        var name = $"{"赵钱孙李周吴郑王"[number % 8]}测试{number}";
        var phone = $"137{number:D8}";
        var person = new Person(_server.Clock.NewId(), name, Person.Mask(name), phone, home, ShowPartyBadge: true);
        var token = await _server.Db.WriteAsync(async db =>
        {
            await db.AddPersonAsync(_server.PersonalData, person, now);
            db.Record(JournalEntry.BySystem(now, "operator", "PERSON_REGISTERED", "person", person.Id, home, new { }));
            return Sessions.Start(db, person.Id, byPassword, now).Token;
        }, CancellationToken.None);
        return new Actor(_server.Channel, person.Id, name, phone, token);
    }

    private Guid Unit(string code) => _tree.Find(new UnitCode(UnitImport.System, code))!.Id;
}

/// <summary>Somebody signed in, and the calls they make. Every write gets a key of its own unless one is given.</summary>
public sealed class Actor(GrpcChannel channel, Guid personId, string name, string phone, string token, string? key = null)
{
    public Guid PersonId { get; } = personId;
    public string Name { get; } = name;
    public string Phone { get; } = phone;
    public string Token { get; } = token;

    public GrpcChannel Channel { get; } = channel;

    private Signed Calls(string? other) => new Signed(Channel.CreateCallInvoker(), Token, other ?? key);

    public Wire.WishService.WishServiceClient Wishes => new(Calls(null));
    public Wire.WatchService.WatchServiceClient Watches => new(Calls(null));
    public Wire.ThreadService.ThreadServiceClient Threads => new(Calls(null));
    public Wire.ActivityService.ActivityServiceClient Activities => new(Calls(null));
    public Wire.SeriesService.SeriesServiceClient Series => new(Calls(null));
    public Wire.SignUpService.SignUpServiceClient SignUps => new(Calls(null));
    public Wire.AttendanceService.AttendanceServiceClient Attendance => new(Calls(null));
    public Wire.ServiceRecordService.ServiceRecordServiceClient Records => new(Calls(null));
    public Wire.SkillService.SkillServiceClient Skills => new(Calls(null));
    public Wire.RecommendationService.RecommendationServiceClient Recommendations => new(Calls(null));
    public Wire.InvitationService.InvitationServiceClient Invitations => new(Calls(null));
    public Wire.CampaignService.CampaignServiceClient Campaigns => new(Calls(null));
    public Wire.CategoryService.CategoryServiceClient Categories => new(Calls(null));
    public Wire.AccessService.AccessServiceClient Access => new(Calls(null));
    public Wire.PointsService.PointsServiceClient Points => new(Calls(null));
    public Wire.ViewService.ViewServiceClient Views => new(Calls(null));
    public Wire.BoardService.BoardServiceClient Boards => new(Calls(null));
    public Wire.RegistryService.RegistryServiceClient Registry => new(Calls(null));
    public Wire.ScreenService.ScreenServiceClient Screens => new(Calls(null));
    public Wire.PictureService.PictureServiceClient Pictures => new(Calls(null));
    public Wire.JournalService.JournalServiceClient Journal => new(Calls(null));
    public Wire.WeChatService.WeChatServiceClient WeChat => new(Calls(null));
    public Wire.ContentCheckService.ContentCheckServiceClient ContentChecks => new(Calls(null));
    public Wire.IdentityService.IdentityServiceClient Identity => new(Calls(null));
    public Wire.InboxService.InboxServiceClient Inbox => new(Calls(null));
    public Wire.NoticeService.NoticeServiceClient Notices => new(Calls(null));
    public Wire.OrganizationService.OrganizationServiceClient Organization => new(Calls(null));

    /// <summary>The same person, every write with this key.</summary>
    public Wire.WishService.WishServiceClient WishesWithKey(string key) => new(Calls(key));

    public Wire.OrganizationService.OrganizationServiceClient OrganizationWithKey(string key) => new(Calls(key));

    /// <summary>The same person, every write with this key.</summary>
    public Actor WithKey(string same) => new(Channel, PersonId, Name, Phone, Token, same);

    /// <summary>The same person through another copy of the server.</summary>
    public Actor At(TestServer other) => Through(other.Channel);

    public Actor Through(GrpcChannel other) => new(other, PersonId, Name, Phone, Token);

    /// <summary>Adds token and key to each call.</summary>
    private sealed class Signed(CallInvoker inner, string token, string? key) : CallInvoker
    {
        public override TResponse BlockingUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            inner.BlockingUnaryCall(method, host, Sign(options), request);

        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            inner.AsyncUnaryCall(method, host, Sign(options), request);

        public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
            inner.AsyncServerStreamingCall(method, host, Sign(options), request);

        public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            inner.AsyncClientStreamingCall(method, host, Sign(options));

        public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
            Method<TRequest, TResponse> method, string? host, CallOptions options) =>
            inner.AsyncDuplexStreamingCall(method, host, Sign(options));

        private CallOptions Sign(CallOptions options) =>
            options.WithHeaders(Rpcs.Headers(token, key ?? Guid.NewGuid().ToString()));
    }
}
