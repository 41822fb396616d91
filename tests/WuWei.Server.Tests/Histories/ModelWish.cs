using Move = WuWei.Protos.V1.WishMove;
using Status = WuWei.Protos.V1.WishStatus;

namespace WuWei.Tests.Histories;

/// <summary>One move, as a journey shows it.</summary>
public sealed record ModelStep(
    Move Move, Status From, Status To, DateTime At, Wire.WishActor Actor, int? By, Place Audience,
    Wire.ClaimerKind Kind);

/// <summary>A wish as the protos and the plan describe it; nothing here is taken from the server.</summary>
public sealed class ModelWish(Plan plan, int maker, DateTime madeAt, DateTime deadlineAt)
{
    public Plan Plan => plan;
    public int Maker => maker;
    public DateTime MadeAt => madeAt;
    public DateTime DeadlineAt => deadlineAt;
    public Status Status { get; private set; }
    public Place Audience { get; private set; } = plan.Unit == Place.Grid ? Place.Community : plan.Unit;
    public int? Claimer { get; private set; }
    public Wire.ClaimerKind Kind { get; private set; }
    public int? ProposedBy { get; private set; }
    public int Rating { get; private set; }
    public bool AutoConfirmed { get; private set; }
    public bool Overdue { get; private set; }
    public bool Remade { get; set; }
    public HashSet<int> OfferedTo { get; } = [];
    public List<ModelStep> Steps { get; } = [];
    public DateTime EnteredAt { get; private set; }
    public int Reminders { get; private set; }
    public DateTime? RemindedAt { get; private set; }

    /// <summary>When it was, or counts as, told that it ends in three days.</summary>
    public DateTime? NoticedAt { get; private set; }

    /// <summary>How many levels its audience went up.</summary>
    public int Level { get; private set; }

    /// <summary>Read by staff, or made by them.</summary>
    public bool WasOpen { get; private set; }

    public bool IsMaker(int person) => maker == person && plan.Origin != Wire.WishOrigin.Staff;

    public bool IsBeneficiary(int person) => WasOpen && plan.For == person;

    public bool IsOffered(int person) => Status == Status.Open && OfferedTo.Contains(person);

    /// <param name="other">Whom it is offered to.</param>
    public void Take(
        Move move, int? by, Wire.WishActor actor, DateTime now, int other = 0, Wire.ClaimerKind kind = default)
    {
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
                OfferedTo.Add(other);
                break;
            case Move.Claim:
                (Claimer, Kind) = (by, kind);
                OfferedTo.Remove(by!.Value);
                break;
            case Move.Confirm:
                Rating = Model.RatingBy(by!.Value, this);
                break;
            case Move.AutoConfirm:
                AutoConfirmed = true;
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

        Steps.Add(new ModelStep(move, from, Status, now, actor, by, Audience, kind));
    }

    private void Enter(DateTime now)
    {
        (EnteredAt, Reminders, RemindedAt, Overdue) = (now, 0, null, false);
        var noticeAt = DeadlineAt - TimeSpan.FromDays(3);
        NoticedAt = DeadlineAt > now && noticeAt <= now ? noticeAt : null;
        if (Status == Status.Open)
        {
            WasOpen = true;
            (Claimer, Kind, ProposedBy, Rating, AutoConfirmed) = (null, default, null, 0, false);
        }
    }
}
