using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Calls on points. Whose they are is nobody's of the cast, so that no cap or decay comes between.</summary>
public static class PointsScenes
{
    private const string Reason = "核对台账";

    public static IEnumerable<Scene> All() =>
    [
        Plain("GetPoints", _ => new Wire.GetPointsRequest()),
        Plain("ListPoints", _ => new Wire.ListPointsRequest()),
        new("PointsService/ExplainAward", "somebody's", async cast =>
            new Wire.ExplainAwardRequest { AwardId = await HeldAsync(cast) }),
        Plain("ListHeldAwards", world => new Wire.ListHeldAwardsRequest { UnitId = $"{world.Community}" }),
        new("PointsService/DecideHeldAward", "", async cast => Decision(await HeldAsync(cast))),
        new("PointsService/ProposeReversal", "", async cast =>
        {
            var award = await HeldAsync(cast);
            await cast.SecondStaff.Points.DecideHeldAwardAsync(Decision(award));
            return new Wire.ProposeReversalRequest { AwardId = award, Reason = Reason };
        }),
        new("PointsService/ProposeAdjustment", "", async cast => await AdjustmentAsync(cast)),
        new("PointsService/DecideCorrection", "", async cast => new Wire.DecideCorrectionRequest
        {
            CorrectionId = (await cast.SecondStaff.Points.ProposeAdjustmentAsync(await AdjustmentAsync(cast))).Correction.Id,
            Approve = true,
        })
        {
            // The correction and the transfer.
            Entries = 2,
        },
        Plain("ListCorrections", world => new Wire.ListCorrectionsRequest { UnitId = $"{world.Community}" }),
        Plain("ListPointsRules", world => new Wire.ListPointsRulesRequest { UnitId = $"{world.Community}" }),
        new("PointsService/ProposePointsRules", "of the district", async cast => await RulesAsync(cast)),
        new("PointsService/ApprovePointsRules", "of the district", async cast =>
        {
            var chief = await cast.World.StaffAsync(cast.World.District);
            var proposed = await chief.Points.ProposePointsRulesAsync(await RulesAsync(cast));
            return new Wire.ApprovePointsRulesRequest { RulesId = proposed.Rules.Id };
        }),
    ];

    private static Scene Plain(string rpc, Func<World, IMessage> request) =>
        new($"PointsService/{rpc}", "", cast => Task.FromResult(request(cast.World)));

    /// <summary>Claimed and kept within a moment, which looks odd.</summary>
    private static async Task<string> HeldAsync(WishCast cast)
    {
        var (maker, helper) = (await cast.World.ResidentAsync(), await cast.World.ResidentAsync());
        var wish = await maker.OpenAsync(cast.World.Request(), cast.SecondStaff);
        await helper.ClaimAsync(wish);
        await helper.DeliverAsync(wish);
        await maker.Wishes.ConfirmWishAsync(new() { WishId = wish });
        return (await helper.Points.ListPointsAsync(new())).Lines[0].Award.Id;
    }

    private static Wire.DecideHeldAwardRequest Decision(string award) =>
        new() { AwardId = award, Pay = true, Reason = Reason };

    private static async Task<Wire.ProposeAdjustmentRequest> AdjustmentAsync(WishCast cast) => new()
    {
        PersonId = $"{(await cast.World.ResidentAsync()).PersonId}",
        UnitId = $"{cast.World.Community}",
        Points = 5,
        Reason = Reason,
    };

    private static async Task<Wire.ProposePointsRulesRequest> RulesAsync(WishCast cast) => new()
    {
        Rules = (await cast.Staff.Points.ListPointsRulesAsync(new() { UnitId = $"{cast.World.Community}" })).Rules[0],
    };
}
