using WuWei.Data;
using WuWei.Journal;

namespace WuWei.Inbox;

/// <summary>An entry with one of the rules for it.</summary>
public sealed record Telling(SealedEntry Entry, EntryDetail Detail, InboxRule Rule);

/// <summary>Finds out who is meant, for a whole batch of entries at once.</summary>
public sealed class Audiences
{
    private readonly Dictionary<Guid, WishPeople> _wishes = [];
    private readonly Dictionary<Audience, ILookup<Guid, Concerned>> _byAudience = [];
    private ILookup<Guid, StaffOfUnit> _staff = Array.Empty<StaffOfUnit>().ToLookup(s => s.OfId);

    private Audiences()
    {
    }

    /// <param name="followers">Those who are told now.</param>
    public static async Task<Audiences> ReadAsync(
        DbSession db, IReadOnlyList<Telling> tellings, ILookup<Guid, Concerned> followers, DateTime now)
    {
        var read = new Audiences();
        read._byAudience[Audience.Followers] = followers;
        var ids = tellings.Select(t => (t.Rule.To, Id: KeyOf(t))).Where(k => k.Id is not null)
            .GroupBy(k => k.To).ToDictionary(g => g.Key, g => g.Select(k => k.Id!.Value).ToHashSet());
        if (Ids(Audience.Maker, Audience.Beneficiary, Audience.Claimer) is { Count: > 0 } wishes)
        {
            foreach (var wish in await db.ListWishPeopleAsync(wishes))
            {
                read._wishes[wish.Id] = wish;
            }
        }

        if (Ids(Audience.UnitStaff, Audience.AudienceStaff, Audience.AppealStaff) is { Count: > 0 } units)
        {
            read._staff = (await db.ListStaffAsync(units, now)).ToLookup(s => s.OfId);
        }

        await FindAsync(Audience.SignUpOwner, db.ListSignUpOwnersAsync);
        await FindAsync(Audience.Organisers, db.ListOrganisersAsync);
        await FindAsync(Audience.Acting, db.ListActingAsync);
        await FindAsync(Audience.InActivity, of => db.ListSignedUpAsync("activity_id", of, live: true));
        await FindAsync(Audience.LostActivity, of => db.ListSignedUpAsync("activity_id", of, live: false));
        await FindAsync(Audience.InShift, of => db.ListSignedUpAsync("shift_id", of, live: true));
        await FindAsync(Audience.LostShift, of => db.ListSignedUpAsync("shift_id", of, live: false));
        return read;

        List<object> Ids(params Audience[] audiences) =>
        [
            .. audiences.SelectMany(a => ids.GetValueOrDefault(a) ?? []).Distinct().Select(id => new { Id = id }),
        ];

        async Task FindAsync(Audience audience, Func<IReadOnlyList<object>, Task<List<Concerned>>> list)
        {
            if (Ids(audience) is { Count: > 0 } of)
            {
                read._byAudience[audience] = (await list(of)).ToLookup(c => c.OfId);
            }
        }
    }

    /// <summary>Who is told; whoever did it only where the rule says so.</summary>
    public IEnumerable<Guid> Of(Telling telling) => KeyOf(telling) is { } key
        ? People(telling, key).Where(p => telling.Rule.TellsActor || p != telling.Entry.ActorId).Distinct()
        : [];

    private IEnumerable<Guid> People(Telling telling, Guid key)
    {
        switch (telling.Rule.To)
        {
            case Audience.Maker:
                return One(_wishes.GetValueOrDefault(key)?.MakerId);
            case Audience.Beneficiary:
                return One(_wishes.GetValueOrDefault(key)?.BeneficiaryId);
            case Audience.Claimer:
                return One(_wishes.GetValueOrDefault(key)?.ClaimerAt(telling.Entry.At));
            case Audience.UnitStaff or Audience.AudienceStaff or Audience.AppealStaff:
                var nearest = _staff[key].Select(s => s.Distance).DefaultIfEmpty().Min();
                return _staff[key].Where(s => s.Distance == nearest).Select(s => s.PersonId);
            case Audience.LostActivity or Audience.LostShift:
                return Found(telling.Rule.To, key).Where(c => c.LeftAt == telling.Entry.At).Select(c => c.PersonId);
            case Audience.SignUpOwner or Audience.Organisers or Audience.Acting or Audience.InActivity
                or Audience.InShift or Audience.Followers:
                return Found(telling.Rule.To, key).Select(c => c.PersonId);
            default:
                return [key];
        }
    }

    private IEnumerable<Concerned> Found(Audience audience, Guid key) =>
        _byAudience.TryGetValue(audience, out var found) ? found[key] : [];

    private static IEnumerable<Guid> One(Guid? person) => person is { } id ? [id] : [];

    /// <summary>The wish, activity, unit and so on whose people are asked for; the person, where the entry says who.</summary>
    public static Guid? KeyOf(Telling telling)
    {
        var (entry, detail) = (telling.Entry, telling.Detail);
        return telling.Rule.To switch
        {
            Audience.Maker or Audience.Beneficiary or Audience.Claimer or Audience.Followers =>
                entry.Subject == "wish" ? entry.SubjectId : detail.Id("wishId"),
            Audience.Offered => detail.Id("offeredTo"),
            Audience.Person => detail.Id("personId"),
            Audience.Account => detail.Id("accountId"),
            Audience.ToPerson => detail.Id("toPersonId"),
            Audience.SignUpOwner => detail.Id("signUpId"),
            Audience.Inviter => detail.Id("inviterId"),
            Audience.Proposer => detail.Id("proposedBy"),
            Audience.Author => detail.Id("authorId"),
            Audience.Reporter => detail.Id("reporterId"),
            Audience.AppealStaff => detail.Id("appealUnitId"),
            Audience.Self or Audience.Acting => entry.SubjectId,
            Audience.Organisers or Audience.InActivity or Audience.LostActivity =>
                entry.Subject == "activity" ? entry.SubjectId : detail.Id("activityId"),
            Audience.InShift or Audience.LostShift => detail.Id("shiftId"),
            Audience.AudienceStaff => detail.Id("audienceUnitId"),
            Audience.UnitStaff => entry.UnitId,
            _ => null,
        };
    }
}
