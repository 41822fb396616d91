using WuWei.Data;
using WuWei.Journal;

namespace WuWei.Inbox;

/// <summary>What is told in one transaction: entries that few follow, or of one entry a page of those who follow.</summary>
/// <param name="Entries">How many of them.</param>
/// <param name="Followers">Of each wish those who are told now.</param>
/// <param name="Next">How far inboxes have come with it.</param>
public sealed record InboxPart(
    int Entries, IReadOnlyList<Telling> Tellings, ILookup<Guid, Concerned> Followers, InboxHead Next)
{
    /// <summary>So many followers are told in one transaction.</summary>
    public const int FollowersMax = 1_000;

    /// <param name="entries">What comes next; one, if its followers were told in part.</param>
    /// <param name="tellings">Of these entries.</param>
    public static async Task<InboxPart> ReadAsync(
        DbSession db, InboxHead head, IReadOnlyList<SealedEntry> entries, IReadOnlyList<Telling> tellings)
    {
        // Where the crowd is, is found by halves.
        for (var count = entries.Count; ; count /= 2)
        {
            var last = entries[count - 1].Number;
            var some = tellings.Where(t => t.Entry.Number <= last).ToList();
            var followers = await FollowersAsync(db, head, some);
            if (count == 1)
            {
                return await PageAsync(db, head, last, some, [.. followers.SelectMany(f => f)]);
            }

            if (some.Where(IsToFollowers).Sum(t => followers[Audiences.KeyOf(t) ?? default].Count()) <= FollowersMax)
            {
                return new InboxPart(count, some, followers, new InboxHead { Number = last });
            }
        }
    }

    private static async Task<InboxPart> PageAsync(
        DbSession db, InboxHead head, long number, List<Telling> tellings, List<Concerned> followers)
    {
        var page = followers.Take(FollowersMax).ToList();
        var next = followers.Count > FollowersMax
            ? head with { ToldTo = page[^1].PersonId }
            : new InboxHead { Number = number };
        if (head.ToldTo is not null)
        {
            // Everybody else was told with the first page, some followers among them.
            var told = await db.ListToldAsync(number, [.. page.Select(f => new { f.PersonId })]);
            page.RemoveAll(f => told.Contains(f.PersonId));
            tellings = tellings.FindAll(IsToFollowers);
        }

        return new InboxPart(1, tellings, page.ToLookup(f => f.OfId), next);
    }

    /// <summary>One more than are told at once, so that there being more is seen.</summary>
    private static async Task<ILookup<Guid, Concerned>> FollowersAsync(
        DbSession db, InboxHead head, List<Telling> tellings)
    {
        List<object> wishes =
        [
            .. tellings.Where(IsToFollowers).Select(Audiences.KeyOf).OfType<Guid>().Distinct().Select(id => new { Id = id }),
        ];
        return (wishes.Count == 0
            ? []
            : await db.ListFollowersAsync(wishes, head.ToldTo ?? Guid.Empty, FollowersMax + 1)).ToLookup(f => f.OfId);
    }

    private static bool IsToFollowers(Telling telling) => telling.Rule.To == Audience.Followers;
}
