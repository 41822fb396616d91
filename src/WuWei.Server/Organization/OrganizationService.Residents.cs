using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;

namespace WuWei.Organization;

/// <summary>Who is at home in a closed unit, and their new home.</summary>
public sealed partial class OrganizationService
{
    private const int ResidentsDefault = 50;
    private const int ResidentsMax = 100;

    public override async Task<Wire.ListUnitResidentsResponse> ListUnitResidents(
        Wire.ListUnitResidentsRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = DemandedClosed(context.Call(), tree, request.UnitId);
        var after = request.PageToken.Length == 0 ? Guid.Empty : PageToken.Read(request.PageToken).Id;
        var size = PageToken.Size(request.PageSize, ResidentsDefault, ResidentsMax);
        var page = await database.ReadAsync(
            db => db.ListAtHomeAsync(unit.Id, after, size + 1), context.CancellationToken);
        return new Wire.ListUnitResidentsResponse
        {
            Residents =
            {
                page.Take(size).Select(p => new Wire.UnitResident { PersonId = p.Id.ToString(), ShownName = p.ShownName }),
            },
            NextPageToken = page.Count > size ? new PageToken(DateTime.UnixEpoch, page[size - 1].Id).ToString() : "",
        };
    }

    public override async Task<Wire.RehomePeopleResponse> RehomePeople(
        Wire.RehomePeopleRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var people = request.PersonIds.Take(ResidentsMax + 1)
            .Select(id => Faults.IdOf("person_ids", id)).Distinct().ToList();
        if (people.Count is 0 or > ResidentsMax)
        {
            throw Refuse.Invalid(
                "REHOME_PEOPLE", $"一次 1 到 {ResidentsMax} 人。", new FieldFault("person_ids", "人数不对。"));
        }

        return await writer.WriteAsync(context, request, async db =>
        {
            var unit = DemandedClosed(call, tree, request.UnitId);
            var to = tree.GetOpen(Faults.IdOf("to_unit_id", request.ToUnitId)).DemandHome();
            await db.DemandSuccessorAsync(tree, unit, to);
            var moved = new List<(Guid Id, ContentKind? Only)>();
            foreach (var personId in people)
            {
                if (await db.RehomePersonAsync(personId, unit.Id, to.Id))
                {
                    moved.Add((personId, null));
                    db.Record(JournalEntry.By(
                        call, "staff", "PERSON_REHOMED", "person", personId, to.Id, new { from = unit.Id, to = to.Id }));
                }
            }

            if (moved.Count == 0)
            {
                throw Refuse.Premature("REHOME_NOBODY", "这些人都不再住在这里。");
            }

            await ContentVerdicts.RehomeAsync(db, call, "staff", moved, to, tree);
            return new Wire.RehomePeopleResponse { PersonIds = { moved.Select(p => $"{p.Id}") } };
        }, again: (_, first) =>
        {
            DemandedClosed(call, tree, request.UnitId);
            return Task.FromResult(first);
        });
    }

    /// <summary>A closed unit that the caller is in charge of.</summary>
    private static Unit DemandedClosed(Call call, UnitTree tree, string unitId)
    {
        var unit = tree.Get(Faults.IdOf("unit_id", unitId));
        call.Demand(Relation.None, unit.Path);
        return unit.Closed ? unit : throw Refuse.Premature("UNIT_OPEN", "这个单位没有撤销或拆分。");
    }
}
