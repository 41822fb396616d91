using System.Diagnostics;
using System.Globalization;
using System.Text;
using MySqlConnector;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Identity;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Wishes;

namespace WuWei.Bench;

/// <summary>Somebody signed in who calls.</summary>
public sealed record BenchCaller(Guid PersonId, string Token, Guid Home);

/// <summary>Things that serve one call each, by the person (a number) whose they are.</summary>
public sealed class BenchFuel<T>
{
    private readonly List<T>[] _things = [.. Enumerable.Range(0, BenchData.Callers).Select(_ => new List<T>())];
    private readonly int[] _next = new int[BenchData.Callers];
    private readonly int[] _turn = new int[BenchData.Callers];

    public void Add(int person, T thing) => _things[person].Add(thing);

    public T Any()
    {
        var own = _things[Random.Shared.Next(_things.Length)];
        return own[Random.Shared.Next(own.Count)];
    }

    /// <summary>
    /// The next for one of <paramref name="callers"/> parallel callers. Each acts for persons of its own in turn, so that no
    /// two ever wait for the same person's row.
    /// </summary>
    public (T Thing, int Person) Take(int caller, int callers)
    {
        var person = caller + (callers * (_turn[caller]++ % (BenchData.Callers / callers)));
        return _next[person] < _things[person].Count
            ? (_things[person][_next[person]++], person)
            : throw new InvalidOperationException("The fuel is used up; raise BenchSize.Fuel.");
    }
}

/// <summary>What the calls are made with.</summary>
public sealed record BenchWorld(
    List<BenchCaller> Callers, BenchFuel<Guid> Open, BenchFuel<Guid> Delivered, BenchShifts Shifts);

