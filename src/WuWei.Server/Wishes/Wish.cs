using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Errors;
using WuWei.Places;
using WuWei.Points;

namespace WuWei.Wishes;

/// <summary>A wish and the only ways it may change: values in, values out. Numbers are those of wishes.proto.</summary>
public record Wish
{
    private static readonly TimeSpan RateableFor = TimeSpan.FromDays(90);

    public Guid Id { get; init; }
    public Guid UnitId { get; init; }

    /// <summary>In whose subtree people may claim it.</summary>
    public Guid AudienceUnitId { get; init; }
    public Guid CategoryId { get; init; }
    public WishStatus Status { get; init; }
    public int Version { get; init; }
    public WishOrigin Origin { get; init; }
    public WishVisibility Visibility { get; init; }
    public bool Sensitive { get; init; }

    /// <summary>Title, text and answers in clear, or <see cref="Content"/> with all three sealed.</summary>
    public string? Title { get; init; }
    public string? Text { get; init; }
    public string? Answers { get; init; }
    public byte[]? Content { get; init; }

    /// <summary>Private, or of a sensitive category: what belongs to it is looked at by our staff only.</summary>
    public bool IsSealed => Content is not null;

    /// <summary>Whether others than its maker and staff may read it. Whatever is open has passed.</summary>
    public ContentState ContentState { get; init; } = ContentState.Passed;
    public byte[]? Contact { get; init; }

    /// <summary>The keyed hash of the contact's flat or house, as far as the address names one.</summary>
    public byte[]? Place { get; init; }

    /// <summary>The number of the <see cref="GridCell"/> that it is in. Nothing is known nearer than that.</summary>
    public int? Cell { get; init; }
    public int EffortMinutes { get; init; }
    public bool Remote { get; init; }
    public Guid? MakerId { get; init; }
    public byte[]? Beneficiary { get; init; }
    public byte[]? BeneficiaryIndex { get; init; }
    public Consent Consent { get; init; }
    public Guid? ClaimId { get; init; }
    public Guid? ClaimerId { get; init; }
    public ClaimerKind? ClaimKind { get; init; }
    public Guid? CreditedUnitId { get; init; }

    /// <summary>For whom it was claimed; null when the claimer claimed for themself.</summary>
    public Guid? OrganisationId { get; init; }

    /// <summary>What looked odd about the claim when it was made.</summary>
    public Suspicion ClaimSuspicion { get; init; }
    public int Level { get; init; }
    public int Reminders { get; init; }
    public bool Overdue { get; init; }

    /// <summary>When the clock last urged somebody in this state.</summary>
    public DateTime? UrgedAt { get; init; }

    /// <summary>When the maker was told that it expires.</summary>
    public DateTime? NoticedAt { get; init; }
    public DateTime MadeAt { get; init; }
    public DateTime ClockFrom { get; init; }
    public DateTime? DueAt { get; init; }
    public DateTime? OpenedAt { get; init; }
    public DateTime? ClaimedAt { get; init; }
    public DateTime? DeliveredAt { get; init; }
    public int? DeliveredStep { get; init; }
    public DateTime? KeptAt { get; init; }
    public DateTime DeadlineAt { get; init; }
    public DateTime? ClockAt { get; init; }
    public int? Rating { get; init; }
    public bool AutoConfirmed { get; init; }
    public Guid? OverturnBy { get; init; }
    public string? ImportRef { get; init; }
    public Guid? RemadeFrom { get; init; }

    /// <summary>The wish that it is the same as, which goes on for both.</summary>
    public Guid? MergedInto { get; init; }

    /// <summary>Known only where it was counted for showing: how many follow it, and whether the caller does.</summary>
    public int Followers { get; init; }
    public bool Watched { get; init; }

    /// <summary>Known only where the name was joined in for showing.</summary>
    public string? MakerName { get; init; }
    public string? ClaimerName { get; init; }
    public string? OrganisationName { get; init; }
    public bool PartyBadge { get; init; }
    public bool Offered { get; init; }

    /// <summary>Who has the phone that it was made for, if anybody has.</summary>
    public Guid? BeneficiaryId { get; init; }

    /// <summary>
    /// What a claim asks besides. Staff made it, and the caller is staff of its unit, in whatever session they are; the caller
    /// uses a device of its maker or of its beneficiary; the caller lives where it is.
    /// </summary>
    public bool CallerIsItsStaff { get; init; }
    public bool CallerSharesDevice { get; init; }
    public bool CallerLivesThere { get; init; }
    public Guid? NoteId { get; init; }
    public byte[]? DeliveryNote { get; init; }
    public ContentState NoteState { get; init; }

