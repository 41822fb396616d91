using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.ContentChecks;

/// <summary>What staff decide about the texts of residents, what their authors are told, and how they appeal.</summary>
public sealed class ContentReviewTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Many_are_decided_at_once_each_with_its_reason()
    {
        var (author, staff) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        var wishes = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            wishes.Add(await NotedAsync(author, $"第{i}条"));
        }

        await _world.CheckContentAsync();
        var queue = (await QueueAsync(staff, _world.Community)).ToList();
        Assert.Equal(wishes, queue.Select(r => r.PartOf));

        var decided = await staff.ContentChecks.ReviewContentAsync(
            new() { Choices = { Passing(queue[0]), Refusing(queue[1], "请不要做广告") } });
        Assert.Equal(
            [(Wire.ContentState.Passed, true), (Wire.ContentState.Refused, true)],
            decided.Contents.Select(c => (c.State, c.Decided)));
        // What is decided stays so, and the rest is done.
        var rest = await staff.ContentChecks.ReviewContentAsync(
            new() { Choices = { Refusing(queue[0], "再想想"), Passing(queue[2]) } });
        Assert.Equal(
            [(Wire.ContentState.Passed, false), (Wire.ContentState.Passed, true)],
            rest.Contents.Select(c => (c.State, c.Decided)));
        Assert.Equal("CONTENT_DECIDED", await Refusals.ReasonAsync(
            staff.ContentChecks.ReviewContentAsync(new() { Choices = { Passing(queue[1]) } })));

        var mine = (await author.ContentChecks.ListMyContentAsync(new())).Contents.Single(c => c.PartOf == wishes[1]);
        Assert.Equal(
            (Wire.ContentState.Refused, Wire.RefusalReason.Advertising, "请不要做广告"),
            (mine.State, mine.Reason, mine.ReasonText));
        Assert.Equal(2, await EntriesAsync("CONTENT_PASSED", author));
        Assert.Equal(1, await EntriesAsync("CONTENT_REFUSED", author));
    }

    [Fact]
    public async Task Staff_see_what_waits_in_their_units_by_kind_and_age()
    {
        var author = await _world.ResidentAsync();
        await NotedAsync(author, "甲社区的");
        await author.Identity.UpdateMeAsync(new() { Name = "慕容白" });
        await _world.CheckContentAsync();
        var (here, street, next) = (await _world.StaffAsync(_world.Community), await _world.StaffAsync(_world.Street),
            await _world.StaffAsync(_world.NextCommunity));

        Assert.Equal(["甲社区的", "慕容白"], (await QueueAsync(here, _world.Community)).Select(r => r.Text));
        Assert.Equal(["甲社区的", "慕容白"], (await QueueAsync(street, _world.Street)).Select(r => r.Text));
        Assert.Empty(await QueueAsync(next, _world.NextCommunity));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
            next.ContentChecks.ListContentReviewsAsync(new() { UnitId = $"{_world.Community}" })));
        var names = await here.ContentChecks.ListContentReviewsAsync(
            new() { UnitId = $"{_world.Community}", Kind = Wire.ContentKind.Name });
        Assert.Equal("慕容白", Assert.Single(names.Reviews).Text);
        var first = await here.ContentChecks.ListContentReviewsAsync(
            new() { UnitId = $"{_world.Community}", PageSize = 1 });
        var second = await here.ContentChecks.ListContentReviewsAsync(
            new() { UnitId = $"{_world.Community}", PageSize = 1, PageToken = first.NextPageToken });
        Assert.Equal(("甲社区的", "慕容白", ""), (first.Reviews[0].Text, second.Reviews[0].Text, second.NextPageToken));
    }

    [Fact]
    public async Task Nobody_decides_on_what_they_wrote()
    {
        var author = await _world.WithRoleAsync(Role.Staff, _world.Community, home: _world.Community);
        await NotedAsync(author, "自己写的");
        var review = Assert.Single(await _world.WaitingAsync());

        Assert.Equal("CONTENT_OWN", await Refusals.ReasonAsync(
            author.ContentChecks.ReviewContentAsync(new() { Choices = { Passing(review) } })));
    }

    [Fact]
    public async Task Nobody_opens_a_wish_that_was_made_for_them()
    {
        var (staff, colleague) = (await _world.StaffAsync(_world.Community), await _world.StaffAsync(_world.Community));
        var request = _world.Request(category: "errands");
        request.Answers.Add("items", "两袋米");
        request.Origin = Wire.WishOrigin.Family;
        request.Beneficiary = new() { Name = "李奶奶", Phone = staff.Phone, Consent = Wire.Consent.InPerson };
        var maker = await _world.ResidentAsync();
        var id = await maker.MakeAsync(request);
        await _world.CheckContentAsync();
        var review = Assert.Single(await _world.WaitingAsync());

        Assert.Equal("WISH_OWN", await Refusals.ReasonAsync(
            staff.ContentChecks.ReviewContentAsync(new() { Choices = { Passing(review) } })));
        await colleague.ContentChecks.ReviewContentAsync(new() { Choices = { Passing(review) } });
        Assert.Equal(Wire.WishStatus.Open, (await maker.Wishes.GetWishAsync(new() { WishId = id })).Wish.Status);
    }

    [Fact]
    public async Task Wrong_choices_are_refused()
    {
        var staff = await _world.StaffAsync(_world.Community);
        await NotedAsync(await _world.ResidentAsync(), "一条");
        await _world.CheckContentAsync();
        var review = Assert.Single(await _world.WaitingAsync());
        var many = Enumerable.Range(0, 51).Select(_ => new Wire.ContentChoice { Id = $"{Guid.NewGuid()}" });

        Assert.Equal("CONTENT_CHOICES", await ReviewAsync());
        Assert.Equal("CONTENT_CHOICES", await ReviewAsync([.. many]));
        Assert.Equal("CONTENT_CHOICES", await ReviewAsync(Passing(review), Passing(review)));
        Assert.Equal("TEXT_LENGTH", await ReviewAsync(Refusing(review, "")));
        Assert.Equal("CONTENT_REASON", await ReviewAsync(
            new Wire.ContentChoice { Id = review.Id, Version = 1, Reason = (Wire.RefusalReason)99, ReasonText = "有理由" }));
        Assert.Equal("CONTENT_UNKNOWN", await ReviewAsync(
            Passing(review), new Wire.ContentChoice { Id = $"{Guid.NewGuid()}" }));
        Assert.Single(await _world.WaitingAsync());

        Task<string> ReviewAsync(params Wire.ContentChoice[] choices) =>
            Refusals.ReasonAsync(staff.ContentChecks.ReviewContentAsync(new() { Choices = { choices } }));
    }

    [Fact]
    public async Task An_appeal_goes_to_the_next_unit_up_once_and_what_it_admits_is_seen()
    {
        var (author, staff) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        var (id, note) = await RefusedAsync(author, staff);
        Assert.Equal("", await note());
        Assert.Equal("CONTENT_UNKNOWN", await Refusals.ReasonAsync(
            staff.ContentChecks.AppealContentAsync(new() { Id = id, Reason = "不是我的" })));

        var appealed = (await author.ContentChecks.AppealContentAsync(new() { Id = id, Reason = "这不是广告" })).Content;
        Assert.Null(appealed.AppealUntil);
        Assert.Equal("CONTENT_APPEALED", await Refusals.ReasonAsync(
            author.ContentChecks.AppealContentAsync(new() { Id = id, Reason = "再来一次" })));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(DecideAsync(staff, id, admit: true)));

        var street = await _world.StaffAsync(_world.Street);
        var listed = Assert.Single((await street.ContentChecks.ListContentAppealsAsync(
            new() { UnitId = $"{_world.Street}" })).Appeals);
        Assert.Equal((id, "这不是广告", "请不要做广告"), (listed.Id, listed.Appeal, listed.ReasonText));
        await DecideAsync(street, id, admit: true);

        Assert.Equal("办好了", await note());
        var mine = Assert.Single((await author.ContentChecks.ListMyContentAsync(new())).Contents);
        Assert.Equal((Wire.ContentState.Passed, "看过了"), (mine.State, mine.AppealAnswer));
        Assert.Equal("CONTENT_NOT_APPEALED", await Refusals.ReasonAsync(DecideAsync(street, id, admit: false)));
        Assert.Equal("CONTENT_APPEALED", await Refusals.ReasonAsync(
            author.ContentChecks.AppealContentAsync(new() { Id = id, Reason = "还要申诉" })));
    }

    [Fact]
    public async Task Who_refused_it_does_not_decide_on_the_appeal()
    {
        var (author, street) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Street));
        var (id, note) = await RefusedAsync(author, street);
        await author.ContentChecks.AppealContentAsync(new() { Id = id, Reason = "这不是广告" });

        Assert.Equal("SECOND_PERSON_NEEDED", await Refusals.ReasonAsync(DecideAsync(street, id, admit: false)));
        await DecideAsync(await _world.StaffAsync(_world.Street), id, admit: false);
        Assert.Equal("", await note());
        Assert.Equal("CONTENT_APPEALED", await Refusals.ReasonAsync(
            author.ContentChecks.AppealContentAsync(new() { Id = id, Reason = "再来一次" })));
    }

    [Fact]
    public async Task An_appeal_is_in_time_for_seven_days()
    {
        var (author, staff) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        var (id, _) = await RefusedAsync(author, staff);
        _server.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));

        Assert.Equal("CONTENT_APPEAL_LATE", await Refusals.ReasonAsync(
            author.ContentChecks.AppealContentAsync(new() { Id = id, Reason = "太晚了" })));
        Assert.Null(Assert.Single((await author.ContentChecks.ListMyContentAsync(new())).Contents).AppealUntil);
    }

    [Fact]
    public async Task A_wish_whose_text_was_refused_ends_when_the_time_to_appeal_is_over_and_says_why()
    {
        var (maker, staff) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        var (wish, _) = await RefusedWishAsync(maker, staff);
        _server.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        await _server.RunJobsAsync();
        Assert.Equal(Wire.WishStatus.PendingReview, await StatusAsync(maker, wish));
        Assert.Equal(0, await _server.Database.ScalarAsync<long>(
            "SELECT COUNT(*) FROM journal_entry WHERE kind = 'WISH_REMIND'"));

        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var copy = await TestServer.StartAsync(_server.Database, _server.Clock);
        await Task.WhenAll(_server.RunJobsAsync(), copy.RunJobsAsync());

        Assert.Equal(Wire.WishStatus.Rejected, await StatusAsync(maker, wish));
        var end = (await maker.Wishes.GetWishJourneyAsync(new() { WishId = wish })).Steps[^1];
        Assert.Equal(
            (Wire.WishMove.Reject, Wire.WishActor.Clock, "请不要做广告"), (end.Move, end.Actor, end.Note));
        Assert.Equal(1, await EntriesAsync("CONTENT_FINAL", maker));
        await _server.Database.AssertJournalTellsTheStepsAsync();
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task An_appeal_keeps_a_refused_wish_waiting_and_what_comes_of_it_opens_or_ends_it()
    {
        var (maker, staff) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        var (admitted, first) = await RefusedWishAsync(maker, staff);
        var (refused, second) = await RefusedWishAsync(maker, staff);
        foreach (var check in new[] { first, second })
        {
            await maker.ContentChecks.AppealContentAsync(new() { Id = check, Reason = "这不是广告" });
        }

        _server.Clock.Advance(TimeSpan.FromDays(8));
        await _server.RunJobsAsync();
        Assert.Equal(Wire.WishStatus.PendingReview, await StatusAsync(maker, refused));

        var district = await _world.StaffAsync(_world.District);
        await DecideAsync(district, first, admit: true);
        await DecideAsync(district, second, admit: false);

        Assert.Equal(Wire.WishStatus.Open, await StatusAsync(maker, admitted));
        Assert.Equal(Wire.WishStatus.Rejected, await StatusAsync(maker, refused));
        var end = (await maker.Wishes.GetWishJourneyAsync(new() { WishId = refused })).Steps[^1];
        Assert.Equal((Wire.WishMove.Reject, Wire.WishActor.Staff, "看过了"), (end.Move, end.Actor, end.Note));
        await _server.Database.AssertJournalTellsTheStepsAsync();
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task What_cannot_be_opened_says_so_and_the_list_goes_on()
    {
        var (author, staff) = (await _world.ResidentAsync(), await _world.StaffAsync(_world.Community));
        var lost = await NotedAsync(author, "打不开的");
        await NotedAsync(author, "打得开的");
        await _server.Database.ExecuteAsync(
            "UPDATE wish_step SET note = CONCAT(note, 'x') WHERE wish_id = @id AND note IS NOT NULL",
            ("id", Guid.Parse(lost)));

        Assert.Equal(
            [("", true), ("打得开的", false)],
            (await QueueAsync(staff, _world.Community)).Select(r => (r.Text, r.Unreadable)));

        // Whoever cannot read it lets nobody else see it.
        await _server.Database.ExecuteAsync(
            "UPDATE content_check SET stage = 1, tries = 0, due_at = @now", ("now", _world.Now));
        await _world.CheckContentAsync();
        Assert.Equal(2, (await QueueAsync(staff, _world.Community)).Count());
    }

    private static AsyncUnaryCall<Wire.DecideContentAppealResponse> DecideAsync(Actor staff, string id, bool admit) =>
        staff.ContentChecks.DecideContentAppealAsync(new() { Id = id, Admit = admit, Answer = "看过了" });

    private static async Task<IEnumerable<Wire.ContentReview>> QueueAsync(Actor staff, Guid unit) =>
        (await staff.ContentChecks.ListContentReviewsAsync(new() { UnitId = $"{unit}" })).Reviews;

    private static Wire.ContentChoice Passing(Wire.ContentReview review) =>
        new() { Id = review.Id, Version = review.Version };

    private static Wire.ContentChoice Refusing(Wire.ContentReview review, string text) => new()
    {
        Id = review.Id,
        Version = review.Version,
        Reason = Wire.RefusalReason.Advertising,
        ReasonText = text,
    };

    private static async Task<Wire.WishStatus> StatusAsync(Actor reader, string wish) =>
        (await reader.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Status;

    /// <summary>Of a category that nobody needs to review.</summary>
    private async Task<(string Wish, string Check)> RefusedWishAsync(Actor maker, Actor staff)
    {
        var request = _world.Request(category: "errands");
        request.Answers.Add("items", "两袋米");
        var wish = await maker.MakeAsync(request);
        await _world.CheckContentAsync();
        var review = (await _world.WaitingAsync()).Single(r => r.PartOf == wish);
        await staff.ContentChecks.ReviewContentAsync(new() { Choices = { Refusing(review, "请不要做广告") } });
        return (wish, review.Id);
    }

    private async Task<(string Id, Func<Task<string>> Note)> RefusedAsync(Actor author, Actor staff)
    {
        var maker = await _world.ResidentAsync();
        var wish = await NotedAsync(author, "办好了", maker);
        await _world.CheckContentAsync();
        var review = (await _world.WaitingAsync()).Single(r => r.PartOf == wish);
        await staff.ContentChecks.ReviewContentAsync(new() { Choices = { Refusing(review, "请不要做广告") } });
        return (review.Id,
            async () => (await maker.Wishes.GetWishAsync(new() { WishId = wish })).Wish.DeliveryNote);
    }

    private async Task<string> NotedAsync(Actor author, string note, Actor? maker = null)
    {
        var staff = await _world.StaffAsync(_world.Community);
        var wish = await (maker ?? await _world.ResidentAsync()).OpenAsync(_world.Request(), staff);
        await author.ClaimAsync(wish);
        await author.Wishes.DeliverWishAsync(new() { WishId = wish, Note = note });
        // One after another, as they came.
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        await _world.CheckContentAsync();
        return wish;
    }

    private Task<long> EntriesAsync(string kind, Actor author) => _server.Database.ScalarAsync<long>(
        $"""
        SELECT COUNT(*) FROM journal_entry
        WHERE kind = '{kind}' AND JSON_VALUE(detail, '$.authorId') = '{author.PersonId}'
        """);
}
