using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Organization;
using WuWei.Wishes;

namespace WuWei.Operator.Demo;

/// <summary>One call of the demo, at its time.</summary>
/// <param name="Of">The wish or activity: its moves come one after the other, those of others at the same time.</param>
public sealed record DemoMove(DateTime At, string Of, Func<CancellationToken, Task> Act);

/// <summary>Turns the demo's wishes into calls: who does what to which wish, and when.</summary>
public sealed class DemoStory(
    DemoHost host, DemoContent content, IReadOnlyDictionary<string, string> tokens, DateTime now)
{
    private const string District = "320105";
    public const int CommunityCodeLength = 12;

    private readonly Wire.WishService.WishServiceClient _wishes = new(host.Channel);
    private readonly Wire.AccessService.AccessServiceClient _access = new(host.Channel);
    private readonly Wire.ContentCheckService.ContentCheckServiceClient _checks = new(host.Channel);
    private Dictionary<string, string> _organisations = [];
    private UnitTree? _tree;
    private CategoryBook? _book;

    public async Task JoinAsync(CancellationToken cancel)
    {
        _tree = await host.Services.GetRequiredService<Units>().TreeAsync(cancel);
        foreach (var (person, role) in content.People.All.Where(p => p.Role != Wire.Role.Resident))
        {
            await _access.GrantRoleAsync(
                new() { Phone = person.Phone, Role = role, UnitId = UnitId(person.Scope!) },
                As(District, $"demo-role-{person.Phone}"), cancellationToken: cancel);
        }

        _organisations = await new DemoOrganisations(new(host.Channel), _tree, now).RegisterAsync(
            content.People.OrganisationMembers, As, cancel);
    }

    /// <summary>All moves of all wishes and activities, in the order of time.</summary>
    public async Task<List<DemoMove>> WriteAsync(CancellationToken cancel)
    {
        _book = await host.Services.GetRequiredService<Categories>().BookAsync(cancel);
        var activities = new DemoActivities(host, content, _tree!, As);
        return [.. content.Wishes.SelectMany(Write).Concat(activities.Write(now)).OrderBy(m => m.At)];
    }

    /// <summary>
    /// The district's staff pass what its people wrote: notes, comments, reasons. Wishes they leave to those who approve
    /// them, each at its time.
    /// </summary>
    public async Task ReviewAsync(CancellationToken cancel)
    {
        for (var (page, more) = ("", true); more; more = page.Length > 0)
        {
            var list = await _checks.ListContentReviewsAsync(
                new() { UnitId = UnitId(District), PageSize = 50, PageToken = page }, As(District, "list"),
                cancellationToken: cancel);
            page = list.NextPageToken;
            var written = list.Reviews.Where(r => r.Kind != Wire.ContentKind.Wish)
                .Select(r => new Wire.ContentChoice { Id = r.Id, Version = r.Version }).ToList();
            if (written.Count > 0)
            {
                await _checks.ReviewContentAsync(
                    new() { Choices = { written } }, As(District, $"demo-review-{written[0].Id}"),
                    cancellationToken: cancel);
            }
        }
    }

    private IEnumerable<DemoMove> Write(DemoWish wish, int number)
    {
        // Spread by a fixed rule, so that every load tells the same story.
        var spread = number * 37 % 100 / 100.0;
        var id = "";
        var maker = Maker(wish);
        var staff = wish.Unit[..CommunityCodeLength];
        var claimer = wish.Claimer is null ? null : content.People.Claimer(wish);
        var plan = Plan(wish, spread, now.AddDays(-wish.DaysAgo));
        var steps = new List<DemoMove>();

        Step(plan.Made, async (key, cancel) =>
            id = (await _wishes.MakeWishAsync(Request(wish, number, plan), As(maker, key), cancellationToken: cancel)).Wish.Id);
        if (wish.State == "rejected")
        {
            Step(plan.Opened, (key, cancel) => _wishes.RejectWishAsync(
                new() { WishId = id, Reason = wish.Reason }, As(staff, key), cancellationToken: cancel).ResponseAsync);
        }
        else if (wish.Maker != WishOrigin.Staff)
        {
            Step(plan.Opened, (key, cancel) => _wishes.ApproveWishAsync(
                new() { WishId = id }, As(staff, key), cancellationToken: cancel).ResponseAsync);
        }

        if (claimer is not null)
        {
            if (wish.Private)
            {
                Step(plan.Claimed?.AddMinutes(-20), (key, cancel) => _wishes.OfferWishAsync(
                    new() { WishId = id, Phone = claimer.Phone }, As(staff, key), cancellationToken: cancel).ResponseAsync);
            }

            Step(plan.Claimed, (key, cancel) => _wishes.ClaimWishAsync(
                new()
                {
                    WishId = id,
                    Kind = (Wire.ClaimerKind)wish.Claimer!,
                    OrganisationId = wish.Claimer == ClaimerKind.OrganisationMember
                        ? _organisations.GetValueOrDefault(claimer.Phone, "")
                        : "",
                }, As(claimer.Phone, key),
                cancellationToken: cancel).ResponseAsync);
            Step(plan.Delivered, (key, cancel) => _wishes.DeliverWishAsync(
                new() { WishId = id, Note = wish.Note, Place = wish.Contact.Address }, As(claimer.Phone, key),
                cancellationToken: cancel).ResponseAsync);
        }

        Step(plan.Ended, (key, cancel) => End(wish, id, maker, staff, claimer, key, cancel));
        var rated = plan.Ended;
        if (RatesLater(wish))
        {
            rated = plan.Rated;
            Step(rated, (key, cancel) => _wishes.RateWishAsync(
                new() { WishId = id, Rating = wish.Rating, Comment = wish.Comment },
                As(wish.Beneficiary?.Phone ?? maker, key), cancellationToken: cancel).ResponseAsync);
        }

        if (wish.FollowUp is { } followUp)
        {
            Step(rated?.AddDays(2), (key, cancel) => _wishes.CloseFollowUpAsync(
                new() { WishId = id, Outcome = (Wire.FollowUpOutcome)followUp.Outcome, Note = followUp.Note },
                As(staff, key), cancellationToken: cancel).ResponseAsync);
        }

        if (wish.State == "overturned")
        {
            Step(plan.Ended?.AddDays(2), (key, cancel) => _wishes.ProposeOverturnAsync(
                new() { WishId = id, Reason = wish.Reason }, As(staff, key), cancellationToken: cancel).ResponseAsync);
            Step(plan.Ended?.AddDays(3), (key, cancel) => _wishes.OverturnWishAsync(
                new() { WishId = id, Reason = wish.Reason }, As(District, key), cancellationToken: cancel).ResponseAsync);
        }

        return steps;

        void Step(DateTime? at, Func<string, CancellationToken, Task> act)
        {
            if (at is { } time)
            {
                var key = $"demo-{number:D3}-{steps.Count}";
                steps.Add(new DemoMove(time, $"wish {number}", cancel => act(key, cancel)));
            }
        }
    }

    private Task End(
        DemoWish wish, string id, string maker, string staff, DemoPerson? claimer, string key, CancellationToken cancel) =>
        wish.State switch
        {
            "kept" or "overturned" => _wishes.ConfirmWishAsync(
                Confirmation(wish, id), As(wish.Maker == WishOrigin.Staff ? staff : maker, key),
                cancellationToken: cancel).ResponseAsync,
            "withdrawn" => _wishes.WithdrawWishAsync(
                new() { WishId = id, Reason = wish.Reason }, As(maker, key), cancellationToken: cancel).ResponseAsync,
            "released" => _wishes.ReleaseWishAsync(
                new() { WishId = id, Reason = wish.Reason }, As(claimer!.Phone, key), cancellationToken: cancel).ResponseAsync,
            "revoked" => _wishes.RevokeClaimAsync(
                new() { WishId = id, Reason = wish.Reason }, As(staff, key), cancellationToken: cancel).ResponseAsync,
            "disputed" => _wishes.DisputeWishAsync(
                new() { WishId = id, Reason = wish.Reason }, As(maker, key), cancellationToken: cancel).ResponseAsync,
            _ => throw new InvalidDataException($"No end for state {wish.State}."),
        };

    /// <summary>When a wish's moves happen, so that no clock strikes in between that its state does not tell.</summary>
    private static DemoPlan Plan(DemoWish wish, double spread, DateTime now) => wish.State switch
    {
        "pending_review" => new(now.AddHours(-1 - (20 * spread))),
        "open" => From(now.AddHours(-4 - (60 * spread))),
        "rejected" => From(now.AddDays(-3 - (20 * spread))),
        "withdrawn" => From(now.AddDays(-3 - (20 * spread))) with { Ended = now.AddDays(-2 - (20 * spread)) },
        "expired" => From(now.AddDays(-12 - (20 * spread))) with { Deadline = now.AddDays(-2 - (20 * spread)) },
        "claimed" => Claimed(now.AddDays(-2 - (2 * spread)), hours: 20),
        "released" or "revoked" => Claimed(now.AddDays(-3 - (2 * spread)), hours: 12) with
        {
            Ended = now.AddHours(-3 - (20 * spread)),
        },
        "delivered" => Claimed(now.AddDays(-5 - spread), hours: 20) with { Delivered = now.AddDays(-1 - (3 * spread)) },
        "disputed" => Claimed(now.AddDays(-5 - spread), hours: 20) with
        {
            Delivered = now.AddDays(-2 - (2 * spread)),
            Ended = now.AddHours(-2 - (20 * spread)),
        },
        "auto_kept" => Claimed(now.AddDays(-16 - (20 * spread)), hours: 30) with
        {
            Delivered = now.AddDays(-13 - (20 * spread)),
            Rated = now.AddDays(-4 - (20 * spread)),
        },
        "overturned" => Claimed(now.AddDays(-12 - (10 * spread)), hours: 30) with
        {
            Delivered = now.AddDays(-9 - (10 * spread)),
            Ended = now.AddDays(-8 - (5 * spread)),
        },
        "kept" => Claimed(now.AddDays(-7 - (35 * spread)), hours: 4 + (60 * spread)) with
        {
            Delivered = now.AddDays(-3.5 - (35 * spread)),
            Ended = now.AddDays(-2.5 - (35 * spread)),
            Rated = now.AddDays(-1.5 - (35 * spread)),
        },
        _ => throw new InvalidDataException($"Unknown state {wish.State}."),
    };

    private static DemoPlan From(DateTime made) => new(made) { Opened = made.AddHours(2) };

    private static DemoPlan Claimed(DateTime made, double hours) => From(made) with { Claimed = made.AddHours(hours) };

    private Wire.MakeWishRequest Request(DemoWish wish, int number, DemoPlan plan)
    {
        var district = _tree!.Find(new UnitCode(UnitImport.System, District))!;
        var request = new Wire.MakeWishRequest
        {
            UnitId = UnitId(wish.Unit),
            CategoryId = _book!.Find(district.Id, wish.Category)!.Id.ToString(),
            Title = wish.Title,
            Text = wish.Text,
            EffortMinutes = wish.EffortMinutes,
            Remote = wish.Remote,
            Visibility = wish.Private ? Wire.WishVisibility.Private : Wire.WishVisibility.Public,
            Origin = (Wire.WishOrigin)wish.Maker,
            Contact = new() { Name = wish.Contact.Name, Phone = wish.Contact.Phone, Address = wish.Contact.Address },
            DeadlineAt = plan.Deadline is { } deadline ? Timestamp.FromDateTime(deadline) : null,
            Point = DemoPlaces.Of(wish.Unit, number),
        };
        Add(request.Answers, wish.Answers);
        if (wish.Beneficiary is { } beneficiary)
        {
            request.Beneficiary = new()
            {
                Name = beneficiary.Name,
                Phone = beneficiary.Phone,
                Consent = (Wire.Consent)beneficiary.Consent,
            };
        }

        return request;

        static void Add(MapField<string, string> answers, Dictionary<string, string>? from)
        {
            foreach (var (key, answer) in from ?? [])
            {
                answers.Add(key, answer);
            }
        }
    }

    private static Wire.ConfirmWishRequest Confirmation(DemoWish wish, string id) => new()
    {
        WishId = id,
        Rating = RatesLater(wish) ? 0 : wish.Rating,
        Comment = RatesLater(wish) ? "" : wish.Comment ?? "",
        Verification = wish.Maker == WishOrigin.Staff ? Wire.Verification.PhoneCall : Wire.Verification.Unspecified,
    };

    /// <summary>After somebody else, or the clock, confirmed it.</summary>
    private static bool RatesLater(DemoWish wish) =>
        wish.Rating > 0 && (wish.Beneficiary is not null || wish.State == "auto_kept");

    private string Maker(DemoWish wish) => wish.Maker switch
    {
        WishOrigin.Staff => wish.Unit[..CommunityCodeLength],
        WishOrigin.GridWorker => content.People.GridWorkers[wish.MakerIndex].Phone,
        _ => content.People.Residents[wish.MakerIndex].Phone,
    };

    private string UnitId(string code) => _tree!.Find(new UnitCode(UnitImport.System, code))!.Id.ToString();

    private Metadata As(string who, string key) => new()
    {
        { "authorization", $"Bearer {tokens[who]}" },
        { "idempotency-key", key },
        { "x-wuwei-channel", "console" },
    };

    private sealed record DemoPlan(DateTime Made)
    {
        public DateTime? Opened { get; init; }
        public DateTime? Claimed { get; init; }
        public DateTime? Delivered { get; init; }
        public DateTime? Ended { get; init; }
        public DateTime? Rated { get; init; }
        public DateTime? Deadline { get; init; }
    }
}
