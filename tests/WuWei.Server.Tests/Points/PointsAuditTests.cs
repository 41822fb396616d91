using Microsoft.Extensions.DependencyInjection;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Points;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Points;

/// <summary>Whatever somebody with all rights on the database does to the ledger, the audit says what is wrong.</summary>
public sealed class PointsAuditTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Actor _maker = null!;
    private Actor _helper = null!;
    private Actor _staff = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _maker = await _world.ResidentAsync();
        _helper = await _world.ResidentAsync();
        _staff = await _world.StaffAsync(_world.Community);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("UPDATE points_account SET balance = balance + 1", "is not the sum of its transfers")]
    [InlineData("UPDATE points_account SET balance = balance + 1", "do not sum to zero")]
    [InlineData("UPDATE points_account SET balance = -1", "below zero although nothing was taken back")]
    [InlineData("UPDATE points_transfer SET amount = amount + 1", "was not paid as it was decided")]
    [InlineData("UPDATE points_transfer SET to_id = X'00000000000000000000000000000001'", "no account on either side")]
    [InlineData("UPDATE points_award SET amount = amount + 1", "is not what the rules of its day say")]
    [InlineData(
        "UPDATE points_award SET detail = REPLACE(detail, '\"base\":10', '\"base\":9')", "is not what the rules of its day say")]
    [InlineData("DELETE FROM points_transfer", "was not paid as it was decided")]
    [InlineData(
        """
        INSERT INTO points_hold (award_id, account_id, unit_id, held_at)
        SELECT id, account_id, unit_id, at FROM points_award
        """, "was not paid as it was decided")]
    [InlineData("UPDATE points_transfer SET kind = 2", "a reversal does not take back what was paid")]
    [InlineData("DELETE FROM points_award WHERE act = 4", "did not earn its claimer what it was claimed as")]
    [InlineData("UPDATE points_award SET act = 2 WHERE act = 4", "did not earn its claimer what it was claimed as")]
    [InlineData("UPDATE wish SET auto_confirmed = 1", "did not earn its claimer what it was claimed as")]
    [InlineData("UPDATE wish SET rating = 4", "a rating did not earn its claimer what it says")]
    [InlineData("UPDATE wish SET rating = NULL", "a rating did not earn its claimer what it says")]
    [InlineData(
        """
        INSERT INTO points_award
          (id, at, day, account_id, act, source_id, subject_id, unit_id, rules_id, amount, held, detail)
        SELECT X'00000000000000000000000000000001', at, day, account_id, 3, source_id, subject_id, unit_id, rules_id, 0, 0, detail
        FROM points_award WHERE act = 4
        """, "did not earn its claimer what it was claimed as")]
    [InlineData("UPDATE wish SET status = 4", "stands although its wish is not kept by that claim")]
    [InlineData(
        "UPDATE wish SET claim_id = X'00000000000000000000000000000001'", "stands although its wish is not kept by that claim")]
    [InlineData("DELETE FROM wish", "stands although its wish is not kept by that claim")]
    public async Task The_audit_names_what_was_tampered_with(string tampering, string fault)
    {
        await PaidAsync();
        Assert.Empty(await FaultsAsync());

        await _server.Database.ExecuteAsync(tampering);

        Assert.Contains(await FaultsAsync(), f => f.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_overturned_wish_of_which_an_award_was_not_taken_back_is_named()
    {
        var wish = await PaidAsync();
        await _staff.Wishes.ProposeOverturnAsync(new() { WishId = wish, Reason = "有人投诉" });
        await (await _world.StaffAsync(_world.Community)).Wishes.OverturnWishAsync(new() { WishId = wish, Reason = "情况属实" });
        Assert.Empty(await FaultsAsync());

        await _server.Database.ExecuteAsync(
            """
            DELETE FROM points_transfer WHERE reverses_id IS NOT NULL AND amount = 10;
            UPDATE points_account SET balance = balance + 10
            """);

        var fault = Assert.Single(await FaultsAsync());
        Assert.StartsWith("an award stands although its wish is not kept by that claim", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_balance_that_changed_is_decided_on_anew()
    {
        await PaidAsync();
        var read = await _server.Db.ReadAsync(
            db => db.FindOverAsync(_helper.PersonId, _server.Clock.Now), CancellationToken.None);
        await ChangeAsync(db => db.ChangeBalanceAsync(_helper.PersonId, -12));

        // As the expiry would, of a balance that it read before.
        var refused = await Assert.ThrowsAsync<RefusedException>(() => ChangeAsync(async db =>
        {
            await db.CreditAsync(_helper.PersonId, read!.Version, -12);
            return true;
        }));

        Assert.Equal("DATABASE_BUSY", refused.Reason);

        Task ChangeAsync(Func<DbSession, Task<bool>> change) =>
            _server.Db.HousekeepAsync(change, CancellationToken.None);
    }

    private async Task<string> PaidAsync()
    {
        var id = await _maker.OpenAsync(_world.Request(), _staff);
        await _helper.ClaimAsync(id);
        _server.Clock.Advance(TimeSpan.FromHours(1));
        await _helper.DeliverAsync(id);
        await _maker.Wishes.ConfirmWishAsync(new() { WishId = id, Rating = 5 });
        return id;
    }

    private async Task<IReadOnlyList<string>> FaultsAsync() =>
        (await _server.Services.GetRequiredService<PointsAudit>().RunAsync(_ => { }, CancellationToken.None)).Faults;
}
