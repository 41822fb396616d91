using Google.Protobuf;
using WuWei.Operator;

namespace WuWei.Tests.Harness;

/// <summary>Calls that change the tree, each on a grid of the community of its own; and what follows a change.</summary>
public static class UnitScenes
{
    private const string Reason = "网格调整";

    /// <summary>The change, the unit, and the change again: one entry each.</summary>
    private const int PlannedChangedDone = 3;

    public static IEnumerable<Scene> All() =>
    [
        new("OrganizationService/RenameUnit", "a grid", async cast => new Wire.RenameUnitRequest
        {
            UnitId = $"{await cast.World.NewGridAsync()}",
            Name = "改名网格",
            EffectiveOn = cast.World.Today,
            Reason = Reason,
        })
        { Entries = PlannedChangedDone },
        new("OrganizationService/CloseUnit", "an empty grid", async cast => new Wire.CloseUnitRequest
        {
            UnitId = $"{await cast.World.NewGridAsync()}",
            SuccessorId = $"{cast.World.Grid}",
            EffectiveOn = cast.World.Today,
            Reason = Reason,
        })
        { Entries = PlannedChangedDone },
        new("OrganizationService/MergeUnits", "grids", async cast => await MergerAsync(cast)),
        new("OrganizationService/ApproveUnitChange", "a merger", async cast =>
            new Wire.ApproveUnitChangeRequest { ChangeId = await ProposedAsync(cast) })
        { Entries = PlannedChangedDone },
        new("OrganizationService/DeclineUnitChange", "a merger", async cast =>
            new Wire.DeclineUnitChangeRequest { ChangeId = await ProposedAsync(cast), Reason = Reason }),
        new("OrganizationService/CancelUnitChange", "a merger", async cast =>
            new Wire.CancelUnitChangeRequest { ChangeId = await ProposedAsync(cast), Reason = Reason }),
        new("OrganizationService/SplitUnit", "a grid", async cast => Split(cast, await cast.World.NewGridAsync()))
        {
            // With the two that are new.
            Entries = PlannedChangedDone + 2,
        },
        new("OrganizationService/ListUnitChanges", "", cast => Task.FromResult<IMessage>(
            new Wire.ListUnitChangesRequest { UnitId = $"{cast.World.Community}" })),
        new("OrganizationService/ListUnitResidents", "a grid that was split", async cast =>
            new Wire.ListUnitResidentsRequest { UnitId = (await SplitAsync(cast)).UnitIds[0] }),
        new("OrganizationService/RehomePeople", "a grid that was split", async cast =>
        {
            var grid = await cast.World.NewGridAsync();
            var person = await cast.World.ResidentAsync(grid);
            var change = await SplitAsync(cast, grid);
            return new Wire.RehomePeopleRequest
            {
                UnitId = $"{grid}",
                ToUnitId = change.NewUnits[1].Id,
                PersonIds = { $"{person.PersonId}" },
            };
        }),
        new("WishService/RehomeWish", "of a grid that was split", async cast =>
        {
            var grid = await cast.World.NewGridAsync();
            var request = cast.Request();
            request.UnitId = $"{grid}";
            var wish = await cast.Maker.MakeAsync(request);
            var change = await SplitAsync(cast, grid);
            return new Wire.RehomeWishRequest { WishId = wish, ToUnitId = change.NewUnits[1].Id, Reason = Reason };
        }),
    ];

    private static async Task<Wire.MergeUnitsRequest> MergerAsync(WishCast cast) => new()
    {
        UnitIds = { $"{await cast.World.NewGridAsync()}" },
        SuccessorId = $"{await cast.World.NewGridAsync()}",
        EffectiveOn = cast.World.Today,
        Reason = Reason,
    };

    private static async Task<string> ProposedAsync(WishCast cast) =>
        (await cast.SecondStaff.Organization.MergeUnitsAsync(await MergerAsync(cast))).Change.Id;

    private static async Task<Wire.UnitChange> SplitAsync(WishCast cast, Guid? grid = null) =>
        (await cast.SecondStaff.Organization.SplitUnitAsync(
            Split(cast, grid ?? await cast.World.NewGridAsync()))).Change;

    private static Wire.SplitUnitRequest Split(WishCast cast, Guid grid) => new()
    {
        UnitId = $"{grid}",
        NewUnits = { New("网格东"), New("网格西") },
        EffectiveOn = cast.World.Today,
        Reason = Reason,
    };

    private static Wire.NewUnit New(string name) => new()
    {
        Name = name,
        Codes = { new Wire.UnitCode { System = UnitImport.System, Code = $"{Guid.NewGuid():n}" } },
    };
}
