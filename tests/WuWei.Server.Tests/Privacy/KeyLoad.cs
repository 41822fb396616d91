using System.Collections.Concurrent;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Privacy;

/// <summary>
/// People who write and read everything that is sealed, each call through another copy of the server than the one before.
/// Nothing is tried again: a call that fails, fails.
/// </summary>
internal sealed class KeyLoad(World world, TestServer[] copies)
{
    private const int SignInsMax = 250;
    private int _calls;
    private int _people;

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Which call failed, and why.</summary>
    public ConcurrentBag<string> Failures { get; } = [];

    /// <summary>Wishes with what they must still say at the end, and who may see it.</summary>
    public ConcurrentBag<(Actor Maker, string WishId, string Text)> Wishes { get; } = [];

    /// <summary>One round at least.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var (maker, helper) = (await world.ResidentAsync(), await world.ResidentAsync());
        var staff = await world.StaffAsync(world.Community);
        await TryAsync("a change of the tree", () => PlanAsync(staff));
        await TryAsync("points", () => EarnAsync(maker, helper, staff));
        await TryAsync("organisations", () => RegisterAsync(maker, staff));
        await TryAsync("a WeChat account", () => ShowWeChatAsync(maker));
        await TryAsync("a partner", RevokeAsync);
        await TryAsync("an activity", () => ServeAsync(maker, helper, staff));
        do
        {
            await TryAsync("sign in", SignInAsync);
            await TryAsync("a name", async () =>
            {
                await At(maker).Identity.UpdateMeAsync(new() { Name = $"赵{Guid.NewGuid():n}"[..12] });
                await At(maker).Identity.GetMeAsync(new());
            });
            await TryAsync("a wish", () => LiveAsync(maker, helper, staff));
        }
        while (!stop.IsCancellationRequested);
    }

    /// <summary>Everything that was made can still be read, as it was.</summary>
    public async Task AssertReadableAsync()
    {
        foreach (var (maker, id, text) in Wishes)
        {
            Assert.Equal(text, (await At(maker).Wishes.GetWishAsync(new() { WishId = id })).Wish.Text);
            Assert.Contains(
                (await At(maker).Wishes.GetWishJourneyAsync(new() { WishId = id })).Steps, s => s.Note.Contains(id));
        }
    }

    private async Task LiveAsync(Actor maker, Actor helper, Actor staff)
    {
        var request = world.Request();
        request.Visibility = Wire.WishVisibility.Private;
        request.Text = $"这是不公开的正文 {Guid.NewGuid()}，只给办事的人看。";
        request.Origin = Wire.WishOrigin.Family;
        request.Beneficiary = new() { Name = "李奶奶", Phone = "13899999999", Consent = Wire.Consent.InPerson };
        // Sent again through the other copy, which opens the reply that the first one sealed.
        var key = Guid.NewGuid().ToString();
        var id = (await At(maker).WishesWithKey(key).MakeWishAsync(request)).Wish.Id;
        Assert.Equal(id, (await At(maker).WishesWithKey(key).MakeWishAsync(request)).Wish.Id);
        await At(staff).Wishes.ApproveWishAsync(new() { WishId = id });
        await At(staff).Wishes.OfferWishAsync(new() { WishId = id, PersonId = helper.PersonId.ToString() });
        await At(helper).ClaimAsync(id);
        var contact = (await At(helper).Wishes.RevealContactAsync(new() { WishId = id })).Contact;
        Assert.Equal(request.Contact.Address, contact.Address);
        await At(helper).Wishes.DeliverWishAsync(new() { WishId = id, Note = $"办好了 {id}", Place = "3幢楼下" });
        await At(maker).ConfirmAsync(id);
        Assert.Equal(request.Text, (await At(maker).Wishes.GetWishAsync(new() { WishId = id })).Wish.Text);
        Wishes.Add((maker, id, request.Text));
    }

    /// <summary>Planned for tomorrow, and dropped.</summary>
    private async Task PlanAsync(Actor staff)
    {
        var planned = await staff.RenameAsync(await world.NewGridAsync(), "改名网格", world.Tomorrow);
        await staff.Organization.CancelUnitChangeAsync(new() { ChangeId = planned.Id, Reason = "居民不同意" });
    }

    /// <summary>Kept within a moment, so staff decide on it; and a correction.</summary>
    private async Task EarnAsync(Actor maker, Actor helper, Actor staff)
    {
        var wish = await maker.OpenAsync(world.Request(), staff);
        await helper.ClaimAsync(wish);
        await helper.DeliverAsync(wish);
        await maker.Wishes.ConfirmWishAsync(new() { WishId = wish });
        var award = (await helper.Points.ListPointsAsync(new())).Lines[0].Award.Id;
        await staff.Points.DecideHeldAwardAsync(new() { AwardId = award, Pay = true, Reason = "电话核实过" });
        await staff.Points.ProposeReversalAsync(new() { AwardId = award, Reason = "重复计分" });
    }

    /// <summary>Suspended, with a scope that was declined; staff read both reasons and the contact.</summary>
    private async Task RegisterAsync(Actor founder, Actor staff)
    {
        var id = await founder.ListedAsync(world.Community, staff);
        var neighbours = await world.StaffAsync(world.NextCommunity);
        await founder.Registry.ApplyForScopeAsync(new() { OrganisationId = id, UnitId = $"{world.NextCommunity}" });
        await neighbours.Registry.DecideScopeAsync(
            new() { OrganisationId = id, UnitId = $"{world.NextCommunity}", Reason = "人手不够" });
        await staff.Registry.SuspendOrganisationAsync(new() { OrganisationId = id, Reason = "年检没有通过" });
        var read = await At(staff).Registry.GetOrganisationAsync(new() { OrganisationId = id });
        var declined = read.Scopes.Single(s => s.UnitId == $"{world.NextCommunity}");
        Assert.Equal(
            ("年检没有通过", "人手不够", "刘主任"), (read.Organisation.Reason, declined.Reason, read.Contact.Name));
    }

    /// <summary>Let in and revoked; the other copy reads who was responsible.</summary>
    private async Task RevokeAsync()
    {
        var (_, code) = await copies[0].AddPartnerAsync(["public"], [world.Community]);
        await copies[^1].Partners().RevokeAsync(code, "合同到期", CancellationToken.None);
        Assert.Equal(
            "王科长 025-12345678", (await copies[0].Partners().GetAsync(code, CancellationToken.None)).Contact);
    }

    /// <summary>One is admitted to an activity and refused in the end, the other was there and says how it was.</summary>
    private async Task ServeAsync(Actor late, Actor there, Actor staff)
    {
        const string reason = "登记有误";
        var form = world.SoonActivity();
        form.Contact = new() { Name = "王组长", Phone = "13812345678" };
        var activity = await staff.EnrollingAsync(form);
        var (shift, role) = (activity.Shifts[0].Id, activity.Role());
        var series = (await staff.Series.MakeSeriesAsync(new() { Form = form, Rule = "FREQ=DAILY;COUNT=1" })).Series;
        var ended = (await At(staff).Series.EndSeriesAsync(new() { SeriesId = series.Id })).Series;
        Assert.Equal(form.Contact, ended.Form.Contact);
        var removed = await late.SignUpAsync(role);
        await staff.SignUps.CancelSignUpAsync(new() { SignUpId = removed.Id, Reason = reason });
        var (place, other) = (await late.SignUpAsync(role), await there.SignUpAsync(role));
        var request = await staff.ToCheckInAsync(shift);
        await there.Attendance.CheckInAsync(request);
        request.Code = "";
        await Refusals.ReasonAsync(late.Attendance.CheckInAsync(request));
        var appeal = (await At(late).Attendance.AppealCheckInAsync(
            new() { SignUpId = place.Id, Way = Wire.CheckWay.In, Reason = reason })).Appeal;
        await At(staff).Attendance.DecideAppealAsync(new() { AppealId = appeal.Id, Admit = true, Answer = reason });
        await world.WasThereAsync(shift);
        var words = AttendanceSteps.Confirming(shift, place.Id, other.Id);
        (words.People[0].Attended, words.People[0].Reason) = (false, reason);
        await At(staff).Attendance.ConfirmAttendanceAsync(words);
        await world.EndAsync(activity.Id);
        await At(there).Records.GiveFeedbackAsync(new() { ActivityId = activity.Id, Rating = 5, Words = reason });
        await At(staff).Records.ProposeHoursAsync(
            new() { ActivityId = activity.Id, PersonId = $"{late.PersonId}", Minutes = 30, Reason = reason });
        await At(staff).Skills.RecordCourseAsync(new()
        {
            UnitId = $"{world.Community}",
            Code = "first-aid",
            PersonId = $"{late.PersonId}",
            Reason = reason,
        });
        var dropped = await staff.EnrollingAsync(world.SoonActivity());
        await staff.Activities.CancelActivityAsync(new() { ActivityId = dropped.Id, Reason = reason });
    }

    private async Task SignInAsync()
    {
        // As many as may ask for a code from one address.
        if (Volatile.Read(ref _people) >= SignInsMax)
        {
            return;
        }

        var phone = $"136{Interlocked.Increment(ref _people):D8}";
        var (one, other) = (copies[_people % copies.Length], copies[(_people + 1) % copies.Length]);
        var asked = await new Wire.AccessService.AccessServiceClient(one.Channel).AskCodeAsync(new() { Phone = phone });
        await new Wire.AccessService.AccessServiceClient(other.Channel).SignInAsync(
            new() { ChallengeId = asked.ChallengeId, Code = one.Sms.Codes[phone] });
    }

    /// <summary>Bound, and another one for which a phone is never proven.</summary>
    private async Task ShowWeChatAsync(Actor maker)
    {
        var weChat = world.WeChat;
        await At(maker).WeChat.BindWeChatAsync(new() { AppId = weChat.Mini, Code = weChat.Code($"{maker.PersonId}") });
        await At(world.Nobody).WeChat.SignInWeChatAsync(
            new() { AppId = weChat.Mini, Code = weChat.Code($"{Guid.NewGuid():n}") });
    }

    private Actor At(Actor actor) => actor.At(copies[Interlocked.Increment(ref _calls) % copies.Length]);

    private async Task TryAsync(string what, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (RpcException e)
        {
            Failures.Add($"{what}: {e.Reason()}");
        }
    }
}
