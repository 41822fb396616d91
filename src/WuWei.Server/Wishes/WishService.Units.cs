using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Wishes;

/// <summary>Wishes in a tree that changes.</summary>
public sealed partial class WishService
{
    public override Task<Wire.RehomeWishResponse> RehomeWish(Wire.RehomeWishRequest request, ServerCallContext context)
    {
        var toId = Faults.IdOf("to_unit_id", request.ToUnitId);
        return MoveAsync(context, request, request.WishId, WishMove.Rehome, Reason(request.Reason),
            m =>
            {
                var wish = m.Sight.Wish;
                Wish.Next(wish.Status, WishMove.Rehome);
                if (!m.Sight.Unit.Closed)
                {
                    throw Refuse.Premature("UNIT_OPEN", "这个心愿所在的社区没有撤销或拆分。");
                }

                var to = m.Tree.GetOpen(toId);
                // One that has climbed stays where it is looked for; otherwise people near its new unit may claim it.
                return wish.Rehomed(
                    to.Id, to.IsWithin(wish.AudienceUnitId) ? wish.AudienceUnitId : m.Tree.AudienceOf(to).Id);
            },
            wish => new Wire.RehomeWishResponse { Wish = wish },
            also: async (m, after) =>
            {
                var to = m.Tree.Get(after.UnitId);
                if (!to.Kind.Home)
                {
                    throw Refuse.Premature("UNIT_NOT_FOR_WISHES", "请选择一个社区或网格。");
                }

                await m.Db.DemandSuccessorAsync(m.Tree, m.Sight.Unit, to);
                await TakeAlongAsync(m, context.Call(), after, to);
            },
            detail: step => step with { UnitId = toId });
    }

    /// <summary>What is checked or was reported of a wish and its claims goes to its new unit.</summary>
    private async Task TakeAlongAsync(WishMoving m, Call call, Wish after, Unit to)
    {
        var claims = (await m.Db.ListClaimsForRecountAsync(after.Id)).ConvertAll(c => c.Id);
        List<(Guid, ContentKind?)> wholes = [(after.Id, null), .. claims.Select(id => (id, (ContentKind?)null))];
        if (after.PicturesOf is { } first)
        {
            wholes.Add((first, ContentKind.Picture));
        }

        await ContentVerdicts.RehomeAsync(m.Db, call, "staff", wholes, to, m.Tree);
        foreach (var listed in listedByUnit)
        {
            listed.QueueUnit(m.Db, claims, to.Id);
        }
    }

    public override async Task<Wire.ReportWishesResponse> ReportWishes(
        Wire.ReportWishesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.Demand(Relation.None, unit.Path);
        var (from, to) = Faults.PeriodOf(request.FromDay, request.ToDay, call.Now);
        var counts = await database.ReadAsync(
            db => db.ReportWishesAsync(tree.History.Subtree(unit.Id, to), from, to), context.CancellationToken);
        return new Wire.ReportWishesResponse { Counts = WishCounts.ToWire(counts, options.Value.RatingsMin) };
    }
}
