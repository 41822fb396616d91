using WuWei.Calls;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Places;

namespace WuWei.Wishes;

/// <summary>Wishes that are alike.</summary>
public sealed partial class WatchService
{
    private const int SuggestedMax = 5;

    /// <summary>The community and what lies below it.</summary>
    private const int UnitsMax = 50;

    /// <summary>From the middle of a cell to the middles of all around it.</summary>
    private const int CellsWithinMetres = 1_000;

    public override async Task<Wire.SuggestDuplicatesResponse> SuggestDuplicates(
        Wire.SuggestDuplicatesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var faults = new Faults();
        var title = faults.Text("title", request.Title, 2, WishDraft.TitleLengthMax);
        var text = faults.Text("text", request.Text, 0, WishDraft.TextLengthMax, lines: true);
        faults.ThrowIfAny("DUPLICATES_INVALID", "有些内容没有填对，请检查。");
        var cells = request.Point is { } point
            ? Around.Read(point.Latitude, point.Longitude, CellsWithinMetres, 1, "").Cells.Select(c => c.Number)
            : [];
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        var sought = new WishLikeness(title, text);
        return await database.ReadAsync(async db =>
        {
            var said = await db.ListMarkedAsync(sought.Sought(personalData), UnitsAround(tree, unit), cells);
            var own = await db.ListOwnSaidAsync(call.Caller.PersonId);
            var scores = said.Concat(own).DistinctBy(s => s.Id)
                .Select(s => (s.Id, Score: sought.ScoreWith(s.Likeness(personalData))))
                .Where(s => s.Score >= WishLikeness.ScoreMin)
                .OrderByDescending(s => s.Score).ThenByDescending(s => s.Id).Take(SuggestedMax).ToList();
            var wishes = (await db.ListWishesAsync(scores.Select(s => s.Id), call.Caller.PersonId, call.Now))
                .Select(w => WishSight.Of(w, tree, call)).Where(s => s.Visible).ToDictionary(s => s.Wish.Id);
            return new Wire.SuggestDuplicatesResponse
            {
                Wishes =
                {
                    scores.Where(s => wishes.ContainsKey(s.Id)).Select(s => new Wire.LikeWish
                    {
                        Wish = wishes[s.Id].Listed(personalData),
                        Score = s.Score,
                    }),
                },
            };
        }, context.CancellationToken);
    }

    public override async Task<Wire.MergeWishResponse> MergeWish(Wire.MergeWishRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("wish_id", request.WishId);
        var intoId = Faults.IdOf("into_wish_id", request.IntoWishId);
        var reason = Faults.TextOf("reason", request.Reason, 2, 500);
        if (id == intoId)
        {
            throw Refuse.Invalid("MERGE_SELF", "不能和自己合并。", new FieldFault("into_wish_id", "要选另一个心愿。"));
        }

        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            // Nobody claims it away, ends it or merges it meanwhile.
            await db.HoldWishAsync(intoId);
            var sight = await SeeAsync(db, call, id, tree);
            call.Demand(sight.Relation, sight.Unit.Path);
            var into = await SeeAsync(db, call, intoId, tree);
            call.DemandRole(Role.Staff, into.Unit.Path);
            var merged = sight.Wish.Merged(intoId) with { Version = sight.Wish.Version + 1 };
            if (into.Wish.Visibility != WishVisibility.Public)
            {
                throw Refuse.Premature("MERGE_TARGET_PRIVATE", "不能并入私密心愿：关注的人看不到它。");
            }

            if (!into.Wish.IsUnderWay)
            {
                throw Refuse.Premature("MERGE_TARGET_ENDED", "只能并入待认领或正在办理的心愿。");
            }

            var followers = 0;
            foreach (var person in new[] { MakerOf(merged), merged.BeneficiaryId }.OfType<Guid>().Distinct())
            {
                followers += await db.AddFollowerAsync(intoId, person, call.Now) ? 1 : 0;
            }

            // Who cannot read what it says would learn it from the other.
            var known = merged.Visibility == WishVisibility.Public && !merged.Sensitive;
            if (known)
            {
                followers += await db.AddFollowersAsync(intoId, of: id);
            }

            var step = new WishStep(WishMove.Merge, call.Now, WishActor.Staff, call.Caller.PersonId, reason);
            var entry = JournalEntry.By(
                call, WishEntry.Name(step.Actor), WishEntry.Kind(step.Move), "wish", id, merged.UnitId,
                WishEntry.Moved(merged, step, personalData));
            await db.MoveWishAsync(personalData, sight.Wish, merged, step, entry);
            db.Record(entry.Beside("WATCH_MERGED", "wish_watch", intoId, new { from = known ? id : (Guid?)null, followers })
                with
            { UnitId = into.Wish.UnitId });
            return new Wire.MergeWishResponse { Wish = sight.After(merged, call.Caller).ToWire(personalData) };
        }, again: async (db, first) =>
        {
            var sight = await SeeAsync(db, call, id, tree);
            call.Demand(sight.Relation, sight.Unit.Path);
            return new Wire.MergeWishResponse { Wish = sight.Again(first.Wish) };
        });
    }

    /// <summary>Staff who made it for somebody else have no use for the other one, and a partner is nobody.</summary>
    private static Guid? MakerOf(Wish wish) =>
        wish.Origin is WishOrigin.Staff or WishOrigin.Import or WishOrigin.Partner ? null : wish.MakerId;

    /// <summary>A unit's community and what lies in it; closed ones, too, whose wishes go on.</summary>
    private static List<Guid> UnitsAround(UnitTree tree, Unit unit)
    {
        var found = new List<Guid> { tree.AudienceOf(unit).Id };
        for (var i = 0; i < found.Count && found.Count < UnitsMax; i++)
        {
            found.AddRange(tree.Below(found[i]).Select(below => below.Id));
        }

        return [.. found.Take(UnitsMax)];
    }
}
