using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using WuWei.Identity;
using WuWei.Places;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Gateway.Tests.Public.Open311;

public sealed class Open311ReadingTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private WishCast _cast = null!;
    private Open311Client _client = null!;

    /// <summary>A server of its own: a list shows what others make, too.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(settings: ["Wishes:ClaimsMax=1000"]);
        _world = await World.CreateAsync(_server);
        _cast = await WishCast.CreateAsync(_world);
        _client = new Open311Client(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Services_are_the_kinds_of_wishes_that_the_district_takes()
    {
        var services = (await _client.ServicesAsync()).AsArray();

        var misc = Assert.Single(services, s => (string)s!["service_code"]! == "misc")!;
        var category = _world.Category("misc");
        Assert.Equal((category.Name, false), ((string)misc["service_name"]!, (bool)misc["metadata"]!));
        Assert.Contains((string)misc["group"]!, (string)misc["keywords"]!, StringComparison.Ordinal);
        Assert.All(services, s => Assert.Equal("realtime", (string)s!["type"]!));
        Assert.Equal(services.Count, services.Select(s => (string)s!["service_code"]!).Distinct().Count());
        Assert.Equal(
            services.ToJsonString(),
            (await _client.GetAsync("v2/services", GeoReport.Services, "services", "jurisdiction_id=999900")).ToJsonString());
    }

    [Fact]
    public async Task A_definition_has_the_questions_of_its_kind()
    {
        var rules = _world.Category("rights").Rules!;

        var definition = await _client.GetAsync("v2/services/rights", GeoReport.Definition, "service_definition");

        Assert.Equal("rights", (string)definition["service_code"]!);
        Assert.Equal(
            rules.Fields.Select((f, i) => (f.Key, f.Label, f.Required, i + 1)),
            definition["attributes"]!.AsArray().Select(a => (
                (string)a!["code"]!, (string)a["description"]!, (bool)a["required"]!, (int)a["order"]!)));
        var choices = rules.Fields.First(f => f.Kind == FieldKind.Choice);
        var list = definition["attributes"]!.AsArray().First(a => (string)a!["code"]! == choices.Key)!;
        Assert.Equal("singlevaluelist", (string)list["datatype"]!);
        Assert.Equal(choices.Choices, list["values"]!.AsArray().Select(v => (string)v!["key"]!));
    }

    [Fact]
    public async Task What_a_wish_goes_through_is_told_in_sentences()
    {
        var id = await _cast.Maker.MakeAsync(_cast.Request());
        await _client.RefusedAsync($"v2/requests/{id}", 404);

        var made = _server.Clock.Now;
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await _cast.Staff.Wishes.ApproveWishAsync(new() { WishId = id });
        await ToldAsync(id, "open", "已通过审核，正在等人认领。", made);
        await _cast.Claimer.ClaimAsync(id);
        await ToldAsync(id, "open", "已有人认领，正在办理。", made);
        await _cast.Claimer.DeliverAsync(id);
        await ToldAsync(id, "open", "已办理，正在等当事人确认。", made);
        await _cast.Beneficiary.ConfirmAsync(id, rating: 5);
        var told = await ToldAsync(id, "closed", "已办结：当事人确认办好了。", made);

        Assert.Equal("楼道灯坏了\n三单元二楼的灯不亮，晚上上楼看不清台阶。", (string)told["description"]!);
        Assert.Equal("甲社区", (string)told["agency_responsible"]!);
        Assert.Equal(("甲社区，东街道，测试区", "999900001001"), ((string)told["address"]!, (string)told["address_id"]!));
        Assert.Equal(made + TimeSpan.FromDays(180), Time(told["expected_datetime"]));
    }

    [Fact]
    public async Task Nothing_tells_of_a_person()
    {
        var id = await _cast.WishAsync(WishStatus.Kept);

        var told = (await _client.RequestAsync(id)).ToJsonString() + (await _client.RequestsAsync()).ToJsonString();

        foreach (var person in new[] { _cast.Maker, _cast.Beneficiary, _cast.Claimer, _cast.Staff })
        {
            Assert.DoesNotContain($"{person.PersonId}", told, StringComparison.Ordinal);
            Assert.DoesNotContain(person.Phone, told, StringComparison.Ordinal);
            Assert.DoesNotContain(person.Name, told, StringComparison.Ordinal);
            Assert.DoesNotContain(Person.Mask(person.Name), told, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("13912345678", told, StringComparison.Ordinal);
        Assert.DoesNotContain("云栖里", told, StringComparison.Ordinal);
        Assert.DoesNotContain("有理由", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_and_sensitive_ones_never_appear_nor_what_is_not_approved()
    {
        var hidden = new List<string>
        {
            await (_cast with { Visibility = Wire.WishVisibility.Private }).WishAsync(WishStatus.Kept),
            await (_cast with { Visibility = Wire.WishVisibility.Private }).WishAsync(WishStatus.Open),
            await (_cast with { Category = "rights" }).WishAsync(WishStatus.Open),
            await (_cast with { Category = "rights" }).WishAsync(WishStatus.Kept),
            await _cast.WishAsync(WishStatus.PendingReview),
            await _cast.WishAsync(WishStatus.Rejected),
            await _cast.WishAsync(WishStatus.Withdrawn),
        };
        var shown = await _cast.WishAsync(WishStatus.Open);

        foreach (var query in new[]
        {
            "", "service_code=rights", "status=open,closed", "service_code=rights,misc",
            $"service_request_id={string.Join(',', hidden)},{shown}",
        })
        {
            Assert.DoesNotContain(Ids(await _client.RequestsAsync(query)), hidden.Contains);
        }

        Assert.Equal([shown], Ids(await _client.RequestsAsync($"service_request_id={string.Join(',', hidden)},{shown}")));
        foreach (var id in hidden)
        {
            await _client.RefusedAsync($"v2/requests/{id}", 404);
        }
    }

    [Fact]
    public async Task Requests_are_those_of_the_time_the_kind_and_the_status_newest_first()
    {
        var old = await _cast.WishAsync(WishStatus.Open);
        var oldTime = _server.Clock.Now;
        await LaterAsync(60);
        var kept = await _cast.WishAsync(WishStatus.Kept);
        await LaterAsync(40);
        var plants = await (_cast with { Category = "plants" }).WishAsync(WishStatus.Claimed);
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        var young = await _cast.WishAsync(WishStatus.Open);

        Assert.Equal([young, plants, kept], Ids(await _client.RequestsAsync()));
        Assert.Equal([kept], Ids(await _client.RequestsAsync("status=closed")));
        Assert.Equal([young, plants], Ids(await _client.RequestsAsync("status=open")));
        Assert.Equal([plants], Ids(await _client.RequestsAsync("service_code=plants")));
        Assert.Equal([young, plants, kept], Ids(await _client.RequestsAsync("service_code=plants&service_code=misc")));
        Assert.Empty(Ids(await _client.RequestsAsync("service_code=no-such")));
        Assert.Equal([kept, old], Ids(await _client.RequestsAsync($"start_date={Stamp(oldTime)}")));
        Assert.Equal([old], Ids(await _client.RequestsAsync($"end_date={Stamp(oldTime.AddDays(1))}")));
        Assert.Equal([old], Ids(await _client.RequestsAsync(
            $"start_date={Stamp(oldTime.AddDays(-1))}&end_date={Stamp(oldTime.AddDays(59))}&status=open&extra=1")));
        Assert.Equal([young, old], Ids(await _client.RequestsAsync($"service_request_id={old},{young},{old},nonsense&status=closed")));
        Assert.Equal(
            [(young, "open"), (plants, "claimed"), (kept, "kept")],
            (await _client.GetAsync("v2/requests", GeoReport.ExtendedRequests, "service_requests", "extensions=true")).AsArray()
                .Select(r => ((string)r!["service_request_id"]!, (string)r["extended_attributes"]!["state"]!)));
    }

    [Fact]
    public async Task Pages_give_each_request_once()
    {
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Insert(0, await _cast.WishAsync(i % 2 == 0 ? WishStatus.Open : WishStatus.Kept));
        }

        for (var size = 1; size <= 6; size++)
        {
            var pages = new List<string>();
            for (var page = 1; page <= 6; page++)
            {
                pages.AddRange(Ids(await _client.RequestsAsync($"page_size={size}&page={page}")));
            }

            Assert.Equal(made.Order(), pages.Order());
        }
    }

    [Theory]
    [InlineData("start_date=2026-01-01")]
    [InlineData("start_date=2026-01-01T00:00:00")]
    [InlineData("start_date=2026-01-01T00:00:00 08:00")]
    [InlineData("start_date=9999-12-31T23:59:59Z")]
    [InlineData("end_date=0001-01-01T00:00:00Z")]
    [InlineData("start_date=2026-01-01T00:00:00Z&end_date=2026-04-02T00:00:01Z")]
    [InlineData("start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z")]
    [InlineData("status=done")]
    [InlineData("page_size=0")]
    [InlineData("page_size=1001")]
    [InlineData("page_size=-1")]
    [InlineData("page=0")]
    [InlineData("page=11")]
    [InlineData("page=2147483647&page_size=1000")]
    public async Task What_cannot_be_asked_is_refused_with_its_parameter(string query)
    {
        var words = await _client.RefusedAsync("v2/requests", 400, query);

        Assert.Contains(query.Split('&').Select(p => p.Split('=')[0]), words.Contains);
    }

    [Theory]
    [InlineData("v2/requests", "jurisdiction_id=nowhere", 404)]
    [InlineData("v2/services", "jurisdiction_id=999900001", 404)]
    [InlineData("v2/services/no-such", "", 404)]
    [InlineData("v2/services/misc/more", "", 404)]
    [InlineData("v2/requests/018f0000-0000-7000-8000-000000000000", "", 404)]
    [InlineData("v2/requests/1", "", 404)]
    [InlineData("v2/requests/%01", "", 404)]
    [InlineData("v2/tokens/1", "", 404)]
    [InlineData("v1/services", "", 404)]
    [InlineData("v2/nothing", "", 404)]
    public async Task What_is_not_there_is_said_to_be_missing(string path, string query, int status) =>
        await _client.RefusedAsync(path, status, query);

    [Fact]
    public async Task Only_so_many_are_asked_for_by_their_ids()
    {
        string Many(int count) => string.Join(',', Enumerable.Range(0, count).Select(_ => Guid.NewGuid()));

        Assert.Empty(Ids(await _client.RequestsAsync($"service_request_id={Many(100)}")));
        await _client.RefusedAsync("v2/requests", 400, $"service_request_id={Many(101)}");
    }

    [Fact]
    public async Task A_place_is_the_middle_of_a_cell_in_the_coordinates_of_the_world()
    {
        var cell = GridCell.Of(new(32_003_000, 118_732_000));
        var near = new Wire.Point
        {
            Latitude = cell.Middle.Latitude + 1_234,
            Longitude = cell.Middle.Longitude - 2_345,
        };

        var told = await _client.RequestAsync(await (_cast with { Detail = r => r.Point = near }).WishAsync(WishStatus.Open));
        var nowhere = await _client.RequestAsync(await _cast.WishAsync(WishStatus.Open));

        var real = new Point((int)((double)told["lat"]! * 1e6), (int)((double)told["long"]! * 1e6));
        Assert.InRange(real.MetresTo(cell.Middle), 300, 800);
        Assert.InRange(new Wgs84((double)told["lat"]!, (double)told["long"]!).ToPoint().MetresTo(cell.Middle), 0, 1);
        Assert.Equal((null, null), (nowhere["lat"], nowhere["long"]));
    }

    [Fact]
    public async Task Discovery_says_where_the_view_is_and_in_which_forms()
    {
        var discovery = await _client.GetAsync("discovery", GeoReport.Discovery, "discovery");

        var endpoint = Assert.Single(discovery["endpoints"]!.AsArray())!;
        Assert.Equal($"{_server.PublicAddress}/open311/v2", (string)endpoint["url"]!);
        Assert.Equal(["text/xml", "application/json"], endpoint["formats"]!.AsArray().Select(f => (string)f!));
    }

    [Fact]
    public async Task What_is_known_already_is_not_sent_again()
    {
        using var first = await _client.Http.GetAsync("v2/services.json");
        using var request = new HttpRequestMessage(HttpMethod.Get, "v2/services.json");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var again = await _client.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.NotModified, 0L), (again.StatusCode, (await again.Content.ReadAsByteArrayAsync()).LongLength));
        Assert.Equal("public, max-age=15", $"{first.Headers.CacheControl}");
    }

    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("text/html", "text/xml")]
    public async Task Without_an_ending_the_form_is_what_is_accepted(string accepted, string form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v2/services");
        request.Headers.Accept.ParseAdd(accepted);
        using var response = await _client.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, form), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task Other_methods_are_refused_in_the_form_asked_for()
    {
        using var response = await _client.Http.DeleteAsync("v2/requests.json");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        GeoReport.Errors.Read(JsonNode.Parse(await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task The_door_for_systems_does_not_have_it()
    {
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await http.GetAsync($"{_server.Address}/open311/v2/services.json");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    /// <summary>Sessions do not last as long.</summary>
    private async Task LaterAsync(int days)
    {
        _server.Clock.Advance(TimeSpan.FromDays(days));
        _cast = await WishCast.CreateAsync(_world);
    }

    private async Task<JsonNode> ToldAsync(string id, string status, string notes, DateTime made)
    {
        var told = await _client.RequestAsync(id);
        Assert.Equal((id, status, notes), (
            (string)told["service_request_id"]!, (string)told["status"]!, (string)told["status_notes"]!));
        Assert.Equal((Second(made), Second(_server.Clock.Now)), (
            Time(told["requested_datetime"]), Time(told["updated_datetime"])));
        Assert.Equal(told.ToJsonString(), Assert.Single((await _client.RequestsAsync()).AsArray())!.ToJsonString());
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        return told;
    }

    private static IEnumerable<string> Ids(JsonNode requests) =>
        requests.AsArray().Select(r => (string)r!["service_request_id"]!);

    private static DateTime Time(JsonNode? text) =>
        DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture).UtcDateTime;

    private static DateTime Second(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);

    private static string Stamp(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