    /// <summary>
    /// Of one that was made again: the wish that it was first made as, whose pictures are its own, too. Null when it shows
    /// what was attached to itself.
    /// </summary>
    public Guid? PicturesOf { get; init; }

    /// <summary>How many its maker attached, and its claimer at the delivery that counts: whether to look for any.</summary>
    public int PictureCount { get; init; }
    public int DeliveryPictureCount { get; init; }

    /// <summary>What the pictures that its maker attached are attached to.</summary>
    public Guid PictureSubjectId => PicturesOf ?? Id;

    /// <summary>The whole life of a wish, on one screen.</summary>
    public static WishStatus Next(WishStatus status, WishMove move) => (status, move) switch
    {
        (WishStatus.PendingReview, WishMove.Approve) => WishStatus.Open,
        (WishStatus.PendingReview, WishMove.Reject) => WishStatus.Rejected,
        (WishStatus.PendingReview or WishStatus.Open, WishMove.Withdraw or WishMove.Merge) => WishStatus.Withdrawn,

        (WishStatus.Open, WishMove.Claim) => WishStatus.Claimed,
        (WishStatus.Open, WishMove.Expire) => WishStatus.Expired,
        (WishStatus.Open, WishMove.Offer or WishMove.Escalate or WishMove.Notice) => status,

        (WishStatus.Claimed, WishMove.Release or WishMove.Revoke) => WishStatus.Open,
        (WishStatus.Claimed, WishMove.Deliver) => WishStatus.Delivered,
        (WishStatus.Claimed, WishMove.HandOver) => status,

        (WishStatus.Delivered, WishMove.Confirm or WishMove.AutoConfirm) => WishStatus.Kept,
        (WishStatus.Delivered, WishMove.Dispute) => WishStatus.Claimed,

        (WishStatus.Kept, WishMove.Rate or WishMove.FollowUp or WishMove.ProposeOverturn) => status,
        (WishStatus.Kept, WishMove.Overturn) => WishStatus.Open,

        (WishStatus.PendingReview or WishStatus.Open or WishStatus.Claimed or WishStatus.Delivered,
            WishMove.Remind or WishMove.Rehome) => status,
        (WishStatus.PendingReview or WishStatus.Open or WishStatus.Claimed or WishStatus.Delivered or WishStatus.Kept,
            WishMove.Reveal) => status,

        (WishStatus.Claimed or WishStatus.Delivered or WishStatus.Kept, WishMove.Claim) =>
            throw Refuse.Premature("WISH_ALREADY_CLAIMED", "这个心愿已经有人认领了。"),
        _ => throw Refuse.Premature("WISH_WRONG_STATUS", "这个心愿现在不能这样操作，请刷新看看。"),
    };

    /// <summary>The wish after a move that leaves its clock alone.</summary>
    public Wish After(WishMove move) => this with { Status = Next(Status, move) };

    /// <summary>Open for the first time, or again: a claim and what came of it is no longer its own.</summary>
    public Wish Opened(WishMove move, CategoryRules rules, bool canClimb, DateTime now) => (this with
    {
        Status = Next(Status, move),
        ContentState = ContentState.Passed,
        OpenedAt = now,
        ClaimId = null,
        ClaimerId = null,
        ClaimKind = null,
        CreditedUnitId = null,
        OrganisationId = null,
        ClaimSuspicion = Suspicion.None,
        ClaimedAt = null,
        DeliveredAt = null,
        DeliveredStep = null,
        NoteId = null,
        DeliveryNote = null,
        KeptAt = null,
        Rating = null,
        AutoConfirmed = false,
        OverturnBy = null,
    }).Entered(rules, canClimb, now);

    public Wish Claimed(Guid claimId, Guid claimerId, ClaimerKind kind, Guid creditedUnitId, CategoryRules rules,
        DateTime now) => (this with
        {
            Status = Next(Status, WishMove.Claim),
            ClaimId = claimId,
            ClaimerId = claimerId,
            ClaimKind = kind,
            CreditedUnitId = creditedUnitId,
            ClaimedAt = now,
            // An offer is good for one claim: who gives a private wish back, or loses it, must not see it any more.
            Offered = false,
        }).Entered(rules, canClimb: false, now);

    public Wish Delivered(CategoryRules rules, DateTime now) => (this with
    {
        Status = Next(Status, WishMove.Deliver),
        DeliveredAt = now,
        DeliveredStep = Version + 1,
    }).Entered(rules, canClimb: false, now);

    public Wish Disputed(CategoryRules rules, DateTime now) => (this with
    {
        Status = Next(Status, WishMove.Dispute),
        DeliveredAt = null,
        DeliveredStep = null,
        NoteId = null,
        DeliveryNote = null,
    }).Entered(rules, canClimb: false, now);

