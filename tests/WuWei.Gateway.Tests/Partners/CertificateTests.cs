using System.Net;
using System.Security.Cryptography.X509Certificates;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Partners;

/// <summary>Who comes in by the gRPC door with client certificates; over real sockets.</summary>
public sealed class CertificateTests(PartnerDoor door) : IClassFixture<PartnerDoor>
{
    [Fact]
    public async Task A_registered_certificate_is_let_in()
    {
        var partner = await door.PartnerAsync(["public"]);

        Assert.Equal("甲社区", (await partner.Organization.GetUnitAsync(Community())).Unit.Name);
        Assert.Equal(0, (await partner.Wishes.CountWishesAsync(new() { UnitId = $"{door.World.Community}" })).Counts.Made);
    }

    [Fact]
    public async Task What_is_no_registered_certificate_of_our_authority_is_refused_by_name_and_noted()
    {
        var partner = await door.PartnerAsync(["public"]);
        var served = door.Issue(forServers: true);
        var late = door.Issue(days: 1, from: -10);
        var early = door.Issue(from: 10);
        foreach (var certificate in new[] { served, late, early })
        {
            // Registered, all the same.
            var (_, code) = await door.People.AddPartnerAsync(["public"], [door.World.Community]);
            await door.RegisterAsync(code, certificate);
        }

        await AssertRefusedAsync("CERTIFICATE_REQUIRED", null);
        await AssertRefusedAsync("CERTIFICATE_UNTRUSTED", door.SelfSigned());
        await AssertRefusedAsync("CERTIFICATE_UNTRUSTED", door.IssueElsewhere());
        await AssertRefusedAsync("CERTIFICATE_NOT_FOR_CLIENTS", served);
        await AssertRefusedAsync("CERTIFICATE_EXPIRED", late);
        await AssertRefusedAsync("CERTIFICATE_NOT_YET", early);
        await AssertRefusedAsync("CERTIFICATE_UNKNOWN", door.Issue());

        Assert.Equal("甲社区", (await partner.Organization.GetUnitAsync(Community())).Unit.Name);
    }

    [Fact]
    public async Task A_certificate_that_only_looks_registered_is_refused()
    {
        var partner = await door.PartnerAsync(["public"]);
        // The public half is no secret; whoever shows it lacks the key.
        using var bare = X509CertificateLoader.LoadCertificate(partner.Certificate.RawData);

        await AssertRefusedAsync("CERTIFICATE_REQUIRED", bare);
    }

    [Fact]
    public async Task A_partner_out_of_its_dates_or_revoked_is_refused()
    {
        var now = door.Clock.Now;
        var early = await door.PartnerAsync(["public"], startsAt: now.AddDays(1));
        var late = await door.PartnerAsync(["public"], startsAt: now.AddDays(-2), endsAt: now.AddDays(-1));
        var revoked = await door.PartnerAsync(["public"]);
        await revoked.Organization.GetUnitAsync(Community());
        await door.People.Partners().RevokeAsync(revoked.Code, "合同到期", CancellationToken.None);
        door.Forget();

        await AssertRefusedAsync("PARTNER_NOT_YET", early.Certificate);
        await AssertRefusedAsync("PARTNER_OVER", late.Certificate);
        await AssertRefusedAsync("PARTNER_REVOKED", revoked.Certificate);
        // On the connection that was open before, too.
        Assert.Equal("PARTNER_REVOKED", await Refusals.ReasonAsync(revoked.Organization.GetUnitAsync(Community())));
    }

