using Google.Protobuf;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using WuWei.Activities;
using WuWei.Boards;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Points;
using WuWei.Privacy;
using WuWei.Time;
using WuWei.Wishes;

namespace WuWei.Bench;

/// <summary>
/// The calls that are measured, and beside each the same statements sent directly: with the services' own stores, so the
/// very same SQL and driver, but no gRPC, no session, no rights, nothing sealed or read again.
/// </summary>
public sealed partial class BenchCalls
{
    private const int PageSize = 20;

    private readonly BenchWorld _world;
    private readonly List<BenchCaller> _callers;
    private readonly GrpcChannel[] _channels;
    private readonly Database _database;
    private readonly PersonalData _data;
    private readonly CheckInCodes _codes;
    private readonly WishPayment _payment;
    private readonly UnitTree _tree;
    private readonly CategoryBook _book;
    private readonly PointsRuleBook _pointsRules;
    private readonly Unit _district;
    private readonly Category _category;
    private readonly BareCalls _bare;
    /// <summary>One connection for each caller, as with the SQL that is sent directly.</summary>
    private readonly IReadOnlyList<IDatabase> _redis;
    private readonly RedisKey _ranks;

    private BenchCalls(
        IServiceProvider services, BenchWorld world, string address, int connections, UnitTree tree, CategoryBook book,
        PointsRuleBook pointsRules, BareCalls bare,
        IReadOnlyList<IDatabase> redis, BoardRun run)
    {
        _world = world;
        _callers = world.Callers;
        _channels = [.. Enumerable.Range(0, connections).Select(_ => GrpcChannel.ForAddress(address))];
        _database = services.GetRequiredService<Database>();
        _data = services.GetRequiredService<PersonalData>();
        _codes = new CheckInCodes(_data);
        _payment = services.GetRequiredService<WishPayment>();
        _tree = tree;
        _book = book;
        _pointsRules = pointsRules;
        _district = tree.Below(null).First();
        _category = book.Find(_district.Id, "misc")!;
        _bare = bare;
        _redis = redis;
        _ranks = run.Key(BoardSubject.Person, _district.Id, BoardPeriod.AllTime);
    }

    public static async Task<BenchCalls> CreateAsync(
        IServiceProvider services, BenchWorld world, string address, int connections, BareCalls bare,
        CancellationToken cancel)
    {
        var sources = Enumerable.Range(0, BenchRun.CallersMax).Select(_ => new RedisSource(BenchSettings.Redis));
        IDatabase[] redis = [.. (await Task.WhenAll(sources.Select(s => s.ConnectAsync()))).Select(c => c.GetDatabase())];
        var state = await services.GetRequiredService<Database>().ReadAsync(db => db.GetBoardStateAsync(), cancel);
        var run = BoardRun.Read(await redis[0].StringGetAsync(BoardRun.StateKey(state.Generation)))
            ?? throw new InvalidOperationException("Redis has no boards.");
        return new BenchCalls(
            services, world, address, connections, await services.GetRequiredService<Units>().TreeAsync(cancel),
            await services.GetRequiredService<Categories>().BookAsync(cancel),
            await services.GetRequiredService<PointsRuleBooks>().BookAsync(cancel), bare, redis, run);
    }

    /// <summary>How many callers there are at once in what is measured next.</summary>
    public int Parallel { get; set; } = 1;

    public static bool Writes(string name) => !name.StartsWith("Get", StringComparison.Ordinal)
        && !name.StartsWith("List", StringComparison.Ordinal);

    public IReadOnlyList<(string Name, Func<int, Task> Call, Func<int, Task> Direct)> All =>
    [
        ("GetWish", GetWish, GetWishDirect),
        ("ListWishes", i => ListWishes(i, Home(i)), i => ListWishesDirect(Home(i))),
        ("ListWishesDistrict", i => ListWishes(i, _district.Id), _ => ListWishesDirect(_district.Id)),
        ("GetBoard", GetBoard, _bare.CallForBoardAsync),
        ("GetMyRank", GetMyRank, GetMyRankDirect),
        ("MakeWish", MakeWish, MakeWishDirect),
        ("ClaimWish", ClaimWish, ClaimWishDirect),
        ("ConfirmWish", ConfirmWish, ConfirmWishDirect),
        ("SignUp", SignUp, SignUpDirect),
        ("CheckIn", CheckIn, CheckInDirect),
    ];