    public Wish Kept(WishMove move, int? rating, DateTime now) => (this with
    {
        Status = Next(Status, move),
        KeptAt = now,
        Rating = rating,
        AutoConfirmed = move == WishMove.AutoConfirm,
    }).Stopped();

    /// <summary>Once for each time it is kept.</summary>
    public Wish Rated(int rating, DateTime now)
    {
        var rated = After(WishMove.Rate) with { Rating = rating };
        return Rating is not null ? throw Refuse.Taken("WISH_RATED", "这个心愿已经评过分了。")
            : now > KeptAt + RateableFor ? throw Refuse.Premature("RATING_TOO_LATE", "评分的时间已经过了。")
            : rated;
    }

    public Wish Ended(WishMove move) => (this with { Status = Next(Status, move) }).Stopped();

    /// <summary>Ended, because another one goes on for both.</summary>
    public Wish Merged(Guid into) => Ended(WishMove.Merge) with { MergedInto = into };

    public Wish Escalated(Guid audienceUnitId, bool byClock, CategoryRules rules, bool canClimb, DateTime now) => (this with
    {
        Status = Next(Status, WishMove.Escalate),
        AudienceUnitId = audienceUnitId,
        Level = Level + 1,
        Reminders = 0,
        UrgedAt = null,
        Overdue = Overdue || byClock,
        ClockFrom = now,
    }).Wound(rules, canClimb);

    /// <summary>With another unit, because its own has closed; whose turn it is, and by when, stays.</summary>
    public Wish Rehomed(Guid unitId, Guid audienceUnitId) => this with
    {
        Status = Next(Status, WishMove.Rehome),
        UnitId = unitId,
        AudienceUnitId = audienceUnitId,
    };

    /// <summary>
    /// What somebody is to it. Staff who made it on somebody's behalf are no more to it than their colleagues: what they
    /// do, they do as staff, and say how they verified it. A beneficiary counts once staff have read the wish: nobody's
    /// unread text reaches a stranger by naming their phone.
    /// </summary>
    public Relation RelationOf(Caller caller) =>
        (MakerId == caller.PersonId && Origin != WishOrigin.Staff ? Relation.Maker : Relation.None)
        | (OpenedAt is not null && IsFor(caller.PhoneIndex)
            ? Relation.Beneficiary
            : Relation.None)
        | (ClaimerId == caller.PersonId ? Relation.Claimer : Relation.None)
        | (Offered && Status == WishStatus.Open ? Relation.Offered : Relation.None);

    /// <summary>Whom it was for rates it: its maker, unless it was made for somebody else.</summary>
    public bool IsRatedBy(Relation relation) =>
        (relation & (Origin == WishOrigin.Resident ? Relation.Maker : Relation.Beneficiary)) != 0;

    /// <summary>Whether it was made for the phone of this index.</summary>
    public bool IsFor(byte[]? phoneIndex) =>
        BeneficiaryIndex is { } index && phoneIndex is not null && index.AsSpan().SequenceEqual(phoneIndex);

    /// <summary>Whether somebody may know that it exists. Who could see one that was merged is led to the other.</summary>
    public bool VisibleTo(Relation relation, bool overseer) => relation != Relation.None || overseer
        || (Visibility == WishVisibility.Public
            && (Status is WishStatus.Open or WishStatus.Claimed or WishStatus.Delivered or WishStatus.Kept
                or WishStatus.Expired || (MergedInto is not null && OpenedAt is not null)));

    /// <summary>Something more may come of it, so it can be followed, and another one be merged into it.</summary>
    public bool IsUnderWay => Status is WishStatus.Open or WishStatus.Claimed or WishStatus.Delivered;

    /// <summary>Whether others who write the like may be led to it: what it says is for everybody to read.</summary>
    public bool IsSuggested => IsUnderWay && Visibility == WishVisibility.Public && !Sensitive;

    /// <summary>In a new state: its clock starts.</summary>
    public Wish Entered(CategoryRules rules, bool canClimb, DateTime now) => (this with
    {
        ClockFrom = now,
        Reminders = 0,
        Overdue = false,
        UrgedAt = null,
        NoticedAt = WishClock.NoticedAtStart(DeadlineAt, now),
    }).Wound(rules, canClimb);

    /// <summary>With the next time the worker must look at it.</summary>
    public Wish Wound(CategoryRules rules, bool canClimb) => this with
    {
        DueAt = WishClock.DueAt(this, rules),
        ClockAt = WishClock.Next(this, rules, canClimb)?.At,
    };

    private Wish Stopped() => this with { DueAt = null, ClockAt = null, Overdue = false, Reminders = 0 };
}
