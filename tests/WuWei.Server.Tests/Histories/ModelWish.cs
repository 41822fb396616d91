using Move = WuWei.Protos.V1.WishMove;
using Status = WuWei.Protos.V1.WishStatus;

namespace WuWei.Tests.Histories;

/// <summary>One move, as a journey shows it.</summary>
public sealed record ModelStep(
    Move Move, Status From, Status To, DateTime At, Wire.WishActor Actor, int? By, Place Audience,
    Wire.ClaimerKind Kind, string Note);

/// <summary>A low rating that staff look into, or have.</summary>
public sealed record ModelFollowUp(int Rating, string Comment, DateTime OpenedAt)
{
    public DateTime? ClosedAt { get; init; }
    public int? ClosedBy { get; init; }
    public Wire.FollowUpOutcome Outcome { get; init; }
    public string Note { get; init; } = "";
}

/// <summary>A wish as the protos and the plan describe it; nothing here is taken from the server.</summary>
public sealed class ModelWish(Plan plan, int maker, DateTime madeAt, DateTime deadlineAt)
{
    private const int LowRatingMax = 2;

    public Plan Plan => plan;
    public int Maker => maker;
    public DateTime MadeAt => madeAt;
    public DateTime DeadlineAt => deadlineAt;
    public Status Status { get; private set; }
    public Place Audience { get; private set; } = plan.Unit == Place.Grid ? Place.Community : plan.Unit;
    public int? Claimer { get; private set; }
    public Wire.ClaimerKind Kind { get; private set; }

    /// <summary>How often it was claimed.</summary>
    public int Claims { get; private set; }
    public DateTime? ClaimedAt { get; private set; }
    public bool ForOrganisation { get; private set; }

    /// <summary>The unit that gets the credit.</summary>
    public Place CreditedUnit { get; private set; }

    /// <summary>What looked odd when it was claimed.</summary>
    public IReadOnlyList<Wire.Suspicion> Odd { get; private set; } = [];
    public int? ProposedBy { get; private set; }
    public int Rating { get; private set; }
    public DateTime? KeptAt { get; private set; }
    public bool AutoConfirmed { get; private set; }
    public bool Overdue { get; private set; }
    public bool Remade { get; set; }
    public HashSet<int> OfferedTo { get; } = [];
    public List<ModelStep> Steps { get; } = [];
    public List<ModelFollowUp> FollowUps { get; } = [];
    public DateTime EnteredAt { get; private set; }
    public int Reminders { get; private set; }
    public DateTime? RemindedAt { get; private set; }

    /// <summary>When it was, or counts as, told that it ends in three days.</summary>
    public DateTime? NoticedAt { get; private set; }

    /// <summary>Whether its claimer saw the contact since they claimed it.</summary>
    public bool Seen { get; private set; }

    /// <summary>How many levels its audience went up.</summary>
    public int Level { get; private set; }

    /// <summary>Read by staff, or made by them.</summary>
    public bool WasOpen { get; private set; }

    public bool IsMaker(int person) => maker == person && plan.Origin != Wire.WishOrigin.Staff;

    public bool IsBeneficiary(int person) => WasOpen && plan.For == person;

    /// <summary>Whom its claimer serves.</summary>
    public int Served => plan.For ?? maker;

    /// <summary>Whom it was for.</summary>
    public bool IsRatedBy(int person) =>
        plan.Origin == Wire.WishOrigin.Resident ? IsMaker(person) : IsBeneficiary(person);

    public bool IsFollowedUp => FollowUps.Any(f => f.ClosedAt is null);

    public bool IsOffered(int person) => Status == Status.Open && OfferedTo.Contains(person);

    /// <summary>For whom and for which unit its claim counts, and what looked odd.</summary>
    public void Credit(bool forOrganisation, Place unit, IEnumerable<Wire.Suspicion> odd) =>
        (ForOrganisation, CreditedUnit, Odd) = (forOrganisation, unit, [.. odd]);

    /// <param name="operation">Null for the clock.</param>
    public void Take(Move move, Wire.WishActor actor, DateTime now, Operation? operation = null)
    {
        var (by, kind) = (operation?.By, operation?.Kind ?? default);
        var from = Status;
        Status = move switch
        {
            Move.Make => plan.Origin == Wire.WishOrigin.Staff ? Status.Open : Status.PendingReview,
            Move.Approve or Move.Release or Move.Revoke or Move.Overturn => Status.Open,
            Move.Reject => Status.Rejected,
            Move.Withdraw => Status.Withdrawn,
            Move.Expire => Status.Expired,
            Move.Claim or Move.Dispute => Status.Claimed,
            Move.Deliver => Status.Delivered,
            Move.Confirm or Move.AutoConfirm => Status.Kept,
            _ => Status,
        };
        if (Status != from)
        {
            Enter(now);
        }

        switch (move)
        {
            case Move.Offer:
                OfferedTo.Add(operation!.To);
                break;
            case Move.Claim:
                (Claimer, Kind, Seen) = (by, kind, false);
                (Claims, ClaimedAt) = (Claims + 1, now);
                OfferedTo.Remove(by!.Value);
                break;
            case Move.Reveal:
                Seen |= Claimer == by;
                break;
            case Move.Confirm:
                KeptAt = now;
                Rate(operation!, now);
                break;
            case Move.AutoConfirm:
                (KeptAt, AutoConfirmed) = (now, true);
                break;
            case Move.Rate:
                Rate(operation!, now);
                break;
            case Move.FollowUp:
                Close(operation!, operation!.Outcome, now);
                break;
            case Move.Overturn:
                Close(operation!, Wire.FollowUpOutcome.Overturned, now);
                break;
            case Move.ProposeOverturn:
                ProposedBy = by;
                break;
            case Move.Escalate:
                Audience = Audience.Above()!.Value;
                Level++;
                (EnteredAt, Reminders, RemindedAt) = (now, 0, null);
                Overdue |= by is null;
                break;
            case Move.Remind or Move.HandOver:
                (Reminders, RemindedAt) = (Reminders + 1, now);
                Overdue |= Status != Status.Delivered;
                break;
            case Move.Notice:
                NoticedAt = now;
                break;
        }

        Steps.Add(new ModelStep(move, from, Status, now, actor, by, Audience, kind, NoteOf(move, operation)));
    }

    private static string NoteOf(Move move, Operation? operation) =>
        operation is null || move is Move.Make or Move.Approve or Move.Offer or Move.Claim ? "" : operation.Words;

    private void Rate(Operation operation, DateTime now)
    {
        Rating = operation.Rating;
        if (Rating is > 0 and <= LowRatingMax)
        {
            FollowUps.Add(new ModelFollowUp(Rating, operation.Words, now));
        }
    }

    private void Close(Operation operation, Wire.FollowUpOutcome outcome, DateTime now)
    {
        if (IsFollowedUp)
        {
            FollowUps[^1] = FollowUps[^1] with
            {
                ClosedAt = now,
                ClosedBy = operation.By,
                Outcome = outcome,
                Note = operation.Words,
            };
        }
    }

    private void Enter(DateTime now)
    {
        (EnteredAt, Reminders, RemindedAt, Overdue) = (now, 0, null, false);
        var noticeAt = DeadlineAt - TimeSpan.FromDays(3);
        NoticedAt = DeadlineAt > now && noticeAt <= now ? noticeAt : null;
        if (Status == Status.Open)
        {
            WasOpen = true;
            (Claimer, Kind, ProposedBy, Rating, KeptAt, AutoConfirmed) = (null, default, null, 0, null, false);
        }
    }
}