    private Task GetWish(int i) => Call(i, "GetWish", new Wire.GetWishRequest { WishId = AnyWish().ToString() }, Reading(i));

    private Task GetWishDirect(int i) => _database.ReadAsync(
        db => db.FindWishAsync(AnyWish(), _callers[i].PersonId, DateTime.UtcNow), CancellationToken.None);

    private Task ListWishes(int i, Guid unit) => Call(i, "ListWishes", new Wire.ListWishesRequest
    {
        View = Wire.WishView.Unit,
        UnitId = unit.ToString(),
        Status = Wire.WishStatus.Kept,
        PageSize = PageSize,
    }, Reading(i));

    private Task ListWishesDirect(Guid unit) => _database.ReadAsync(
        db => db.ListNewestInUnitAsync(
            unit, new WishFilter(WishStatus.Kept, null, 0, Remote: false, Overdue: false, PublicOnly: true), null, PageSize,
            DateTime.UtcNow),
        CancellationToken.None);

    private Wire.BoardChoice Board => new()
    {
        Subject = Wire.BoardSubject.Person,
        UnitId = $"{_district.Id}",
        Period = Wire.BoardPeriod.AllTime,
    };

    private Task GetBoard(int i) => Call(i, "GetBoard", new Wire.GetBoardRequest { Board = Board, Top = 100 }, Reading(i));

    private Task GetMyRank(int i) => Call(i, "GetMyRank", new Wire.GetMyRankRequest { Boards = { Board } }, Reading(i));

    /// <summary>A place is a rank and a score.</summary>
    private Task GetMyRankDirect(int i)
    {
        var member = BoardRank.Member(_callers[i].PersonId);
        return Task.WhenAll(_redis[i].SortedSetRankAsync(_ranks, member), _redis[i].SortedSetScoreAsync(_ranks, member));
    }

    private Task MakeWish(int i) => Call(i, "MakeWish", new Wire.MakeWishRequest
    {
        UnitId = Home(i).ToString(),
        CategoryId = _category.Id.ToString(),
        Title = "楼道灯坏了",
        Text = "三单元二楼的灯不亮，晚上上楼看不清台阶。",
        EffortMinutes = 30,
    }, As(i));

    private Task MakeWishDirect(int i)
    {
        var now = TimeProvider.System.Now();
        var unit = _tree.Get(Home(i));
        var wish = new Wish
        {
            Id = Guid.CreateVersion7(),
            UnitId = unit.Id,
            AudienceUnitId = _tree.AudienceOf(unit).Id,
            CategoryId = _category.Id,
            Status = WishStatus.PendingReview,
            Version = 1,
            Origin = WishOrigin.Resident,
            Visibility = WishVisibility.Public,
            Title = "楼道灯坏了",
            Text = "三单元二楼的灯不亮，晚上上楼看不清台阶。",
            EffortMinutes = 30,
            MakerId = _callers[i].PersonId,
            MadeAt = now,
            DeadlineAt = now.AddDays(180),
        }.Entered(_category.Rules!, canClimb: true, now);
        var step = new WishStep(WishMove.Make, now, WishActor.Maker, _callers[i].PersonId);
        return WriteDirectAsync(i, wish, db => db.AddWishAsync(_data, wish, step, Entry(wish, step)));
    }

    private Task ClaimWish(int i)
    {
        var (wish, caller) = _world.Open.Take(i, Parallel);
        return Call(
            i, "ClaimWish", new Wire.ClaimWishRequest { WishId = $"{wish}", Kind = Wire.ClaimerKind.Volunteer }, As(caller));
    }

