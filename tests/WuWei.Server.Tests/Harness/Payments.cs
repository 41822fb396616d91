using Microsoft.Extensions.DependencyInjection;
using WuWei.Boards;
using WuWei.Journal;
using WuWei.Points;
using WuWei.Time;

namespace WuWei.Tests.Harness;

/// <summary>Points given and taken as corrections do it, in any amount and for any unit.</summary>
public static class Payments
{
    /// <param name="points">Below 0: taken.</param>
    public static Task GiveAsync(
        this TestServer server, Guid account, Guid unit, int points, AccountKind kind = AccountKind.Person) =>
        server.Db.WriteAsync(async db =>
        {
            var now = server.Clock.Now();
            await db.OpenAccountAsync(account, kind, now);
            await db.ChangeBalanceAsync(account, points);
            var transfer = new Transfer
            {
                Id = server.Clock.NewId(),
                At = now,
                Kind = TransferKind.Adjustment,
                FromId = points > 0 ? unit : account,
                ToId = points > 0 ? account : unit,
                Amount = Math.Abs(points),
                UnitId = unit,
            };
            db.QueueTransfer(transfer);
            db.Record(JournalEntry.BySystem(
                now, "operator", "POINTS_ADJUSTED", "transfer", transfer.Id, unit, new { account, points }));
            return true;
        }, CancellationToken.None);

    /// <summary>The district's next rules, proposed by one and approved by another: they hold from now on.</summary>
    public static async Task RuleAsync(this World world, Action<Wire.PointsRules> change)
    {
        var (one, other) = (await world.StaffAsync(world.District), await world.StaffAsync(world.District));
        var rules = (await one.Points.ListPointsRulesAsync(new() { UnitId = $"{world.District}" })).Rules[0].Clone();
        rules.ActiveFrom = null;
        change(rules);
        var proposed = (await one.Points.ProposePointsRulesAsync(new() { Rules = rules })).Rules;
        await other.Points.ApprovePointsRulesAsync(new() { RulesId = proposed.Id });
    }

    public static Task RebuildBoardsAsync(this TestServer server) =>
        server.Services.GetRequiredService<BoardRebuild>().RunAsync((_, _) => { }, CancellationToken.None);

    public static Task GiveAsync(this TestServer server, Actor actor, Guid unit, int points) =>
        server.GiveAsync(actor.PersonId, unit, points);
}
