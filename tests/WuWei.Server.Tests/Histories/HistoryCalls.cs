using Google.Protobuf;
using WuWei.Tests.Harness;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.Tests.Histories;

/// <summary>Says operations of a history to the server.</summary>
public sealed class HistoryCalls(
    World world, IReadOnlyList<Actor> actors, string organisation, Model model, IReadOnlyDictionary<int, string> ids)
{
    private const int StatementPage = 50;

    private readonly string _keys = Guid.NewGuid().ToString("n");

    /// <returns>What the answer shows; null when it is read anew each time.</returns>
    public Task<IMessage?> SayAsync(Operation operation)
    {
        var caller = actors[operation.By].WithKey($"{_keys}-{operation.Number}");
        return ModelLedger.Has(operation.Deed)
            ? AskAsync(caller.Points, operation)
            : MoveAsync(caller.Wishes, operation);
    }

    private async Task<IMessage?> MoveAsync(Wire.WishService.WishServiceClient calls, Operation operation)
    {
        var reason = operation.Words;
        var id = operation.Deed == Deed.Make ? "" : ids[operation.Wish];
        return operation.Deed switch
        {
            Deed.Make => (await calls.MakeWishAsync(Request(operation))).Wish,
            Deed.Approve => (await calls.ApproveWishAsync(new() { WishId = id })).Wish,
            Deed.Reject => (await calls.RejectWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Offer => (await calls.OfferWishAsync(
                new() { WishId = id, PersonId = actors[operation.To].PersonId.ToString() })).Wish,
            Deed.Claim => (await calls.ClaimWishAsync(new()
            {
                WishId = id,
                Kind = operation.Kind,
                OrganisationId = operation.ForOrganisation ? organisation : "",
            })).Wish,
            Deed.Release => (await calls.ReleaseWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Revoke => (await calls.RevokeClaimAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Reveal => await NothingOf(calls.RevealContactAsync(new() { WishId = id, Reason = reason })),
            Deed.Deliver => (await calls.DeliverWishAsync(new() { WishId = id, Note = reason })).Wish,
            Deed.Confirm => (await calls.ConfirmWishAsync(new()
            {
                WishId = id,
                Rating = operation.Rating,
                Comment = reason,
                Verification = Wire.Verification.Visit,
            })).Wish,
            Deed.Rate => (await calls.RateWishAsync(
                new() { WishId = id, Rating = operation.Rating, Comment = reason })).Wish,
            Deed.FollowUp => (await calls.CloseFollowUpAsync(
                new() { WishId = id, Outcome = operation.Outcome, Note = reason })).Wish,
            Deed.Dispute => (await calls.DisputeWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.ProposeOverturn => (await calls.ProposeOverturnAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Overturn => (await calls.OverturnWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Withdraw => (await calls.WithdrawWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Escalate => (await calls.EscalateWishAsync(new() { WishId = id, Reason = reason })).Wish,
            Deed.Remake => (await calls.RemakeWishAsync(new() { WishId = id })).Wish,
            _ => throw new ArgumentException($"{operation.Deed} is no call."),
        };
    }

    private async Task<IMessage?> AskAsync(Wire.PointsService.PointsServiceClient calls, Operation operation)
    {
        var reason = operation.Words;
        return operation.Deed switch
        {
            Deed.Explain => (await calls.ExplainAwardAsync(new() { AwardId = await AwardAsync(operation) })).Award,
            Deed.DecideHeld => (await calls.DecideHeldAwardAsync(
                new() { AwardId = await AwardAsync(operation), Pay = operation.Yes, Reason = reason })).Award,
            Deed.ProposeReversal => (await calls.ProposeReversalAsync(
                new() { AwardId = await AwardAsync(operation), Reason = reason })).Correction,
            Deed.ProposeAdjustment => (await calls.ProposeAdjustmentAsync(Adjustment(operation))).Correction,
            Deed.DecideCorrection => (await calls.DecideCorrectionAsync(
                new() { CorrectionId = ids[operation.Wish], Approve = operation.Yes })).Correction,
            Deed.ProposeRules => (await calls.ProposePointsRulesAsync(new() { Rules = Rules(operation) })).Rules,
            Deed.ApproveRules => (await calls.ApprovePointsRulesAsync(new() { RulesId = ids[operation.Wish] })).Rules,
            _ => throw new ArgumentException($"{operation.Deed} is no call."),
        };
    }

    /// <summary>An account's whole statement, as its owner pages through it.</summary>
    public async Task<List<Wire.PointsLine>> StatementAsync(int account, int pageSize)
    {
        var lines = new List<Wire.PointsLine>();
        var request = new Wire.ListPointsRequest { PageSize = pageSize, OrganisationId = OrganisationOf(account) };
        do
        {
            var page = await OwnerOf(account).ListPointsAsync(request);
            lines.AddRange(page.Lines);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        return lines;
    }

    public async Task<Wire.GetPointsResponse> BalanceAsync(int account) =>
        await OwnerOf(account).GetPointsAsync(new() { OrganisationId = OrganisationOf(account) });

    public string AccountId(int account) =>
        account == Cast.Organisation ? organisation : $"{actors[account].PersonId}";

    private Wire.PointsService.PointsServiceClient OwnerOf(int account) =>
        actors[account == Cast.Organisation ? Cast.OrganisationMember : account].Points;

    private string OrganisationOf(int account) => account == Cast.Organisation ? organisation : "";

    /// <summary>The id by which the server knows an award: it is found in the statement that it belongs to.</summary>
    private async Task<string> AwardAsync(Operation operation)
    {
        var award = model.Ledger.Award(operation);
        var lines = await StatementAsync(award.Account, StatementPage);
        return lines.Select(l => l.Award).OfType<Wire.PointsAward>()
            .Where(a => a.SubjectId == ids[operation.Wish] && a.Act == award.Act && a.At.ToDateTime() == award.At)
            .Select(a => a.Id).SingleOrDefault($"{Guid.Empty}");
    }

    private Wire.ProposeAdjustmentRequest Adjustment(Operation operation)
    {
        var request = new Wire.ProposeAdjustmentRequest
        {
            UnitId = $"{world.Id(operation.Unit)}",
            Points = operation.Points,
            Reason = operation.Words,
        };
        if (operation.To == Cast.Organisation)
        {
            request.OrganisationId = organisation;
        }
        else
        {
            request.PersonId = AccountId(operation.To);
        }

        return request;
    }

    private Wire.PointsRules Rules(Operation operation)
    {
        var rules = operation.Rules!;
        // Sent again it is the same request, whatever the time is now.
        var proposed = model.Ledger.Versions.GetValueOrDefault(operation.Number);
        var from = proposed?.ProposedFrom ?? world.Now + operation.Wait;
        return new()
        {
            DistrictId = $"{world.District}",
            ActiveFrom = Timestamp.FromDateTime(from),
            Acts =
            {
                Enum.GetValues<Wire.PointsAct>().Skip(1).Select(act => new Wire.ActPoints
                {
                    Act = act,
                    Points = (int)act < rules.Points.Length ? rules.Points[(int)act] : 0,
                }),
            },
            DayMax = rules.DayMax,
            WeekMax = rules.WeekMax,
            PairPercents = { rules.PairPercents },
            PairDays = rules.PairDays,
            ValidMonths = rules.ValidMonths,
            HeldWithinSeconds = rules.HeldWithinSeconds,
            HeldFromMeeting = rules.HeldFromMeeting,
            HeldFromReturn = rules.HeldFromReturn,
            HeldFromOther = rules.HeldFromOther,
            OrganisationPercent = rules.OrganisationPercent,
            OrganisationDayMax = rules.OrganisationDayMax,
            OrganisationWeekMax = rules.OrganisationWeekMax,
            NoShowPoints = rules.NoShowPoints,
        };
    }

    private static async Task<IMessage?> NothingOf(AsyncUnaryCall<Wire.RevealContactResponse> call)
    {
        await call;
        return null;
    }

    private Wire.MakeWishRequest Request(Operation operation)
    {
        var plan = operation.Plan!;
        var request = world.Request(world.Id(plan.Unit), plan.Category);
        request.Origin = plan.Origin;
        request.Visibility = plan.Private ? Wire.WishVisibility.Private : Wire.WishVisibility.Public;
        // Sent again it is the same request, whatever the time is now.
        var made = model.Wishes.GetValueOrDefault(operation.Number)?.MadeAt ?? world.Now;
        request.DeadlineAt = Timestamp.FromDateTime(made.AddDays(plan.Days));
        request.Contact.Address = $"云栖里{plan.Flat}幢2单元502室";
        if (plan.Phone is { } called)
        {
            request.Contact.Phone = actors[called].Phone;
        }

        if (plan.For is { } person)
        {
            request.Beneficiary = new()
            {
                Name = "受益人",
                Phone = actors[person].Phone,
                Consent = Wire.Consent.InPerson,
            };
        }

        foreach (var (key, answer) in Answers(plan.Category))
        {
            request.Answers.Add(key, answer);
        }

        return request;
    }

    private static (string Key, string Answer)[] Answers(string category) => category switch
    {
        "errands" => [("items", "两袋米")],
        "childcare" => [("child_age", "6"), ("period", "放学后")],
        "counselling" => [("way", "电话")],
        _ => [],
    };
}
