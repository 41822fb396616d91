using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Time;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Screens;

/// <summary>The wire of screens.proto.</summary>
public sealed class ScreenService(
    Database database, KeyedWriter writer, Units units, TimeProvider clock)
    : Wire.ScreenService.ScreenServiceBase
{
    private const int NameMin = 2;
    private const int NameMax = 40;
    private const int PageSizeDefault = 20;
    private const int PageSizeMax = 50;

    public override async Task<Wire.AddScreenResponse> AddScreen(
        Wire.AddScreenRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var unit = (await units.TreeAsync(context.CancellationToken)).GetOpen(Faults.IdOf("unit_id", request.UnitId));
        call.Demand(Relation.None, unit.Path);
        var faults = new Faults();
        var name = faults.Text("name", request.Name, NameMin, NameMax);
        faults.ThrowIfAny("SCREEN_NAME", $"大屏的名字是 {NameMin} 到 {NameMax} 个字。");
        return await writer.WriteAsync(context, request, async db =>
        {
            var screen = new Screen { Id = clock.NewId(), UnitId = unit.Id, Name = name, AddedAt = call.Now };
            var token = Token.New();
            if (!await db.AddScreenAsync(screen, Token.Hash(token)!))
            {
                throw Refuse.Exhausted("SCREENS_TOO_MANY", $"一个单位最多 {Screen.OfUnitMax} 块大屏，请先停用不用的。");
            }

            db.Record(Entry(call, "SCREEN_ADDED", screen));
            return new Wire.AddScreenResponse { Screen = ToWire(screen), Token = token };
        }, again: (_, first) => Task.FromResult(first));
    }

    public override async Task<Wire.EndScreenResponse> EndScreen(
        Wire.EndScreenRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("screen_id", request.ScreenId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var screen = await db.GetScreenAsync(id);
            call.Demand(Relation.None, tree.Get(screen.UnitId).Path);
            if (!await db.EndScreenAsync(id, call.Now))
            {
                throw Refuse.Premature("SCREEN_ENDED", "这块大屏已经停用了。");
            }

            db.Record(Entry(call, "SCREEN_ENDED", screen));
            return new Wire.EndScreenResponse { Screen = ToWire(screen with { EndedAt = call.Now }) };
        }, again: async (db, first) =>
        {
            call.Demand(Relation.None, tree.Get((await db.GetScreenAsync(id)).UnitId).Path);
            return first;
        });
    }

    public override async Task<Wire.ListScreensResponse> ListScreens(
        Wire.ListScreensRequest request, ServerCallContext context)
    {
        var unit = (await units.TreeAsync(context.CancellationToken)).Get(Faults.IdOf("unit_id", request.UnitId));
        context.Call().Demand(Relation.None, unit.Path);
        var size = PageToken.Size(request.PageSize, PageSizeDefault, PageSizeMax);
        var after = request.PageToken.Length == 0 ? PageToken.Newest : PageToken.Read(request.PageToken);
        var page = await database.ReadAsync(
            db => db.ListScreensAsync(unit.Id, after, size + 1), context.CancellationToken);
        return new Wire.ListScreensResponse
        {
            Screens = { page.Take(size).Select(ToWire) },
            NextPageToken = page.Count > size
                ? new PageToken(page[size - 1].AddedAt, page[size - 1].Id).ToString()
                : "",
        };
    }

    private static JournalEntry Entry(Call call, string kind, Screen screen) =>
        JournalEntry.By(call, "staff", kind, "screen", screen.Id, screen.UnitId, new { });

    private static Wire.Screen ToWire(Screen screen) => new()
    {
        Id = $"{screen.Id}",
        UnitId = $"{screen.UnitId}",
        Name = screen.Name,
        AddedAt = Timestamp.FromDateTime(screen.AddedAt),
        EndedAt = screen.EndedAt is { } ended ? Timestamp.FromDateTime(ended) : null,
    };
}
