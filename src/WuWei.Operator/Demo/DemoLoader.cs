using Microsoft.Extensions.DependencyInjection;
using OtpNet;
using WuWei.Access;
using WuWei.Boards;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Identity;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Operator.Demo;

/// <summary>
/// Loads the demo by living it: a year of real calls against the real services, with the clock set to when each was
/// made. Keys are fixed, so a load that was cut off goes on where it stopped.
/// </summary>
public sealed class DemoLoader
{
    /// <summary>Known to everyone: printed in README.md, and good only where the demo was loaded.</summary>
    public const string StaffPassword = "wuwei-demo-2026";
    public const string StaffSecret = "WUWEIDEMOWUWEIDEMOWUWEIDEMO2345A";

    private const string Started = "demo-started";
    private const string Loaded = "demo-loaded";
    private const int DaysBack = 420;
    private const int Together = 8;

    /// <summary>Of which the last are told closely.</summary>
    private const int DaysClose = 45;

    private readonly DemoHost _host;
    private readonly DemoContent _content;
    private readonly Database _database;
    private readonly Dictionary<string, string> _tokens = [];

    private DemoLoader(DemoHost host, DemoContent content)
    {
        _host = host;
        _content = content;
        _database = host.Services.GetRequiredService<Database>();
    }

    /// <returns>What was done, in a line.</returns>
    /// <exception cref="InvalidOperationException">There are people or units that are not the demo's.</exception>
    public static async Task<string> LoadAsync(Action<int, int> progress, CancellationToken cancel)
    {
        await using var host = await DemoHost.StartAsync(cancel);
        var loader = new DemoLoader(host, DemoContent.Load());
        if (await loader._database.ReadAsync(db => FindMarkAsync(db, Loaded), cancel) is not null)
        {
            return "the demo is there already";
        }

        var now = await loader._database.HousekeepAsync(StartAsync, cancel);
        return await loader.LiveAsync(now, progress, cancel);
    }

    /// <summary>When the story ends: now, or the now of a load that was cut off, so that its requests are the same.</summary>
    private static async Task<DateTime> StartAsync(DbSession db)
    {
        if (await FindMarkAsync(db, Started) is { } seconds)
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime;
        }