    private Task ClaimWishDirect(int i)
    {
        var (id, caller) = _world.Open.Take(i, Parallel);
        var personId = _callers[caller].PersonId;
        return MoveDirectAsync(caller, id, WishMove.Claim, async (db, wish) =>
        {
            var claimed = wish.Claimed(
                Guid.CreateVersion7(), personId, ClaimerKind.Volunteer, _district.Id, _book.RulesOf(wish.CategoryId),
                TimeProvider.System.Now());
            await db.TakeClaimAsync(personId, ushort.MaxValue);
            db.QueueClaim(claimed);
            return claimed;
        });
    }

    private Task ConfirmWish(int i)
    {
        var (wish, caller) = _world.Delivered.Take(i, Parallel);
        return Call(i, "ConfirmWish", new Wire.ConfirmWishRequest { WishId = $"{wish}", Rating = 5 }, As(caller));
    }

    private Task ConfirmWishDirect(int i)
    {
        var (id, caller) = _world.Delivered.Take(i, Parallel);
        return MoveDirectAsync(caller, id, WishMove.Confirm, async (db, wish) =>
        {
            var now = TimeProvider.System.Now();
            db.QueueClaimEnd(wish.ClaimId!.Value, now);
            var kept = wish.Kept(WishMove.Confirm, 5, now);
            db.QueueRating(kept);
            await _payment.PayKeptAsync(db, kept, _tree, _pointsRules, JournalEntry.BySystem(
                now, "maker", WishEntry.Kind(WishMove.Confirm), "wish", kept.Id, kept.UnitId, new { }));
            return kept;
        });
    }

    private Task MoveDirectAsync(int i, Guid id, WishMove move, Func<DbSession, Wish, Task<Wish>> act) =>
        _database.WriteAsync(async db =>
        {
            var now = TimeProvider.System.Now();
            var wish = await db.FindWishAsync(id, _callers[i].PersonId, now);
            var after = await act(db, wish!) with { Version = wish!.Version + 1 };
            var step = new WishStep(move, now, WishActor.Maker, _callers[i].PersonId);
            await db.MoveWishAsync(_data, wish, after, step, Entry(after, step));
            QueueKey(db, _callers[i].PersonId, after.MadeAt);
            return true;
        }, CancellationToken.None);

    private Task WriteDirectAsync(int i, Wish wish, Func<DbSession, Task> act) => _database.WriteAsync(async db =>
    {
        await act(db);
        QueueKey(db, _callers[i].PersonId, wish.MadeAt);
        return true;
    }, CancellationToken.None);

    /// <summary>The row that makes a call repeatable, with a reply as long as a real one.</summary>
    private static void QueueKey(DbSession db, Guid callerId, DateTime now) => db.Queue(
        """
        INSERT INTO request_key (caller_id, request_key, rpc, request_hash, reply, made_at)
        VALUES (@callerId, @key, @rpc, @hash, @reply, @now)
        """,
        new
        {
            callerId,
            key = Guid.NewGuid().ToString(),
            rpc = "wuwei.v1.WishService/ConfirmWish",
            hash = new byte[32],
            reply = new byte[420],
            now,
        });

    private JournalEntry Entry(Wish wish, WishStep step) => JournalEntry.BySystem(
        step.At, "maker", WishEntry.Kind(step.Move), "wish", wish.Id, wish.UnitId, WishEntry.Moved(wish, step, _data));

    private Task Call(int i, string rpc, IMessage request, Metadata headers) =>
        BenchClient.CallAsync(_channels[i % _channels.Length], rpc, request, headers);

    /// <summary>Who calls, and no key: a read needs none.</summary>
    private Metadata Reading(int i) => new() { { "authorization", $"Bearer {_callers[i].Token}" } };

    private Metadata As(int i) => As(_callers[i]);

    private static Metadata As(BenchCaller caller) => new()
    {
        { "authorization", $"Bearer {caller.Token}" },
        { "idempotency-key", Guid.NewGuid().ToString() },
    };

    private Guid Home(int i) => _callers[i].Home;

    /// <summary>One of many, so that not always the same page is read.</summary>
    private Guid AnyWish() => _world.Delivered.Any();
}