    [Fact]
    public async Task Two_certificates_are_good_until_the_first_is_retired_and_no_third_comes_meanwhile()
    {
        var partner = await door.PartnerAsync(["public"]);
        var next = door.Issue();
        await door.RegisterAsync(partner.Code, next, door.Clock.Now.AddDays(7));
        using var channel = door.Channel(next);
        var renewed = new Wire.OrganizationService.OrganizationServiceClient(channel);

        await partner.Organization.GetUnitAsync(Community());
        await renewed.GetUnitAsync(Community());
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => door.RegisterAsync(partner.Code, door.Issue(), door.Clock.Now.AddDays(7)));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => door.RegisterAsync(partner.Code, next, door.Clock.Now.AddDays(7)));

        door.Clock.Advance(TimeSpan.FromDays(8));
        await renewed.GetUnitAsync(Community());
        Assert.Equal("CERTIFICATE_RETIRED", await Refusals.ReasonAsync(partner.Organization.GetUnitAsync(Community())));
    }

    [Fact]
    public async Task A_certificate_that_expires_on_an_open_connection_is_good_no_longer()
    {
        var partner = await door.PartnerAsync(["public"], certificate: door.Issue(days: 1));
        await partner.Organization.GetUnitAsync(Community());

        door.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal("CERTIFICATE_EXPIRED", await Refusals.ReasonAsync(partner.Organization.GetUnitAsync(Community())));
    }

    [Fact]
    public async Task Revocation_holds_on_every_copy_within_a_minute_and_ends_open_streams()
    {
        await using var other = await door.StartAsync();
        var partner = await door.PartnerAsync(["public", "BoardService/WatchBoard"]);
        using var there = door.Channel(partner.Certificate, other);
        var elsewhere = new Wire.OrganizationService.OrganizationServiceClient(there);
        await elsewhere.GetUnitAsync(Community());
        await partner.Organization.GetUnitAsync(Community());
        using var stream = new Wire.BoardService.BoardServiceClient(there).WatchBoard(new()
        {
            Board = new()
            {
                Subject = Wire.BoardSubject.Person,
                UnitId = $"{door.World.Community}",
                Period = Wire.BoardPeriod.Year,
            },
        });
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));

        await door.People.Partners().RevokeAsync(partner.Code, "密钥丢失", CancellationToken.None);
        door.Clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal("PARTNER_REVOKED", await Refusals.ReasonAsync(elsewhere.GetUnitAsync(Community())));
        Assert.Equal("PARTNER_REVOKED", await Refusals.ReasonAsync(partner.Organization.GetUnitAsync(Community())));
        var ended = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await stream.ResponseStream.MoveNext(CancellationToken.None))
            {
                // What was said before.
            }
        });
        Assert.Equal("PARTNER_REVOKED", ended.Reason());
    }

    [Fact]
    public async Task Nothing_that_is_sent_stands_for_a_certificate()
    {
        var partner = await door.PartnerAsync(["public"]);
        var pem = Uri.EscapeDataString(partner.Certificate.ExportCertificatePem());
        using var channel = door.Channel(null);
        var headers = new Metadata
        {
            { "x-client-cert", pem }, { "x-arr-clientcert", Convert.ToBase64String(partner.Certificate.RawData) },
            { "x-forwarded-client-cert", $"Hash={partner.Certificate.GetCertHashString()};Cert=\"{pem}\"" },
            { "ssl-client-verify", "SUCCESS" }, { "x-forwarded-for", "127.0.0.1" },
        };

        Assert.Equal("CERTIFICATE_REQUIRED", await Refusals.ReasonAsync(
            new Wire.OrganizationService.OrganizationServiceClient(channel).GetUnitAsync(Community(), headers)));
    }

    [Fact]
    public async Task Without_a_partner_nobody_learns_which_calls_there_are()
    {
        using var channel = door.Channel(door.SelfSigned());
        foreach (var rpc in new[]
        {
            "wuwei.v1.WishService/DropWish", "wuwei.v1.AdminService/DoAnything", "grpc.health.v1.Health/Check",
            "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "wuwei.v1.AccessService/AskCode",
        })
        {
            Assert.Equal("CERTIFICATE_UNTRUSTED", await Refusals.ReasonAsync(channel.Send(rpc, [])));
        }
    }

    [Fact]
    public async Task Only_http_2_over_tls_is_spoken()
    {
        var partner = await door.PartnerAsync(["public"]);
        using var http = new HttpClient(PartnerDoor.Handler(partner.Certificate))
        {
            DefaultRequestVersion = HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync($"{door.Address}/h5/"));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(door.Address.Replace("https", "http")));
    }

    private async Task AssertRefusedAsync(string reason, X509Certificate2? shown)
    {
        using var channel = door.Channel(shown);
        var before = await door.Door.CountEventsAsync(reason);
        var call = new Wire.OrganizationService.OrganizationServiceClient(channel).GetUnitAsync(Community());

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await call);

        Assert.Equal((StatusCode.Unauthenticated, reason), (refused.StatusCode, refused.Reason()));
        Assert.Equal(before + 1, await door.Door.CountEventsAsync(reason));
    }

    private Wire.GetUnitRequest Community() => new() { UnitId = $"{door.World.Community}" };
}
