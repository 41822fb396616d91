using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Views;

/// <summary>The wire of views.proto.</summary>
public sealed class ViewService(Database database, PersonalData personalData, Units units)
    : Wire.ViewService.ViewServiceBase
{
    private const int ViewsMax = 50;
    private static readonly Limit Calls = new("views", 60, TimeSpan.FromMinutes(1));

    public override async Task<Wire.NoteViewsResponse> NoteViews(
        Wire.NoteViewsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var views = Read(request, tree, call.Caller);
        var caller = personalData.Index("views", $"{call.Caller.PersonId}");
        return new Wire.NoteViewsResponse
        {
            Counted = await database.HousekeepAsync(
                async db => await db.TakeAsync(Calls, caller, call.Now)
                    ? await db.AddViewsAsync(views, Clock.Day(call.Now))
                    : throw Refuse.Exhausted("VIEWS_TOO_OFTEN", "操作太频繁了，请稍后再试。"),
                context.CancellationToken),
        };
    }

    public override async Task<Wire.CountViewsResponse> CountViews(
        Wire.CountViewsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        call.Demand(Relation.None, unit.Path);
        var (from, to) = Faults.PeriodOf(request.FromDay, request.ToDay, call.Now);
        var sums = await database.ReadAsync(db => db.SumViewsAsync(unit.Id, from, to), context.CancellationToken);
        return new Wire.CountViewsResponse
        {
            Views = sums.Where(s => s.Day is not null).Sum(s => s.Amount),
            Days =
            {
                sums.Where(s => s.Day is not null).OrderBy(s => s.Day)
                    .Select(s => new Wire.DayViews { Day = $"{s.Day:yyyy-MM-dd}", Views = s.Amount }),
            },
            Modules =
            {
                sums.Where(s => s.Module is not null).OrderBy(s => s.Module)
                    .Select(s => new Wire.ModuleViews { Module = (Wire.ViewModule)s.Module!.Value, Views = s.Amount }),
            },
            Units =
            {
                sums.Where(s => s.UnitId is not null).OrderBy(s => s.UnitId)
                    .Select(s => new Wire.UnitViews { UnitId = $"{s.UnitId}", Views = s.Amount }),
            },
        };
    }

    private static List<View> Read(Wire.NoteViewsRequest request, UnitTree tree, Caller caller)
    {
        var faults = new Faults();
        if (request.Views.Count is 0 or > ViewsMax)
        {
            faults.Add("views", $"1 到 {ViewsMax} 条。");
        }

        var here = caller.HomeUnitId ?? tree.Below(null).FirstOrDefault()?.Id;
        var views = request.Views.Take(ViewsMax).Select((view, i) => new View(
            faults.Id($"views[{i}].id", view.Id),
            view.UnitId.Length > 0 || here is null ? faults.Id($"views[{i}].unit_id", view.UnitId) : here.Value,
            faults.Enum<ViewModule>($"views[{i}].module", (int)view.Module))).ToList();
        faults.ThrowIfAny("VIEWS_INVALID", "浏览记录的格式不对。");
        views.ForEach(view => tree.Get(view.UnitId));
        return views;
    }
}
