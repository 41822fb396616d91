using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Calls;

/// <summary>How many calls a minute; 0 is any number. An address may be a whole house's or a mobile network's.</summary>
public sealed class RateOptions
{
    public int PersonPerMinute { get; set; } = 300;
    public int DevicePerMinute { get; set; } = 300;
    public int AddressPerMinute { get; set; } = 6_000;

    /// <summary>Pictures by their links, of which one page has many, to an address.</summary>
    public int PicturesPerMinute { get; set; } = 60_000;
}

/// <summary>Who or what is slowed down.</summary>
public enum RateOf : byte
{
    Person = 1,
    Device,
    Address,

    /// <summary>An address, as far as it fetches pictures.</summary>
    Pictures,
}

/// <summary>
/// Bounds calls per person, device and address in each minute. Calls are counted here; the counts of all copies are added
/// up in Redis every second, so no call waits for it, and while Redis is away each copy bounds its own.
/// </summary>
public sealed class RateLimits(RedisSource redis, TimeProvider clock, IOptions<RateOptions> options)
{
    /// <summary>Who comes when so many are counted already is not counted: memory is bounded, whatever comes.</summary>
    private const int CountedMax = 200_000;

    private const string Prefix = "wuwei:rate:";
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(2);

    private Minute _minute = new(default);

    /// <summary>Counts one more call, unless that is more than there may be in this minute.</summary>
    /// <param name="name">Which person, device or address.</param>
    public void Take(RateOf of, string name)
    {
        var max = of switch
        {
            RateOf.Person => options.Value.PersonPerMinute,
            RateOf.Device => options.Value.DevicePerMinute,
            RateOf.Pictures => options.Value.PicturesPerMinute,
            _ => options.Value.AddressPerMinute,
        };
        if (max == 0)
        {
            return;
        }

        var minute = Current();
        if (!minute.Counts.TryGetValue((of, name), out var count))
        {
            if (minute.Counts.Count >= CountedMax)
            {
                return;
            }

            count = minute.Counts.GetOrAdd((of, name), _ => new Count());
        }

        if (Interlocked.Increment(ref count.Here) + Volatile.Read(ref count.Elsewhere) > max)
        {
            throw Refuse.Exhausted("TOO_MANY_CALLS", "操作太频繁，请一分钟后再试。");
        }
    }

    /// <summary>Tells the other copies what was counted here, and learns what they counted.</summary>
    public async Task ShareAsync()
    {
        var minute = Current();
        var changed = minute.Counts.Where(c => Volatile.Read(ref c.Value.Here) != c.Value.Told).ToList();
        if (changed.Count == 0)
        {
            return;
        }

        try
        {
            var db = (await redis.ConnectAsync()).GetDatabase();
            await Task.WhenAll(changed.Select(c => ShareAsync(db, minute.StartsAt, c.Key, c.Value)));
        }
        catch (Exception away) when (RedisSource.IsAway(away))
        {
            // What is not told yet is told next time.
        }
    }

    private static async Task ShareAsync(IDatabase db, DateTime minute, (RateOf Of, string Name) key, Count count)
    {
        var here = Volatile.Read(ref count.Here);
        RedisKey shared = $"{Prefix}{minute:HHmm}:{(int)key.Of}:{key.Name}";
        var all = db.StringIncrementAsync(shared, here - count.Told);
        var expires = db.KeyExpireAsync(shared, KeptFor, CommandFlags.FireAndForget);
        var total = await all;
        await expires;
        count.Told = here;
        Volatile.Write(ref count.Elsewhere, total - here);
    }

    private Minute Current()
    {
        var now = clock.Now();
        var start = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc);
        var minute = Volatile.Read(ref _minute);
        if (minute.StartsAt == start)
        {
            return minute;
        }

        var next = new Minute(start);
        return Interlocked.CompareExchange(ref _minute, next, minute) == minute ? next : Volatile.Read(ref _minute);
    }

    private sealed record Minute(DateTime StartsAt)
    {
        public ConcurrentDictionary<(RateOf Of, string Name), Count> Counts { get; } = new();
    }

    private sealed class Count
    {
        public long Here;
        public long Elsewhere;

        /// <summary>What of <see cref="Here"/> the others know; only sharing touches it.</summary>
        public long Told;
    }
}
