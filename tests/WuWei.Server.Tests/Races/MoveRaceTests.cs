using WuWei.Tests.Harness;

namespace WuWei.Tests.Races;

/// <summary>Two moves of one wish at the same moment, through two copies of the server.</summary>
public sealed class MoveRaceTests(TwoCopies copies, ITestOutputHelper output) : IClassFixture<TwoCopies>, IAsyncLifetime
{
    private const int Rounds = 12;

    private Actor _maker = null!;
    private Actor _neighbour = null!;
    private Actor _staff = null!;
    private Actor _colleague = null!;

    public async ValueTask InitializeAsync()
    {
        _maker = await copies.World.ResidentAsync();
        _neighbour = await copies.World.ResidentAsync();
        _staff = await copies.World.StaffAsync(copies.World.Community);
        _colleague = await copies.World.StaffAsync(copies.World.Community);
    }

    [Fact]
    public Task A_claim_is_either_released_or_delivered() => DuelAsync(
        ClaimedAsync,
        async id => await Elsewhere(_neighbour).ReleaseWishAsync(new() { WishId = id, Reason = "临时有事" }),
        async id => await _neighbour.DeliverAsync(id),
        "won/NOT_PERMITTED", "won/WISH_WRONG_STATUS", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task A_delivery_is_either_confirmed_or_disputed() => DuelAsync(
        DeliveredAsync,
        async id => await _maker.ConfirmAsync(id),
        async id => await Elsewhere(_maker).DisputeWishAsync(new() { WishId = id, Reason = "还是不亮" }),
        "won/WISH_WRONG_STATUS", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task An_open_wish_is_either_withdrawn_or_claimed() => DuelAsync(
        OpenAsync,
        async id => await Elsewhere(_maker).WithdrawWishAsync(new() { WishId = id, Reason = "不需要了" }),
        async id => await _neighbour.ClaimAsync(id),
        "won/WISH_UNKNOWN", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task A_contact_is_revealed_only_before_the_claim_is_revoked() => DuelAsync(
        ClaimedAsync,
        async id => await _staff.Wishes.RevokeClaimAsync(new() { WishId = id, Reason = "一直没有联系" }),
        async id => await Elsewhere(_neighbour).RevealContactAsync(new() { WishId = id }),
        "won/NOT_PERMITTED", "won/won");

    [Fact]
    public Task A_claim_is_either_revoked_or_delivered() => DuelAsync(
        ClaimedAsync,
        async id => await _staff.Wishes.RevokeClaimAsync(new() { WishId = id, Reason = "一直没有联系" }),
        async id => await Elsewhere(_neighbour).DeliverWishAsync(new() { WishId = id, Note = "已经修好" }),
        "won/NOT_PERMITTED", "won/WISH_WRONG_STATUS", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task A_claim_ends_once_released_or_revoked() => DuelAsync(
        ClaimedAsync,
        async id => await _staff.Wishes.RevokeClaimAsync(new() { WishId = id, Reason = "一直没有联系" }),
        async id => await Elsewhere(_neighbour).ReleaseWishAsync(new() { WishId = id, Reason = "临时有事" }),
        "won/NOT_PERMITTED", "won/WISH_WRONG_STATUS", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task A_waiting_wish_is_withdrawn_before_or_after_it_is_approved() => DuelAsync(
        () => _maker.MakeAsync(copies.World.Request()),
        async id => await _staff.Wishes.ApproveWishAsync(new() { WishId = id }),
        async id => await Elsewhere(_maker).WithdrawWishAsync(new() { WishId = id, Reason = "不需要了" }),
        "won/won", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task An_open_wish_is_escalated_before_it_is_claimed_or_not_at_all() => DuelAsync(
        OpenAsync,
        async id => await _staff.Wishes.EscalateWishAsync(new() { WishId = id, Reason = "社区办不了" }),
        async id => await Elsewhere(_neighbour).ClaimWishAsync(
            new() { WishId = id, Kind = Wire.ClaimerKind.Neighbour }),
        "won/won", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task A_delivery_is_confirmed_once_by_its_maker_or_by_staff() => DuelAsync(
        DeliveredAsync,
        async id => await _staff.Wishes.ConfirmWishAsync(
            new() { WishId = id, Verification = Wire.Verification.Visit }),
        async id => await Elsewhere(_maker).ConfirmWishAsync(new() { WishId = id, Rating = 5 }),
        "won/WISH_WRONG_STATUS", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task A_withdrawn_wish_is_made_again_once() => DuelAsync(
        async () =>
        {
            var id = await OpenAsync();
            await _maker.Wishes.WithdrawWishAsync(new() { WishId = id, Reason = "不需要了" });
            return id;
        },
        async id => await _maker.Wishes.RemakeWishAsync(new() { WishId = id }),
        async id => await Elsewhere(_maker).RemakeWishAsync(new() { WishId = id }),
        "won/WISH_REMADE", "WISH_REMADE/won");

    [Fact]
    public Task A_wish_is_either_approved_or_rejected() => DuelAsync(
        () => _maker.MakeAsync(copies.World.Request()),
        async id => await _staff.Wishes.ApproveWishAsync(new() { WishId = id }),
        async id => await Elsewhere(_colleague).RejectWishAsync(new() { WishId = id, Reason = "内容不全" }),
        "won/WISH_WRONG_STATUS", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task A_wish_is_offered_to_one_person_once() => DuelAsync(
        OpenAsync,
        async id => await _staff.Wishes.OfferWishAsync(new() { WishId = id, PersonId = _neighbour.PersonId.ToString() }),
        async id => await Elsewhere(_colleague).OfferWishAsync(new() { WishId = id, PersonId = _neighbour.PersonId.ToString() }),
        "won/WISH_OFFERED", "WISH_OFFERED/won");

    [Fact]
    public Task A_kept_wish_is_proposed_for_overturning_by_one() => DuelAsync(
        KeptAsync,
        async id => await _staff.Wishes.ProposeOverturnAsync(new() { WishId = id, Reason = "有人投诉" }),
        async id => await Elsewhere(_colleague).ProposeOverturnAsync(new() { WishId = id, Reason = "抽查不符" }),
        "won/OVERTURN_PROPOSED", "OVERTURN_PROPOSED/won");

    [Fact]
    public Task A_kept_wish_is_overturned_once() => DuelAsync(
        async () =>
        {
            var id = await KeptAsync();
            await _staff.Wishes.ProposeOverturnAsync(new() { WishId = id, Reason = "有人投诉" });
            return id;
        },
        async id => await _colleague.Wishes.OverturnWishAsync(new() { WishId = id, Reason = "情况属实" }),
        async id => await Elsewhere(_colleague).OverturnWishAsync(new() { WishId = id, Reason = "情况属实" }),
        "won/WISH_WRONG_STATUS", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task A_kept_wish_is_rated_once() => DuelAsync(
        KeptAsync,
        async id => await _maker.Wishes.RateWishAsync(new() { WishId = id, Rating = 1 }),
        async id => await Elsewhere(_maker).RateWishAsync(new() { WishId = id, Rating = 5 }),
        "won/WISH_RATED", "WISH_RATED/won");

    [Fact]
    public Task A_rating_comes_before_the_overturn_or_not_at_all() => DuelAsync(
        async () =>
        {
            var id = await KeptAsync();
            await _staff.Wishes.ProposeOverturnAsync(new() { WishId = id, Reason = "有人投诉" });
            return id;
        },
        async id => await _maker.Wishes.RateWishAsync(new() { WishId = id, Rating = 1 }),
        async id => await Elsewhere(_colleague).OverturnWishAsync(new() { WishId = id, Reason = "情况属实" }),
        "won/won", "WISH_WRONG_STATUS/won");

    [Fact]
    public Task A_follow_up_is_closed_by_one() => DuelAsync(
        RatedLowAsync,
        async id => await _staff.Wishes.CallAsync("CloseFollowUp", id, _maker),
        async id => await Elsewhere(_colleague).CallAsync("CloseFollowUp", id, _maker),
        "won/FOLLOW_UP_NONE", "FOLLOW_UP_NONE/won");

    [Fact]
    public Task A_follow_up_is_closed_by_staff_or_by_the_overturn() => DuelAsync(
        async () =>
        {
            var id = await RatedLowAsync();
            await _staff.Wishes.ProposeOverturnAsync(new() { WishId = id, Reason = "有人投诉" });
            return id;
        },
        async id => await _staff.Wishes.CallAsync("CloseFollowUp", id, _maker),
        async id => await Elsewhere(_colleague).OverturnWishAsync(new() { WishId = id, Reason = "情况属实" }),
        "won/won", "WISH_WRONG_STATUS/won");

    private Wire.WishService.WishServiceClient Elsewhere(Actor actor) => actor.At(copies.Second).Wishes;

    private Task<string> OpenAsync() => _maker.OpenAsync(copies.World.Request(), _staff);

    private async Task<string> ClaimedAsync()
    {
        var id = await OpenAsync();
        await _neighbour.ClaimAsync(id);
        return id;
    }

    private async Task<string> DeliveredAsync()
    {
        var id = await ClaimedAsync();
        await _neighbour.DeliverAsync(id);
        return id;
    }

    private async Task<string> KeptAsync()
    {
        var id = await DeliveredAsync();
        await _maker.ConfirmAsync(id);
        return id;
    }

    private async Task<string> RatedLowAsync()
    {
        var id = await KeptAsync();
        await _maker.Wishes.RateWishAsync(new() { WishId = id, Rating = 1 });
        return id;
    }

    /// <param name="stories">What may come of both, as "one/other".</param>
    private async Task DuelAsync(
        Func<Task<string>> prepare, Func<string, Task> one, Func<string, Task> other, params string[] stories)
    {
        var seen = new List<string>();
        for (var round = 0; round < Rounds; round++)
        {
            var id = await prepare();
            var outcomes = await Race.RunAsync([() => one(id), () => other(id)]);
            seen.Add(string.Join('/', outcomes));
            Assert.Contains(seen[^1], stories);
            await Race.AssertOnePathAsync(_staff, id);
            await TidyAsync(id);
        }

        output.WriteLine(Race.Show(seen));
        await copies.AssertSoundAsync();
    }

    /// <summary>Frees the claimer's hand for the next round.</summary>
    private async Task TidyAsync(string id)
    {
        var wish = (await _staff.Wishes.GetWishAsync(new() { WishId = id })).Wish;
        if (wish.Status == Wire.WishStatus.Claimed)
        {
            await _staff.Wishes.RevokeClaimAsync(new() { WishId = id, Reason = "下一轮" });
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