        if (await db.FindAsync<int?>("SELECT 1 FROM person LIMIT 1") is not null
            || await db.FindAsync<int?>("SELECT 1 FROM unit LIMIT 1") is not null)
        {
            throw new InvalidOperationException(
                "This installation is in use. The demo, with passwords that everyone knows, goes into an empty one only.");
        }

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        await MarkAsync(db, Started, now);
        return DateTimeOffset.FromUnixTimeSeconds(now).UtcDateTime;
    }

    private static Task<long?> FindMarkAsync(DbSession db, string name) => db.FindAsync<long?>(
        "SELECT CAST(version AS SIGNED) FROM data_version WHERE name = @name", new { name });

    private static Task<int> MarkAsync(DbSession db, string name, long version) => db.ExecuteAsync(
        "INSERT IGNORE INTO data_version (name, version) VALUES (@name, @version)", new { name, version });

    private async Task<string> LiveAsync(DateTime now, Action<int, int> progress, CancellationToken cancel)
    {
        _host.Clock.Set(now.AddDays(-DaysBack));
        var units = _host.Services.GetRequiredService<Units>();
        await new UnitImport(_database, units, _host.Clock).ImportAsync(
            _content.Units, under: null, UnitImport.System, (_, _) => { }, cancel);
        await AddStaffAsync(cancel);
        await AddPeopleAsync(cancel);

        var story = new DemoStory(_host, _content, _tokens, now);
        await story.JoinAsync(cancel);
        var moves = await story.WriteAsync(cancel);
        // All but forgetting: the keys of a load that was cut off must be there for the next.
        var jobs = _host.Services.GetServices<IJob>().Where(job => job is not ForgetJob).ToList();
        // Boards catch up at the end: each of the story's days would fill Redis for nobody.
        var daily = jobs.Where(job => job is not BoardJob).ToList();
        var jobsAt = now.AddDays(1 - DaysBack);
        var done = 0;
        foreach (var moment in moves.GroupBy(m => m.At))
        {
            for (; jobsAt < moment.Key; jobsAt += TimeSpan.FromHours(jobsAt < now.AddDays(-DaysClose) ? 24 : 6))
            {
                await RunAsync(daily, jobsAt, cancel);
                await story.ReviewAsync(cancel);
            }

            _host.Clock.Set(moment.Key);
            await Parallel.ForEachAsync(
                moment.GroupBy(m => m.Of),
                new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancel },
                async (story, stop) =>
                {
                    foreach (var move in story)
                    {
                        await move.Act(stop);
                        progress(Interlocked.Increment(ref done), moves.Count);
                    }
                });
        }

        await RunAsync(jobs, now, cancel);
        await story.ReviewAsync(cancel);
        await _database.HousekeepAsync(async db =>
        {
            foreach (var token in _tokens.Values)
            {
                await db.EndSessionAsync(Token.Hash(token)!);
            }

            await MarkAsync(db, Loaded, 1);
            return true;
        }, cancel);
        return $"the demo is loaded: {_content.Wishes.Count} wishes and {DemoActivities.Count} activities, {moves.Count} moves";
    }

    private async Task RunAsync(IEnumerable<IJob> jobs, DateTime at, CancellationToken cancel)
    {
        _host.Clock.Set(at);
        foreach (var job in jobs)
        {
            await job.RunAsync(cancel);
        }
    }

    private async Task AddStaffAsync(CancellationToken cancel)
    {
        var tree = await _host.Services.GetRequiredService<Units>().TreeAsync(cancel);
        var accounts = new StaffAccounts(_database, Data, _host.Clock);
        // One hash for all: the password is printed in the README anyway, and 71 would take a minute.
        var hash = Passwords.Hash(StaffPassword);
        var secret = Base32Encoding.ToBytes(StaffSecret);
        foreach (var staff in _content.People.Staff)
        {
            var login = await _database.ReadAsync(db => db.FindStaffLoginAsync(staff.Unit), cancel);
            var unit = tree.Find(new UnitCode(UnitImport.System, staff.Unit))!;
            var id = login?.PersonId
                ?? await accounts.AddAsync(staff.Unit, staff.Name, unit.Id, hash, secret, cancel);
            await AddSessionAsync(staff.Unit, id, cancel);
        }
    }

    private async Task AddPeopleAsync(CancellationToken cancel)
    {
        var tree = await _host.Services.GetRequiredService<Units>().TreeAsync(cancel);
        foreach (var someone in _content.Accounts)
        {
            var known = await _database.ReadAsync(
                db => db.FindPersonByPhoneAsync(Data.PhoneIndex(someone.Phone)), cancel);
            var home = tree.Find(new UnitCode(UnitImport.System, someone.Home))!;
            var person = new Person(
                _host.Clock.NewId(), someone.Name, Person.Mask(someone.Name), someone.Phone, home.Id, someone.ShowBadge);
            if (known is null)
            {
                await _database.WriteAsync(async db =>
                {
                    await db.AddPersonAsync(Data, person, _host.Clock.Now());
                    db.Record(JournalEntry.BySystem(
                        _host.Clock.Now(), "operator", "PERSON_REGISTERED", "person", person.Id, home.Id, new { }));
                    return true;
                }, cancel);
            }

            await AddSessionAsync(someone.Phone, known?.Id ?? person.Id, cancel);
        }
    }

    private async Task AddSessionAsync(string who, Guid personId, CancellationToken cancel)
    {
        _tokens[who] = Token.New();
        await _database.HousekeepAsync(db =>
        {
            // As if signed in at the end of the story, so that none of it needs a renewal.
            var end = TimeProvider.System.Now();
            db.AddSession(Token.Hash(_tokens[who])!, personId, byPassword: true, end, end.AddDays(1));
            return Task.FromResult(true);
        }, cancel);
    }

    private PersonalData Data => _host.Services.GetRequiredService<PersonalData>();
}
