using System.Net;
using System.Text.Json;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Grpc.Reflection.V1Alpha;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Partners;

/// <summary>What partners may have once they are in.</summary>
public sealed class PartnerRightsTests(PartnerDoor door) : IClassFixture<PartnerDoor>
{
    [Fact]
    public async Task A_call_without_a_scope_is_refused_and_noted()
    {
        var partner = await door.PartnerAsync(["WishService/CountWishes"]);

        await partner.Wishes.CountWishesAsync(new() { UnitId = $"{door.World.Community}" });
        Assert.Equal("SCOPE_MISSING", await Refusals.ReasonAsync(
            partner.Organization.GetUnitAsync(new() { UnitId = $"{door.World.Community}" })));

        Assert.Equal(1, await door.Door.CountEventsAsync("SCOPE_MISSING", partner.Id));
    }

    [Fact]
    public async Task Whatever_the_scopes_say_a_partner_has_no_call_that_the_table_does_not_give_partners()
    {
        var partner = await door.PartnerAsync(["public", .. Rpcs.All.Select(m => $"{m.Service.Name}/*").Distinct()]);
        foreach (var rpc in Rpcs.All.Where(m => Permissions.ByRpc[m.Name()].Partners == PartnerUse.None))
        {
            Assert.Equal("SCOPE_MISSING", await Refusals.ReasonAsync(
                partner.Channel.Send(rpc.Name(), [], key: Guid.NewGuid().ToString())));
        }
    }

    [Fact]
    public async Task Units_that_are_not_its_own_are_refused_and_noted()
    {
        var maker = await door.World.ResidentAsync();
        var staff = await door.World.StaffAsync(door.World.District);
        var here = await maker.OpenAsync(door.World.Request(), staff);
        var far = await maker.OpenAsync(door.World.Request(door.World.FarCommunity), staff);
        var partner = await door.PartnerAsync(["public", "BoardService/WatchBoard"], [door.World.Street]);
        var (ours, theirs) = ($"{door.World.NextCommunity}", $"{door.World.FarCommunity}");
        var listed = Wire.WishView.Unit;

        Assert.Equal(here, (await partner.Wishes.GetWishAsync(new() { WishId = here })).Wish.Id);
        await partner.Wishes.ListWishesAsync(new() { View = listed, UnitId = ours, Status = Wire.WishStatus.Open });
        await partner.Registry.CountOrganisationsAsync(new() { UnitId = ours });

        Assert.All(
            [
                await Refusals.ReasonAsync(partner.Wishes.GetWishAsync(new() { WishId = far })),
                await Refusals.ReasonAsync(partner.Wishes.CountWishesAsync(new() { UnitId = theirs })),
                // Above its own is not its own.
                await Refusals.ReasonAsync(partner.Wishes.CountWishesAsync(new() { UnitId = $"{door.World.District}" })),
                await Refusals.ReasonAsync(partner.Wishes.ListWishesAsync(
                    new() { View = listed, UnitId = theirs, Status = Wire.WishStatus.Open })),
                await Refusals.ReasonAsync(partner.Wishes.ListWishesAsync(new() { View = Wire.WishView.Mine })),
                await Refusals.ReasonAsync(partner.Registry.ListOrganisationsAsync(new() { UnitId = theirs })),
                await Refusals.ReasonAsync(partner.Registry.CountOrganisationsAsync(new() { UnitId = theirs })),
                await Refusals.ReasonAsync(partner.Boards.GetBoardAsync(new()
                {
                    Board = new() { Subject = Wire.BoardSubject.Person, UnitId = theirs, Period = Wire.BoardPeriod.Year },
                })),
            ],
            reason => Assert.Equal("UNIT_OUT_OF_REACH", reason));
        using var watched = partner.Boards.WatchBoard(new()
        {
            Board = new() { Subject = Wire.BoardSubject.Person, UnitId = theirs, Period = Wire.BoardPeriod.Year },
        });
        var refused = await Assert.ThrowsAsync<RpcException>(
            () => watched.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("UNIT_OUT_OF_REACH", refused.Reason());
        Assert.Equal(9, await door.Door.CountEventsAsync("UNIT_OUT_OF_REACH", partner.Id));
    }

    [Fact]
    public async Task A_partner_sees_what_a_stranger_sees()
    {
        var maker = await door.World.ResidentAsync();
        var staff = await door.World.StaffAsync(door.World.Community);
        var open = await maker.OpenAsync(door.World.Request(), staff);
        var hidden = door.World.Request();
        hidden.Visibility = Wire.WishVisibility.Private;
        var kept = await maker.OpenAsync(hidden, staff);
        var partner = await door.PartnerAsync(["public"]);
        using var web = Web();
        var stranger = new Wire.WishService.WishServiceClient(web);

        Assert.Equal(
            await stranger.GetWishAsync(new() { WishId = open }), await partner.Wishes.GetWishAsync(new() { WishId = open }));
        Assert.Equal("WISH_UNKNOWN", await Refusals.ReasonAsync(partner.Wishes.GetWishAsync(new() { WishId = kept })));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(partner.Wishes.ListWishesAsync(new()
        {
            View = Wire.WishView.Unit,
            UnitId = $"{door.World.Community}",
            Status = Wire.WishStatus.PendingReview,
        })));
    }

