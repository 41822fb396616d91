using WuWei.Activities;
using WuWei.Data;
using WuWei.Identity;
using WuWei.Privacy;

namespace WuWei.Campaigns;

/// <summary>Boards of campaigns as they are shown. Those at the top are kept for a moment: many look at them.</summary>
public sealed class CampaignReader
{
    public const int TopMax = 100;

    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly PersonalData _personalData;
    private readonly Kept<CampaignSpan, Wire.GetCampaignBoardResponse> _tops;

    public CampaignReader(Database database, PersonalData personalData)
    {
        (_database, _personalData) = (database, personalData);
        _tops = new(async campaign => new Wire.GetCampaignBoardResponse
        {
            Board = await ReadAsync(
                campaign, (db, frozen) => db.ListTopAsync(campaign, frozen, TopMax), me: null, CancellationToken.None),
        });
    }

    public async ValueTask<Wire.GetCampaignBoardResponse> TopAsync(
        CampaignSpan campaign, int top, CancellationToken cancel)
    {
        var kept = await _tops.GetAsync(campaign, KeptFor, cancel);
        if (kept.Board.Places.Count <= top)
        {
            return kept;
        }

        var cut = kept.Clone();
        cut.Board.Places.Clear();
        cut.Board.Places.AddRange(kept.Board.Places.Take(top));
        return cut;
    }

    public Task<Wire.CampaignBoard> AroundAsync(
        CampaignSpan campaign, Guid personId, int eachSide, CancellationToken cancel) => ReadAsync(
        campaign, (db, frozen) => db.ListAroundAsync(campaign, frozen, personId, eachSide), personId, cancel);

    private Task<Wire.CampaignBoard> ReadAsync(
        CampaignSpan campaign, Func<DbSession, bool, Task<List<CampaignPlace>>> list, Guid? me, CancellationToken cancel) =>
        _database.ReadAsync(async db =>
        {
            // Asked first: what is frozen in between is as it was live.
            var frozenAt = await db.FindFrozenAtAsync(campaign.Id);
            var places = await list(db, frozenAt is not null);
            var names = await db.NamesOnBoardsAsync(_personalData, places.Select(p => p.PersonId));
            return new Wire.CampaignBoard
            {
                ActivityId = campaign.Id.ToString(),
                StartsAt = ActivitySight.Time(campaign.StartsAt),
                EndsAt = ActivitySight.Time(campaign.EndsAt),
                FrozenAt = ActivitySight.Time(frozenAt),
                Places = { places.Select(p => ToWire(p, names, me)) },
            };
        }, cancel);

    private static Wire.CampaignPlace ToWire(
        CampaignPlace place, IReadOnlyDictionary<Guid, string> names, Guid? me) => new()
        {
            Rank = place.Place,
            Name = names.GetValueOrDefault(place.PersonId, Person.Hidden),
            Minutes = place.Minutes,
            Me = place.PersonId == me,
        };
}