/// <summary>Fills an empty, migrated database in bulk.</summary>
public sealed class BenchData(
    BenchSize size, string owner, Database database, PersonalData personalData, UnitTree tree, CategoryBook book)
{
    public const int Callers = 64;

    private const int ChunkRows = 50_000;
    private static readonly DateTime Start = new(2026, 1, 5, 0, 0, 0, DateTimeKind.Utc);

    private readonly List<Unit> _homes = [.. tree.All.Where(u => u.Kind.Home).OrderBy(u => u.Id)];
    private readonly List<Category> _categories = [.. book.Of(tree.Below(null).First().Id).Where(c => c.Rules is { Sensitive: false })];
    private readonly List<Guid> _people = [];

    public async Task<BenchWorld> LoadAsync(CancellationToken cancel)
    {
        await LoadPeopleAsync(cancel);
        var callers = await AddCallersAsync(cancel);
        var world = new BenchWorld(callers, new(), new(), new());
        await LoadWishesAsync(world, cancel);
        await using var connection = await OpenAsync(cancel);
        await world.Shifts.LoadAsync(size.Fuel, connection, database, personalData, _homes, cancel);
        return world;
    }

    private async Task LoadPeopleAsync(CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        for (var done = 0; done < size.People;)
        {
            var chunk = Enumerable.Range(done, Math.Min(ChunkRows, size.People - done)).ToList();
            var ids = chunk.Select(_ => Guid.CreateVersion7()).ToList();
            _people.AddRange(ids);
            var lines = chunk.AsParallel().AsOrdered().Select((number, i) =>
            {
                var phone = $"136{number:D8}";
                return Line(
                    Hex(ids[i]), Hex(personalData.Seal("person.name", ids[i], $"居民{number}")),
                    Hex(personalData.Seal("person.phone", ids[i], phone)), Hex(personalData.PhoneIndex(phone)),
                    Hex(_homes[number % _homes.Count].Id), Text(Start));
            });
            await LoadAsync(
                connection, "person", ["@id", "@name", "@phone", "@phone_index", "@home", "made_at"],
                [
                    "id = UNHEX(@id)", "name = UNHEX(@name)", "phone = UNHEX(@phone)",
                    "phone_index = UNHEX(@phone_index)", "home_unit_id = UNHEX(@home)", "shown_name = '居**'",
                    "show_party_badge = 0", "open_claims = 0",
                ], lines, cancel);
            done += chunk.Count;
            Progress("people", done, size.People);
        }
    }

    /// <summary>Signed in, and volunteers of the whole district, so that they may claim anything open.</summary>
    private async Task<List<BenchCaller>> AddCallersAsync(CancellationToken cancel)
    {
        var now = DateTime.UtcNow;
        var callers = new List<BenchCaller>();
        for (var i = 0; i < Callers; i++)
        {
            var home = _homes[i * _homes.Count / Callers];
            var person = new Person(
                Guid.CreateVersion7(), "测量者", "测**", $"135{i:D8}", home.Id, ShowPartyBadge: false);
            var token = await database.HousekeepAsync(async db =>
            {
                await db.AddPersonAsync(personalData, person, now);
                await db.AddRoleAsync(
                    person.Id, new HeldRole(Guid.CreateVersion7(), Role.Volunteer, tree.Below(null).First().Id, Start, null),
                    grantedBy: null);
                return Sessions.Start(db, person.Id, byPassword: false, now).Token;
            }, cancel);
            callers.Add(new BenchCaller(person.Id, token, home.Id));
        }

        return callers;
    }

    private async Task LoadWishesAsync(BenchWorld world, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(cancel);
        var total = size.Kept + (2 * size.Fuel);
        var span = DateTime.UtcNow.AddDays(-1) - Start;
        for (var done = 0; done < total;)
        {
            var rows = Enumerable.Range(done, Math.Min(ChunkRows, total - done))
                .Select(n => Wish(n, n < size.Kept ? WishStatus.Kept
                    : n < size.Kept + size.Fuel ? WishStatus.Open : WishStatus.Delivered, Start + (span * (n / (double)total)), world))
                .ToList();
            await LoadRowsAsync(connection, rows, cancel);
            done += rows.Count;
            Progress("wishes", done, total);
        }

        Console.Error.WriteLine("wishes: lists and counts …");
        await using var lists = new MySqlCommand(
            """
            INSERT INTO wish_in_unit
              (unit_id, status, made_at, wish_id, deadline_at, category_id, effort_minutes, remote, public, overdue)
            SELECT a.ancestor_id, w.status, w.made_at, w.id, w.deadline_at, w.category_id, w.effort_minutes, w.remote, 1, 0
            FROM unit_ancestor a JOIN wish w ON w.unit_id = a.unit_id
            ORDER BY a.ancestor_id, w.status, w.made_at, w.id
            """, connection)
        { CommandTimeout = 1_800 };
        await lists.ExecuteNonQueryAsync(cancel);
        await PayAsync(connection, world, cancel);
        await using var analyze = new MySqlCommand(
            "ANALYZE TABLE wish, wish_in_unit, wish_claim, wish_step, person, points_account, points_transfer", connection)
        { CommandTimeout = 300 };
        await analyze.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Points for each kept wish, as of the day it was made, and some for those who call.</summary>
    private static async Task PayAsync(MySqlConnection connection, BenchWorld world, CancellationToken cancel)
    {
        Console.Error.WriteLine("points …");
        var callers = string.Join(", ", world.Callers.Select(c => $"(UNHEX('{Hex(c.PersonId)}'), UNHEX('{Hex(c.Home)}'))"));
        await using var pay = new MySqlCommand(
            $"""
            CREATE TEMPORARY TABLE caller (id BINARY(16), home BINARY(16));
            INSERT INTO caller VALUES {callers};
            INSERT INTO points_account (id, kind, balance, version, opened_at)
            SELECT claimer_id, 1, 10 * COUNT(*), 1, MIN(made_at) FROM wish WHERE status = 5 GROUP BY claimer_id
            UNION ALL SELECT id, 1, 10, 1, '2026-01-05' FROM caller;
            INSERT INTO points_transfer (id, at, day, kind, from_id, to_id, amount, unit_id)
            SELECT claim_id, made_at, DATE(made_at + INTERVAL 8 HOUR), 1, unit_id, claimer_id, 10, unit_id
            FROM wish WHERE status = 5
            UNION ALL SELECT id, '2026-01-05', '2026-01-05', 1, home, id, 10, home FROM caller;
            """, connection)
        { CommandTimeout = 1_800 };
        await pay.ExecuteNonQueryAsync(cancel);
    }

    private BenchWish Wish(int number, WishStatus status, DateTime madeAt, BenchWorld world)
    {
        var id = Guid.CreateVersion7(madeAt);
        var caller = number % world.Callers.Count;
        if (status == WishStatus.Open)
        {
            world.Open.Add(caller, id);
        }
        else if (status == WishStatus.Delivered)
        {
            world.Delivered.Add(caller, id);
        }

        return new BenchWish(
            id, _homes[number % _homes.Count], _categories[number % _categories.Count].Id, status, madeAt,
            status == WishStatus.Delivered ? world.Callers[caller].PersonId : _people[number % _people.Count],
            status == WishStatus.Open ? null : Guid.CreateVersion7(madeAt),
            _people[(number + 7) % _people.Count], 10 + (number % 12 * 10));
    }

    private async Task LoadRowsAsync(MySqlConnection connection, List<BenchWish> rows, CancellationToken cancel)
    {
        await LoadAsync(
            connection, "wish",
            [
                "@id", "@unit", "@audience", "@category", "status", "@maker", "@claim", "@claimer", "made_at", "@number",
                "effort_minutes",
            ],
            [
                "id = UNHEX(@id)", "unit_id = UNHEX(@unit)", "audience_unit_id = UNHEX(@audience)",
                "category_id = UNHEX(@category)", "version = 4", "origin = 1", "visibility = 1", "`sensitive` = 0",
                "title = CONCAT('小心愿', @number)", "text = '楼道的灯坏了，晚上上楼看不清台阶，想请人帮忙换一个。'",
                "remote = 0", "maker_id = UNHEX(@maker)", "consent = 0", "claim_id = NULLIF(UNHEX(@claim), '')",
                "claimer_id = IF(@claim = '', NULL, UNHEX(@claimer))", "claim_kind = IF(@claim = '', NULL, 2)",
                "credited_unit_id = IF(@claim = '', NULL, UNHEX(@unit))", "level = 0", "reminders = 0", "overdue = 0",
                "clock_from = made_at", "opened_at = made_at",
                "claimed_at = IF(@claim = '', NULL, made_at + INTERVAL 5 HOUR)",
                "delivered_at = IF(@claim = '', NULL, made_at + INTERVAL 20 HOUR)",
                "kept_at = IF(status = 5, made_at + INTERVAL 30 HOUR, NULL)",
                "rating = IF(status = 5, 5, NULL)", "deadline_at = made_at + INTERVAL 180 DAY", "auto_confirmed = 0",
            ],
            rows.Select((w, i) => Line(
                Hex(w.Id), Hex(w.Unit.Id), Hex(tree.AudienceOf(w.Unit).Id), Hex(w.CategoryId),
                ((int)w.Status).ToString(CultureInfo.InvariantCulture), Hex(w.MakerId),
                w.ClaimId is { } claim ? Hex(claim) : "", Hex(w.ClaimerId), Text(w.MadeAt),
                i.ToString(CultureInfo.InvariantCulture), w.EffortMinutes.ToString(CultureInfo.InvariantCulture))),
            cancel);
        await LoadAsync(
            connection, "wish_claim", ["@id", "@wish", "@live", "@claimer", "@unit", "@at"],
            [
                "id = UNHEX(@id)", "wish_id = UNHEX(@wish)", "live_wish_id = NULLIF(UNHEX(@live), '')",
                "claimer_id = UNHEX(@claimer)", "kind = 2", "credited_unit_id = UNHEX(@unit)", "opened_at = @at",
                "claimed_at = CAST(@at AS DATETIME(6)) + INTERVAL 5 HOUR", "due_at = CAST(@at AS DATETIME(6)) + INTERVAL 5 DAY",
            ],
            rows.Where(w => w.ClaimId is not null).Select(w => Line(
                Hex(w.ClaimId!.Value), Hex(w.Id), w.Status == WishStatus.Kept ? "" : Hex(w.Id), Hex(w.ClaimerId),
                Hex(w.Unit.Id), Text(w.MadeAt))),
            cancel);
        await LoadAsync(
            connection, "wish_step", ["@wish", "@id", "@actor", "@unit", "at"],
            [
                "wish_id = UNHEX(@wish)", "number = 1", "id = UNHEX(@id)", "move = 1", "from_status = 0", "to_status = 1",
                "actor = 1", "actor_id = UNHEX(@actor)", "audience_unit_id = UNHEX(@unit)", "verification = 0",
            ],
            rows.Select(w => Line(Hex(w.Id), Hex(Guid.CreateVersion7(w.MadeAt)), Hex(w.MakerId), Hex(w.Unit.Id), Text(w.MadeAt))),
            cancel);
    }

    private static async Task LoadAsync(
        MySqlConnection connection, string table, string[] columns, string[] expressions, IEnumerable<string> lines,
        CancellationToken cancel)
    {
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(lines)));
        var loader = new MySqlBulkLoader(connection)
        {
            TableName = table,
            CharacterSet = "utf8mb4",
            FieldTerminator = "\t",
            LineTerminator = "\n",
            Local = true,
            SourceStream = text,
            Timeout = 600,
        };
        loader.Columns.AddRange(columns);
        loader.Expressions.AddRange(expressions);
        await loader.LoadAsync(cancel);
    }

    private async Task<MySqlConnection> OpenAsync(CancellationToken cancel)
    {
        var connection = new MySqlConnection(
            new MySqlConnectionStringBuilder(owner) { AllowLoadLocalInfile = true, AllowUserVariables = true }.ConnectionString);
        await connection.OpenAsync(cancel);
        return connection;
    }

    private static string Line(params string[] fields) => string.Join('\t', fields) + "\n";

    private static string Hex(Guid id) => id.ToString("N");

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static string Text(DateTime time) =>
        time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static void Progress(string what, int done, int total) => Console.Error.WriteLine($"{what}: {done} of {total}");

    private sealed record BenchWish(
        Guid Id, Unit Unit, Guid CategoryId, WishStatus Status, DateTime MadeAt, Guid MakerId, Guid? ClaimId, Guid ClaimerId,
        int EffortMinutes);
}