    [Fact]
    public async Task Quotas_are_kept_over_all_copies_and_begin_anew_with_the_day()
    {
        await using var other = await door.StartAsync();
        var partner = await door.PartnerAsync(["OrganizationService/GetUnit", "WishService/CountWishes=3"], quota: 250);
        using var there = door.Channel(partner.Certificate, other);
        Wire.OrganizationService.OrganizationServiceClient[] copies =
            [partner.Organization, new Wire.OrganizationService.OrganizationServiceClient(there)];
        var counting = new Wire.CountWishesRequest { UnitId = $"{door.World.Community}" };

        for (var i = 0; i < 3; i++)
        {
            await partner.Wishes.CountWishesAsync(counting);
        }

        Assert.Equal("QUOTA_SPENT", await Refusals.ReasonAsync(partner.Wishes.CountWishesAsync(counting)));
        var passed = 0;
        for (var i = 0; i < 300; i++)
        {
            passed += await PassesAsync(copies[i % 2]) ? 1 : 0;
        }

        // Three were spent on wishes.
        Assert.Equal(247, passed);
        Assert.Equal(
            54, await door.Door.CountEventsAsync("QUOTA_SPENT", partner.Id));
        door.Clock.Advance(TimeSpan.FromDays(1));
        Assert.True(await PassesAsync(copies[0]));
        await partner.Wishes.CountWishesAsync(counting);

        async Task<bool> PassesAsync(Wire.OrganizationService.OrganizationServiceClient copy)
        {
            try
            {
                await copy.GetUnitAsync(new() { UnitId = $"{door.World.Community}" });
                return true;
            }
            catch (RpcException spent) when (spent.StatusCode == StatusCode.ResourceExhausted)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_persons_token_makes_no_partner_a_person_and_opens_nothing_without_a_certificate()
    {
        var staff = await door.World.StaffAsync(door.World.Community);
        var partner = await door.PartnerAsync(["public"]);
        using var bare = door.Channel(null);

        Assert.Equal("PERSON_TOKEN_NOT_HERE", await Refusals.ReasonAsync(
            partner.Channel.Send("wuwei.v1.WishService/CountWishes", [], staff.Token)));
        Assert.Equal("CERTIFICATE_REQUIRED", await Refusals.ReasonAsync(
            bare.Send("wuwei.v1.IdentityService/GetMe", [], staff.Token)));

        Assert.Equal(1, await door.Door.CountEventsAsync("PERSON_TOKEN_NOT_HERE", partner.Id));
    }

    [Fact]
    public async Task A_key_is_good_at_thedoor_without_certificates_and_at_no_other()
    {
        var partner = await door.PartnerAsync(["public"]);
        var key = await door.People.AddKeyAsync(partner.Code);
        door.Forget();
        var shown = new Metadata { { PartnerSteps.KeyHeader, key } };
        var request = new Wire.GetUnitRequest { UnitId = $"{door.World.Community}" };
        using var bare = door.Channel(null);
        using var web = Web();

        await At(door.People.Channel).GetUnitAsync(request, shown);
        Assert.Equal("PARTNER_KEY_UNKNOWN", await Refusals.ReasonAsync(At(door.People.Channel).GetUnitAsync(
            request, new Metadata { { PartnerSteps.KeyHeader, Token.New() } })));
        Assert.Equal("PARTNER_KEY_NOT_HERE", await Refusals.ReasonAsync(partner.Organization.GetUnitAsync(request, shown)));
        Assert.Equal("CERTIFICATE_REQUIRED", await Refusals.ReasonAsync(At(bare).GetUnitAsync(request, shown)));
        Assert.Equal("PARTNER_KEY_NOT_HERE", await Refusals.ReasonAsync(At(web).GetUnitAsync(request, shown)));
        Assert.Equal("SIGN_IN_REQUIRED", await Refusals.ReasonAsync(
            web.Send("wuwei.v1.OrganizationService/GetUnit", [], key)));
        Assert.Equal("SIGN_IN_REQUIRED", await Refusals.ReasonAsync(
            door.People.Channel.Send("wuwei.v1.OrganizationService/GetUnit", [], key)));

        Assert.Equal(1, await door.People.CountEventsAsync("PARTNER_KEY_NOT_HERE", partner.Id));
        Assert.Equal(1, await door.People.CountEventsAsync("PARTNER_KEY_NOT_HERE"));
        Assert.Equal(0, await door.People.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM partner_key WHERE HEX(key_hash) LIKE CONCAT('%', HEX(@key), '%')", ("key", key)));
        await door.People.AddKeyAsync(partner.Code);
        door.Forget();
        Assert.Equal("PARTNER_KEY_RETIRED", await Refusals.ReasonAsync(At(door.People.Channel).GetUnitAsync(request, shown)));

        static Wire.OrganizationService.OrganizationServiceClient At(GrpcChannel channel) => new(channel);
    }

    [Fact]
    public async Task Reflection_is_off_in_production()
    {
        await using var production = await door.StartAsync("environment=Production");
        var partner = await door.PartnerAsync(["public"]);
        using var there = door.Channel(partner.Certificate, production);

        Assert.Equal("ServiceUnknown", await NameAsync(there));
        Assert.NotEqual("ServiceUnknown", await NameAsync(partner.Channel));

        static async Task<string> NameAsync(GrpcChannel channel)
        {
            using var asked = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
            try
            {
                await asked.RequestStream.WriteAsync(new() { ListServices = "" });
                await asked.RequestStream.CompleteAsync();
                return await asked.ResponseStream.MoveNext(CancellationToken.None) ? "answers" : "ends";
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
            {
                return "ServiceUnknown";
            }
        }
    }

    [Fact]
    public async Task A_change_of_a_partner_is_in_the_journal_without_contact_and_reason()
    {
        var partner = await door.PartnerAsync(["public"]);
        await door.People.AddKeyAsync(partner.Code);
        await door.People.Partners().RevokeAsync(partner.Code, "合同到期", CancellationToken.None);

        foreach (var kind in new[] { "PARTNER_ADDED", "PARTNER_CERTIFICATE_ADDED", "PARTNER_KEY_ADDED", "PARTNER_REVOKED" })
        {
            var detail = await door.People.Database.ScalarAsync<string>(
                """
                SELECT detail FROM journal_entry
                WHERE kind = @kind AND subject = 'partner' AND subject_id = @id AND actor_role = 'operator'
                """, ("kind", kind), ("id", partner.Id));
            Assert.NotNull(JsonDocument.Parse(detail!));
            Assert.DoesNotContain("王科长", detail);
            Assert.DoesNotContain("合同到期", detail);
        }
    }

    /// <summary>The public door.</summary>
    private GrpcChannel Web() => GrpcChannel.ForAddress(door.People.PublicAddress, new()
    {
        HttpHandler = new GrpcWebHandler(GrpcWebMode.GrpcWeb, new HttpClientHandler()),
        HttpVersion = HttpVersion.Version11,
    });
}
