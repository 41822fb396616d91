using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Wishes;

public class MakeWishTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Theory]
    [InlineData(Wire.WishOrigin.Unspecified, false, Wire.WishStatus.PendingReview)]
    [InlineData(Wire.WishOrigin.Resident, false, Wire.WishStatus.PendingReview)]
    [InlineData(Wire.WishOrigin.Family, true, Wire.WishStatus.PendingReview)]
    [InlineData(Wire.WishOrigin.GridWorker, true, Wire.WishStatus.PendingReview)]
    [InlineData(Wire.WishOrigin.Staff, true, Wire.WishStatus.Open)]
    [InlineData(Wire.WishOrigin.Staff, false, Wire.WishStatus.Open)]
    public async Task Each_origin_makes_a_wish_that_waits_for_review_unless_staff_made_it(
        Wire.WishOrigin origin, bool forBeneficiary, Wire.WishStatus status)
    {
        var cast = await WishCast.CreateAsync(_world);
        await _world.GrantAsync(cast.Maker, Role.GridWorker, _world.Grid);
        var maker = origin == Wire.WishOrigin.Staff ? cast.Staff : cast.Maker;
        var request = Request(cast, origin, forBeneficiary);
        request.UnitId = $"{_world.Grid}";

        var wish = (await maker.Wishes.MakeWishAsync(request)).Wish;

        var asked = origin == Wire.WishOrigin.Unspecified ? Wire.WishOrigin.Resident : origin;
        Assert.Equal((status, asked, forBeneficiary), (wish.Status, wish.Origin, wish.ForBeneficiary));
        Assert.Equal((request.UnitId, $"{_world.Community}"), (wish.UnitId, wish.AudienceUnitId));
        Assert.Equal(shared.Server.Clock.Now.AddDays(180), wish.DeadlineAt.ToDateTime());
        // Nobody's unread text reaches a stranger by naming their phone.
        Assert.Equal(
            forBeneficiary && status == Wire.WishStatus.Open,
            (await cast.Beneficiary.Wishes.ListWishesAsync(new() { View = Wire.WishView.Mine }))
            .Wishes.Any(w => w.Id == wish.Id));
    }

    [Fact]
    public async Task A_beneficiary_needs_consent_and_an_origin_that_speaks_for_others()
    {
        var cast = await WishCast.CreateAsync(_world);
        var silent = cast.Request();
        silent.Beneficiary.Consent = Wire.Consent.Unspecified;

        Assert.Equal("WISH_CONSENT", await Refused(cast.Maker, silent));
        Assert.Equal("WISH_INVALID", await Refused(cast.Maker, Request(cast, Wire.WishOrigin.Family, false)));
        Assert.Equal("WISH_INVALID", await Refused(cast.Maker, Request(cast, Wire.WishOrigin.GridWorker, false)));
        Assert.Equal("WISH_INVALID", await Refused(cast.Maker, Request(cast, Wire.WishOrigin.Resident, true)));
        Assert.Equal("WISH_INVALID", await Refused(cast.Maker, Request(cast, Wire.WishOrigin.Import, false)));
    }

    [Fact]
    public async Task Grid_workers_and_staff_make_wishes_only_where_they_serve()
    {
        var cast = await WishCast.CreateAsync(_world);
        var gridWorker = await _world.WithRoleAsync(Role.GridWorker, _world.Grid);
        var elsewhere = await _world.StaffAsync(_world.OtherStreet);

        Assert.Equal("NOT_PERMITTED", await Refused(cast.Maker, Request(cast, Wire.WishOrigin.GridWorker, true)));
        Assert.Equal("NOT_PERMITTED", await Refused(cast.Maker, Request(cast, Wire.WishOrigin.Staff, true)));
        // The community is above the grid.
        Assert.Equal("NOT_PERMITTED", await Refused(gridWorker, Request(cast, Wire.WishOrigin.GridWorker, true)));
        Assert.Equal("NOT_PERMITTED", await Refused(elsewhere, Request(cast, Wire.WishOrigin.Staff, true)));
    }

    [Fact]
    public async Task What_is_not_right_is_named_field_by_field()
    {
        var maker = await _world.ResidentAsync();
        var request = _world.Request();
        (request.Title, request.Text, request.EffortMinutes) = ("灯", "短", 4);
        request.Contact.Phone = "12";
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await maker.Wishes.MakeWishAsync(request));

        Assert.Equal("WISH_INVALID", refusal.Reason());
        Assert.Equal(["title", "text", "effort_minutes", "contact.phone"], refusal.Fields());
    }

    [Fact]
    public async Task A_wish_of_ones_own_without_a_phone_has_the_one_that_was_proven()
    {
        var cast = await WishCast.CreateAsync(_world);
        var own = Request(cast, Wire.WishOrigin.Resident, false);
        own.Contact.Phone = "";
        var id = await cast.Maker.OpenAsync(own, cast.Staff);
        await cast.Claimer.ClaimAsync(id);

        own.Contact.Phone = cast.Maker.Phone;
        Assert.Equal(own.Contact, (await cast.Claimer.Wishes.RevealContactAsync(new() { WishId = id })).Contact);
    }

    [Theory]
    [InlineData(Wire.WishOrigin.Family)]
    [InlineData(Wire.WishOrigin.GridWorker)]
    [InlineData(Wire.WishOrigin.Staff)]
    public async Task Whoever_makes_a_wish_for_others_says_whom_to_call(Wire.WishOrigin origin)
    {
        var cast = await WishCast.CreateAsync(_world);
        var request = Request(cast, origin, true);
        request.Contact.Phone = "";
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await cast.Staff.Wishes.MakeWishAsync(request));

        Assert.Equal(("WISH_INVALID", "contact.phone"), (refusal.Reason(), Assert.Single(refusal.Fields())));
    }

    [Fact]
    public async Task Deadline_unit_category_and_answers_have_their_own_reasons()
    {
        var maker = await _world.ResidentAsync();
        var now = shared.Server.Clock.Now;
        Task<string> With(Action<Wire.MakeWishRequest> change)
        {
            var request = _world.Request();
            change(request);
            return Refused(maker, request);
        }

        Assert.Equal("WISH_DEADLINE", await With(r => r.DeadlineAt = Timestamp.FromDateTime(now.AddHours(23))));
        Assert.Equal("WISH_DEADLINE", await With(r => r.DeadlineAt = Timestamp.FromDateTime(now.AddDays(366))));
        Assert.Equal("UNIT_UNKNOWN", await With(r => r.UnitId = $"{Guid.CreateVersion7()}"));
        Assert.Equal("UNIT_NOT_FOR_WISHES", await With(r => r.UnitId = $"{_world.Street}"));
        Assert.Equal("CATEGORY_UNKNOWN", await With(r => r.CategoryId = $"{Guid.CreateVersion7()}"));
        Assert.Equal("CATEGORY_UNKNOWN", await With(r => r.CategoryId = $"{_world.Category("greening").Id}"));
        Assert.Equal("WISH_ANSWERS", await With(r => r.CategoryId = $"{_world.Category("errands").Id}"));
        Assert.Equal("WISH_ANSWERS", await With(r => r.Answers.Add("colour", "红")));
    }

    private static Wire.MakeWishRequest Request(WishCast cast, Wire.WishOrigin origin, bool forBeneficiary)
    {
        var request = cast.Request();
        request.Origin = origin;
        if (!forBeneficiary)
        {
            request.Beneficiary = null;
        }

        return request;
    }

    private static Task<string> Refused(Actor maker, Wire.MakeWishRequest request) =>
        Refusals.ReasonAsync(maker.Wishes.MakeWishAsync(request));
}
