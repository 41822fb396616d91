using WuWei.Tests.Harness;

namespace WuWei.Tests.Privacy;

/// <summary>After a walk with marked data through everything, the marks are nowhere in clear.</summary>
public sealed class NothingInClearTests : IAsyncLifetime
{
    private const string Newcomer = "13987650003";
    private readonly List<string> _errors = [];
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Personal_data_is_in_no_table_no_file_no_cache_no_log_and_no_error()
    {
        var canaries = await WalkAsync();

        Assert.NotEmpty(_server.Log.Lines);
        Assert.Empty(await _server.FindAnywhereAsync(canaries));
        Assert.True(_errors.Count > 10);
        Assert.DoesNotContain(_errors, error => canaries.Any(c => error.Contains(c, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_search_finds_what_is_there_in_clear()
    {
        var world = await World.CreateAsync(_server);
        var resident = await world.ResidentAsync();
        var request = world.Request();
        request.Text = $"这段话是公开的，大家都能看到：{Guid.NewGuid():n}";
        await resident.MakeAsync(request);

        Assert.Equal([$"wish.text: {request.Text}"], await _server.Database.FindAsync([request.Text]));
        if (await _server.Database.FindInFilesAsync([request.Text]) is { } inFiles)
        {
            Assert.NotEmpty(inFiles);
        }

        // The person as Redis remembers them for a few seconds: by id, and no name or phone.
        var remembered = false;
        for (var tries = 0; tries < 20 && !remembered; tries++)
        {
            // On a busy machine the seconds may be over before the search is.
            await resident.Identity.GetMeAsync(new());
            remembered = (await Canaries.FindInRedisAsync([$"{resident.PersonId}"])).Count > 0;
        }

        Assert.True(remembered);
        Assert.Empty(await Canaries.FindInRedisAsync([resident.Name, resident.Phone]));
    }

    private async Task<List<string>> WalkAsync()
    {
        var world = await World.CreateAsync(_server);
        var staff = await world.StaffAsync(world.District);
        var maker = await world.ResidentAsync();
        var elder = await world.ResidentAsync();
        var helper = await world.ResidentAsync();
        await maker.Identity.UpdateMeAsync(new() { Name = "司马金丝雀" });

        var hidden = world.Request();
        hidden.Visibility = Wire.WishVisibility.Private;
        hidden.Title = "密题金丝雀";
        hidden.Text = "这是不公开的正文金丝雀，只给办事的人看。";
        hidden.Contact = new() { Name = "联系金丝雀", Phone = "13987650001", Address = "金丝雀巷7号" };
        hidden.Origin = Wire.WishOrigin.Family;
        hidden.Beneficiary = new() { Name = "老人金丝雀", Phone = elder.Phone, Consent = Wire.Consent.InPerson };
        var sensitive = world.Request(category: "rights");
        sensitive.Title = "敏感金丝雀";
        sensitive.Text = "敏感类别的正文金丝雀，也不公开。";
        sensitive.Answers.Add("matter", "租房");

        foreach (var request in new[] { hidden, sensitive })
        {
            var wish = await maker.MakeAsync(request);
            await staff.Wishes.ApproveWishAsync(new() { WishId = wish });
            await staff.Wishes.RevealContactAsync(new() { WishId = wish, Reason = "回访理由金丝雀" });
            await RefusedWalkAsync(maker, helper, staff, wish, request);
        }

        await KeepAsync(maker, elder, helper, staff, await maker.MakeAsync(hidden));

        var codes = new Wire.AccessService.AccessServiceClient(_server.Channel);
        var asked = await codes.AskCodeAsync(new() { Phone = Newcomer });
        var signedIn = await codes.SignInAsync(
            new() { ChallengeId = asked.ChallengeId, Code = _server.Sms.Codes[Newcomer] });
        await staff.Access.GrantRoleAsync(new()
        {
            Phone = Newcomer,
            Role = Wire.Role.Volunteer,
            UnitId = world.Community.ToString(),
        });
        await RefusedAsync(codes.SignInStaffAsync(new() { Name = "nobody", Password = "口令金丝雀金丝雀", Totp = "000000" }));
        await RefusedAsync(codes.AskCodeAsync(new() { Phone = $"{Newcomer}金丝雀" }));
        await _server.RunJobsAsync();

        return ["金丝雀", "13987650001", elder.Phone, Newcomer, maker.Phone, helper.Phone, helper.Name, signedIn.Token];
    }

    private static async Task KeepAsync(Actor maker, Actor elder, Actor helper, Actor staff, string wish)
    {
        await staff.Wishes.ApproveWishAsync(new() { WishId = wish });
        await staff.Wishes.OfferWishAsync(new() { WishId = wish, Phone = helper.Phone });
        await helper.ClaimAsync(wish);
        await helper.Wishes.RevealContactAsync(new() { WishId = wish });
        await helper.Wishes.ReleaseWishAsync(new() { WishId = wish, Reason = "放弃理由金丝雀" });
        await staff.Wishes.OfferWishAsync(new() { WishId = wish, Phone = helper.Phone });
        await helper.ClaimAsync(wish);
        await helper.Wishes.DeliverWishAsync(new() { WishId = wish, Note = "办结金丝雀", Place = "地点金丝雀" });
        await maker.Wishes.DisputeWishAsync(new() { WishId = wish, Reason = "异议金丝雀" });
        await helper.Wishes.DeliverWishAsync(new() { WishId = wish, Note = "又办结金丝雀" });
        await maker.Wishes.ConfirmWishAsync(new() { WishId = wish, Comment = "评语金丝雀" });
        await elder.Wishes.RateWishAsync(new() { WishId = wish, Rating = 1, Comment = "评价金丝雀" });
        await staff.Wishes.CloseFollowUpAsync(
            new() { WishId = wish, Outcome = Wire.FollowUpOutcome.Settled, Note = "回访金丝雀" });
    }

    /// <summary>The same marks in calls that are refused.</summary>
    private async Task RefusedWalkAsync(
        Actor maker, Actor helper, Actor staff, string wish, Wire.MakeWishRequest request)
    {
        var bad = request.Clone();
        bad.Title += "\u202e";
        bad.Contact.Phone = "13987650001x";
        bad.Beneficiary = new() { Name = "老人金丝雀\n", Phone = "13987650002-" };
        await RefusedAsync(maker.Wishes.MakeWishAsync(bad));
        await RefusedAsync(maker.Wishes.DisputeWishAsync(new() { WishId = wish, Reason = "早了金丝雀" }));
        await RefusedAsync(helper.Wishes.DeliverWishAsync(new() { WishId = wish, Note = "早了金丝雀" }));
        await RefusedAsync(staff.Wishes.OfferWishAsync(new() { WishId = wish, Phone = "13987650009" }));
        await RefusedAsync(staff.Wishes.RejectWishAsync(new() { WishId = wish, Reason = "金丝雀\0" }));
        await RefusedAsync(maker.Identity.UpdateMeAsync(new() { Name = "司马金丝雀\u202e" }));
        await RefusedAsync(maker.Wishes.GetWishAsync(new() { WishId = "金丝雀" }));
    }

    private async Task RefusedAsync<T>(AsyncUnaryCall<T> call)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await call);
        _errors.Add(refusal.Everything());
    }
}
