using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Errors;
using WuWei.Organization;

namespace WuWei.Wishes;

/// <summary>One wish, its journey, lists and counts.</summary>
public sealed partial class WishService
{
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;

    /// <summary>States that only staff and auditors list by unit.</summary>
    private static readonly WishStatus[] Inside = [WishStatus.PendingReview, WishStatus.Rejected, WishStatus.Withdrawn];

    public override async Task<Wire.GetWishResponse> GetWish(Wire.GetWishRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("wish_id", request.WishId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return new Wire.GetWishResponse
        {
            Wish = await database.ReadAsync(async db =>
            {
                var sight = await SeeAsync(db, call, id, tree);
                call.Demand(sight.Relation, sight.Unit.Path);
                return await ShowAsync(db, sight, call.Caller);
            }, context.CancellationToken),
        };
    }

    public override async Task<Wire.GetWishJourneyResponse> GetWishJourney(
        Wire.GetWishJourneyRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("wish_id", request.WishId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await database.ReadAsync(async db =>
        {
            var sight = await SeeAsync(db, call, id, tree);
            call.Demand(sight.Relation, sight.Unit.Path);
            var steps = await db.ListStepsAsync(id);
            var journey = new Wire.GetWishJourneyResponse { Steps = { steps.Select(s => ToWire(s, sight, call.Caller)) } };
            await AddPicturesAsync(db, journey, steps, sight, call.Caller);
            return journey;
        }, context.CancellationToken);
    }

    public override async Task<Wire.ListWishesResponse> ListWishes(
        Wire.ListWishesRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var tree = await units.TreeAsync(context.CancellationToken);
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var after = request.PageToken.Length == 0 ? null : PageToken.Read(request.PageToken);
        var filter = ReadFilter(request);
        if (request.View != Wire.WishView.Unit)
        {
            call.DemandNothing();
            Faults.DemandFilter(request.Order != Wire.WishOrder.Deadline, "order", "只有按社区列出时可以按期限排序。");
        }

        return await database.ReadAsync(async db =>
        {
            var page = await (request.View switch
            {
                Wire.WishView.Mine => db.ListMineAsync(call.Caller, filter, after, size, call.Now),
                Wire.WishView.ClaimedByMe => db.ListClaimedByAsync(call.Caller, filter, after, size, call.Now),
                Wire.WishView.OfferedToMe => db.ListOfferedToAsync(call.Caller, filter, after, size, call.Now),
                Wire.WishView.Unit => ListInUnit(db),
                _ => throw Refuse.Invalid("LIST_FILTER", "请选择要看的列表。", new FieldFault("view", "必选。")),
            });
            return new Wire.ListWishesResponse
            {
                Wishes = { await ListedAsync(db, page.Wishes, tree, call) },
                NextPageToken = page.Next?.ToString() ?? "",
            };
        }, context.CancellationToken);

        Task<WishPage> ListInUnit(Data.DbSession db)
        {
            var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
            Faults.DemandFilter(filter.Status is not null, "status", "请选择一个状态。");
            if (Inside.Contains(filter.Status!.Value) || filter.Overdue)
            {
                call.DemandOversight(unit.Path);
            }
            else
            {
                call.Demand(Relation.None, unit.Path);
            }

            var seen = filter with { PublicOnly = !call.Oversees(unit.Path) };
            return request.Order == Wire.WishOrder.Deadline
                ? db.ListByDeadlineInUnitAsync(unit.Id, seen, after, size, call.Now)
                : db.ListNewestInUnitAsync(unit.Id, seen, after, size, call.Now);
        }
    }

    public override async Task<Wire.CountWishesResponse> CountWishes(
        Wire.CountWishesRequest request, ServerCallContext context)
    {
        var tree = await units.TreeAsync(context.CancellationToken);
        var unit = tree.Get(Faults.IdOf("unit_id", request.UnitId));
        var call = context.Call();
        call.Demand(Relation.None, unit.Path);
        var counts = WishCounts.ToWire(
            await database.ReadAsync(db => db.CountWishesAsync(unit.Id), context.CancellationToken), options.Value.RatingsMin);
        if (!call.Oversees(unit.Path))
        {
            // One more would tell of one low rating.
            counts.OpenFollowUps = 0;
        }

        return new Wire.CountWishesResponse { Counts = counts };
    }

    private static WishFilter ReadFilter(Wire.ListWishesRequest request)
    {
        var status = Faults.EnumOf<WishStatus>((int)request.Status);
        Faults.DemandFilter(status is not null || request.Status == Wire.WishStatus.Unspecified, "status", "没有这个状态。");
        Faults.DemandFilter(request.EffortMinutesMax is >= 0 and <= 1_440, "effort_minutes_max", "0 到 1440 分钟。");
        Faults.DemandFilter(System.Enum.IsDefined(request.Order), "order", "没有这种排序。");
        return new WishFilter(
            status,
            request.CategoryId.Length == 0 ? null : Faults.IdOf("category_id", request.CategoryId),
            request.EffortMinutesMax, request.Remote, request.Overdue, PublicOnly: false);
    }

    private Wire.WishStep ToWire(StepRow step, WishSight sight, Caller caller)
    {
        var concerned = sight.Concerned;
        var readable = concerned && (step.ContentState == ContentState.Passed || sight.Overseer
            || step.ActorId == caller.PersonId);
        return new()
        {
            Number = step.Number,
            Move = (Wire.WishMove)step.Move,
            From = (Wire.WishStatus)step.FromStatus,
            To = (Wire.WishStatus)step.ToStatus,
            At = Timestamp.FromDateTime(step.At),
            Actor = (Wire.WishActor)step.Actor,
            ActorName = concerned ? step.ActorName ?? "" : "",
            Note = readable ? WishStepStore.NoteOf(personalData, step.Id, step.Note) : "",
            AudienceUnitId = step.AudienceUnitId.ToString(),
            UnitId = step.UnitId?.ToString() ?? "",
            Place = readable ? WishStepStore.PlaceOf(personalData, step.Id, step.Place) : "",
            DoneAt = step.DoneAt is { } done ? Timestamp.FromDateTime(done) : null,
            Verification = (Wire.Verification)step.Verification,
            ClaimerKind = (Wire.ClaimerKind)(step.ClaimKind ?? 0),
            NoteState = concerned && (step.Note ?? step.Place) is not null ? (Wire.ContentState)step.ContentState : default,
        };
    }
}
