using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using WuWei.Calls;
using WuWei.Places;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Gateway.Tests.Public.Open311;

public sealed class Open311ReportTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;
    private Open311Client _client = null!;
    private string _key = "";

    /// <summary>A server of its own: partners are known for some seconds by its clock, which a test moves.</summary>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        _client = new Open311Client(_server);
        _key = await PartnerAsync(_world.Street, "open311");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_report_is_seen_from_review_to_the_word_of_whom_it_was_for()
    {
        var caller = await _world.ResidentAsync();
        var staff = await _world.StaffAsync(_world.Community);
        var neighbour = await _world.ResidentAsync();

        var (id, notice) = await _client.ReportAsync(Form(("phone", caller.Phone)));
        Assert.StartsWith("已收到，甲社区会在 ", notice, StringComparison.Ordinal);
        await _client.RefusedAsync($"v2/requests/{id}", 404);
        var waiting = await _client.RequestAsync(id, _key);
        Assert.Equal(("open", "已收到，正在等社区审核。", null), (
            (string)waiting["status"]!, (string)waiting["status_notes"]!, (string?)waiting["description"]));

        await staff.Wishes.ApproveWishAsync(new() { WishId = id });
        var open = await _client.RequestAsync(id);
        Assert.Equal(("open", "已通过审核，正在等人认领。", "路灯不亮了\n路灯不亮了。晚上看不清路，摔过人。"), (
            (string)open["status"]!, (string)open["status_notes"]!, (string)open["description"]!));
        await neighbour.ClaimAsync(id);
        Assert.Equal("已有人认领，正在办理。", (string)(await _client.RequestAsync(id))["status_notes"]!);
        Assert.Equal(
            ("王秀英", caller.Phone, "云栖里3幢楼下"),
            await ContactAsync(neighbour, id));
        await neighbour.DeliverAsync(id);
        Assert.Equal("已办理，正在等当事人确认。", (string)(await _client.RequestAsync(id))["status_notes"]!);
        await caller.ConfirmAsync(id, rating: 5);
        var kept = await _client.RequestAsync(id);
        Assert.Equal(("closed", "已办结：当事人确认办好了。"), ((string)kept["status"]!, (string)kept["status_notes"]!));
        await _server.AssertSoundAsync();
        await _server.AssertPointsAsync();
    }

    [Fact]
    public async Task A_report_becomes_a_wish_of_its_partner_and_is_reviewed()
    {
        var cell = GridCell.Of(new(32_003_000, 118_732_000));
        var real = Wgs84.Of(cell.Middle);
        var caller = await _world.ResidentAsync();

        var (id, notice) = await _client.ReportAsync(Form(
            ("service_code", "rights"), ("attribute[matter]", "租房"), ("phone", caller.Phone), ("visibility", "private"),
            ("consent", "written"), ("lat", $"{real.Latitude:F6}"), ("long", $"{real.Longitude:F6}"),
            ("media_url", "http://example.org/1.jpg"), ("device_id", "d"), ("account_id", "a"), ("email", "a@example.org"),
            ("something", "else")));

        Assert.EndsWith("图片链接不会取用。", notice, StringComparison.Ordinal);
        var wish = (await (await _world.StaffAsync(_world.Community)).Wishes.GetWishAsync(new() { WishId = id })).Wish;
        Assert.Equal(
            (Wire.WishOrigin.Partner, Wire.WishStatus.PendingReview, Wire.WishVisibility.Private, true, "租房"),
            (wish.Origin, wish.Status, wish.Visibility, wish.ForBeneficiary, wish.Answers["matter"]));
        Assert.Null(wish.Cell);
        var waiting = await _client.RequestAsync(id, _key);
        Assert.Equal(("open", null, null), (
            (string)waiting["status"]!, (string?)waiting["description"], (double?)waiting["lat"]));

        var (open, _) = await _client.ReportAsync(Form(("lat", $"{real.Latitude:F6}"), ("long", $"{real.Longitude:F6}")));
        Assert.Equal(
            WishSight.ToWire(cell),
            (await (await _world.StaffAsync(_world.Community)).Wishes.GetWishAsync(new() { WishId = open })).Wish.Cell);
    }

    [Fact]
    public async Task What_became_of_a_report_that_was_turned_down_is_told_its_partner_only()
    {
        var staff = await _world.StaffAsync(_world.Community);
        var (id, _) = await _client.ReportAsync(Form());
        await staff.Wishes.RejectWishAsync(new() { WishId = id, Reason = "不属于本社区。" });
        var other = await PartnerAsync(_world.Street, "open311");

        var told = await _client.RequestAsync(id, _key);

        Assert.Equal(("closed", "没有通过审核。"), ((string)told["status"]!, (string)told["status_notes"]!));
        Assert.DoesNotContain("不属于", told.ToJsonString(), StringComparison.Ordinal);
        await _client.RefusedAsync($"v2/requests/{id}", 404);
        await _client.RefusedAsync($"v2/requests/{id}", 404, key: other);
        Assert.Empty((await _client.RequestsAsync($"service_request_id={id}")).AsArray());
        Assert.Single((await _client.RequestsAsync($"service_request_id={id}", _key)).AsArray());
        Assert.Empty((await _client.RequestsAsync(key: _key)).AsArray());
    }

    [Fact]
    public async Task The_same_words_on_the_same_day_are_the_same_report_and_a_key_of_ones_own_goes_before()
    {
        var (first, _) = await _client.ReportAsync(Form());
        Assert.Equal(first, (await _client.ReportAsync(Form())).Id);
        Assert.NotEqual(first, (await _client.ReportAsync(Form(("description", "路灯不亮了。第二盏。")))).Id);
        _server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.NotEqual(first, (await _client.ReportAsync(Form())).Id);

        var one = await KeyedAsync("report-0001", "路灯不亮了。第三盏。");
        Assert.Equal(one, await KeyedAsync("report-0001", "路灯不亮了。第三盏。"));
        Assert.NotEqual(one, await KeyedAsync("report-0002", "路灯不亮了。第三盏。"));

        async Task<string> KeyedAsync(string key, string description)
        {
            _client.Http.DefaultRequestHeaders.Add("Idempotency-Key", key);
            var (id, _) = await _client.ReportAsync(Form(("description", description)));
            _client.Http.DefaultRequestHeaders.Remove("Idempotency-Key");
            return id;
        }
    }

    [Fact]
    public async Task Wrong_keys_scopes_and_units_are_refused_and_kept_as_security_events()
    {
        var unscoped = await PartnerAsync(_world.Street, "public");
        await _client.ReportRefusedAsync(403, [.. Form().Where(f => f.Name != "api_key")]);
        await _client.ReportRefusedAsync(403, Form(("api_key", "no-such-key")));
        await _client.ReportRefusedAsync(403, Form(("api_key", Token.New())));
        await _client.ReportRefusedAsync(403, Form(("api_key", unscoped)));
        await _client.ReportRefusedAsync(403, Form(("address_id", "999900002001")));
        await _client.RefusedAsync("v2/requests", 403, key: "no-such-key");

        // Each was asked for in two forms.
        Assert.Equal(8, await EventsAsync("PARTNER_KEY_UNKNOWN"));
        Assert.Equal(2, await EventsAsync("SCOPE_MISSING"));
        Assert.Equal(2, await EventsAsync("UNIT_OUT_OF_REACH"));
        Assert.Equal(0, await _server.Database.ScalarAsync<long>("SELECT COUNT(*) FROM wish"));
    }

    [Fact]
    public async Task A_partner_that_is_over_is_refused_within_a_minute_and_one_that_had_its_day_until_the_next()
    {
        var few = await PartnerAsync(_world.Street, "open311", quota: 2);
        await _client.ReportAsync(Form(("api_key", few)));
        await _client.ReportRefusedAsync(429, Form(("api_key", few), ("description", "路灯又不亮了。")));

        await _server.Database.ExecuteAsync(
            "UPDATE partner SET revoked_at = @now", ("now", _server.Clock.Now));
        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        await _client.ReportRefusedAsync(403, Form());
    }

    [Theory]
    [InlineData("service_code", "", 400, "service_code")]
    [InlineData("service_code", "no-such", 404, "")]
    [InlineData("service_code", "care", 404, "")]
    [InlineData("jurisdiction_id", "nowhere", 404, "")]
    [InlineData("address_id", "", 400, "address_id")]
    [InlineData("address_id", "320105001011", 400, "address_id")]
    [InlineData("address_id", "999900001", 400, "")]
    [InlineData("address_id", "other:999900001001", 400, "address_id")]
    [InlineData("description", "短", 400, "description")]
    [InlineData("description", "带控制符\u0007的描述", 400, "description")]
    [InlineData("description", "\u202e反过来的描述", 400, "description")]
    [InlineData("phone", "", 400, "phone")]
    [InlineData("phone", "12345", 400, "phone")]
    [InlineData("first_name", "", 400, "first_name")]
    [InlineData("lat", "32.0", 400, "lat")]
    [InlineData("lat", "NaN", 400, "lat")]
    [InlineData("attribute[no-such]", "1", 400, "没有")]
    [InlineData("attribute[]", "1", 400, "没有")]
    [InlineData("visibility", "secret", 400, "visibility")]
    [InlineData("consent", "none", 400, "consent")]
    public async Task What_cannot_be_reported_is_refused_with_its_field(string field, string value, int status, string said)
    {
        var form = Form((field, value));
        if (field == "first_name")
        {
            form = [.. form.Where(f => f.Name != "last_name")];
        }

        Assert.Contains(said, await _client.ReportRefusedAsync(status, form), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_of_the_longest_kind_is_taken_and_one_more_is_not()
    {
        var longest = new string('灯', WishDraft.TextLengthMax);

        var (id, _) = await _client.ReportAsync(Form(("description", longest)));
        await _client.ReportRefusedAsync(400, Form(("description", longest + "灯")));

        var wish = (await (await _world.StaffAsync(_world.Community)).Wishes.GetWishAsync(new() { WishId = id })).Wish;
        Assert.Equal(longest, wish.Text);
        Assert.Equal(new string('灯', 39) + "…", wish.Title);
    }

    [Fact]
    public async Task A_day_is_answered_as_the_standard_writes_times()
    {
        var date = (await _client.ServicesAsync()).AsArray().Select(s => (string)s!["service_code"]!)
            .Select(_world.Category).First(c => c.Rules!.Fields.Any(f => f.Kind == FieldKind.Date));
        var day = date.Rules!.Fields.First(f => f.Kind == FieldKind.Date).Key;
        var others = date.Rules.Fields.Where(f => f.Required && f.Key != day)
            .Select(f => ($"attribute[{f.Key}]", f.Kind == FieldKind.Choice ? f.Choices[0] : "1"));

        var (id, _) = await _client.ReportAsync(Form(
            [("service_code", date.Code), ($"attribute[{day}]", "2026-07-01T17:00:00Z"), .. others]));
        await _client.ReportRefusedAsync(400, Form(
            [("service_code", date.Code), ($"attribute[{day}]", "2026-07-01T17:00:00"), .. others]));

        var wish = (await (await _world.StaffAsync(_world.Community)).Wishes.GetWishAsync(new() { WishId = id })).Wish;
        Assert.Equal("2026-07-02", wish.Answers[day]);
    }

    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("multipart/form-data; boundary=x", "--x--")]
    [InlineData("application/x-www-form-urlencoded; charset=gbk", "description=1")]
    [InlineData("application/x-www-form-urlencoded", "description=%B5%C6%BB%B5%C1%CB")]
    [InlineData(null, "description=1")]
    public async Task What_is_no_form_in_the_encoding_of_the_standard_is_refused(string? type, string body)
    {
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        using var response = await _client.Http.PostAsync("v2/requests.json", content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        GeoReport.Errors.Read(JsonNode.Parse(await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_form_is_bounded()
    {
        using var large = new StringContent($"description={new string('a', 70_000)}", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var refused = await _client.Http.PostAsync("v2/requests.xml", large);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        GeoReport.Errors.Read(XDocument.Parse(await refused.Content.ReadAsStringAsync()).Root!);

        await _client.ReportRefusedAsync(400, [.. Enumerable.Range(0, 101).Select(i => ($"f{i}", "1"))]);
    }

    [Fact]
    public async Task Nobody_else_makes_a_wish_of_a_partner()
    {
        var resident = await _world.ResidentAsync();
        var request = _world.Request();
        request.Origin = Wire.WishOrigin.Partner;

        var refused = await Assert.ThrowsAsync<RpcException>(() => resident.MakeAsync(request));

        Assert.Equal("NOT_PERMITTED", refused.Reason());
    }

    private static async Task<(string, string, string)> ContactAsync(Actor claimer, string id)
    {
        var contact = (await claimer.Wishes.RevealContactAsync(new() { WishId = id })).Contact;
        return (contact.Name, contact.Phone, contact.Address);
    }

    private Task<long> EventsAsync(string kind) => _server.Database.ScalarAsync<long>(
        $"SELECT CAST(COALESCE(SUM(times), 0) AS SIGNED) FROM security_event WHERE kind = '{kind}'");

    /// <summary>A report as a hotline sends it; what is given replaces a field, or is added.</summary>
    private (string Name, string Value)[] Form(params (string Name, string Value)[] given)
    {
        (string Name, string Value)[] usual =
        [
            ("api_key", _key), ("jurisdiction_id", "999900"), ("service_code", "misc"), ("address_id", "999900001001"),
            ("address_string", "云栖里3幢楼下"), ("first_name", "秀英"), ("last_name", "王"), ("phone", "13912345678"),
            ("description", "路灯不亮了。晚上看不清路，摔过人。"),
        ];
        return [.. usual.Where(u => given.All(g => g.Name != u.Name)), .. given];
    }

    /// <summary>A partner for this unit and this scope.</summary>
    /// <returns>Its key.</returns>
    private async Task<string> PartnerAsync(Guid unit, string scope, int quota = 1_000)
    {
        var (_, code) = await _server.AddPartnerAsync([scope], [unit], quota: quota);
        var key = await _server.AddKeyAsync(code);
        // As long as partners are known.
        _server.Clock.Advance(TimeSpan.FromSeconds(15));
        return key;
    }
}
