using WuWei.Calls;
using WuWei.Errors;
using WuWei.Wishes;

namespace WuWei.Threads;

/// <summary>
/// What the two sides of a claim write to each other, and who may read it. It is as old as the claim and closes a while after
/// that ended, so nothing has to be opened or closed when a wish moves.
/// </summary>
public record Thread
{
    public static readonly TimeSpan OpenAfterEnd = TimeSpan.FromDays(7);

    /// <summary>The claim's.</summary>
    public Guid Id { get; init; }
    public Guid WishId { get; init; }
    public Guid UnitId { get; init; }

    /// <summary>Its wish is private or of a sensitive category.</summary>
    public bool IsSealed { get; init; }
    public Guid ClaimerId { get; init; }
    public DateTime? EndedAt { get; init; }

    /// <summary>Whether the wish is claimed or kept by this claim.</summary>
    public bool IsTheWishs { get; init; }
    public WishOrigin Origin { get; init; }
    public Guid? MakerId { get; init; }
    public byte[]? BeneficiaryIndex { get; init; }

    /// <summary>Who has the phone that the wish was made for, if anybody has.</summary>
    public Guid? BeneficiaryId { get; init; }

    /// <summary>The number of the last message that was shown to all.</summary>
    public int Shown { get; init; }
    public DateTime? WisherAgreedAt { get; init; }
    public DateTime? ClaimerAgreedAt { get; init; }

    /// <summary>By staff.</summary>
    public DateTime? ClosedAt { get; init; }
    public string? MakerName { get; init; }
    public string? BeneficiaryName { get; init; }
    public string? ClaimerName { get; init; }

    /// <summary>Of whoever asked: messages of others that they have not read.</summary>
    public long Unread { get; init; }

    public DateTime? ClosesAt => ClosedAt ?? EndedAt + OpenAfterEnd;

    public bool ShowsContacts => WisherAgreedAt is not null && ClaimerAgreedAt is not null;

    public bool IsOpen(DateTime now) => ClosesAt is not { } at || now < at;

    /// <summary>
    /// What somebody is to it. Staff who made the wish write to nobody. Whose claim came to nothing leaves when it closes.
    /// </summary>
    public Relation RelationOf(Caller caller, DateTime now) =>
        ClaimerId == caller.PersonId
            ? EndedAt is null || IsTheWishs || IsOpen(now) ? Relation.Claimer : Relation.None
            : (MakerId == caller.PersonId && Origin != WishOrigin.Staff ? Relation.Maker : Relation.None)
                | (BeneficiaryIndex is { } index && caller.PhoneIndex is { } own && index.AsSpan().SequenceEqual(own)
                    ? Relation.Beneficiary
                    : Relation.None);

    /// <summary>Everybody who may read what is shown to all; a partner is nobody.</summary>
    public IEnumerable<Guid> Parties()
    {
        yield return ClaimerId;
        if (MakerId is { } maker && Origin is not (WishOrigin.Staff or WishOrigin.Partner) && maker != ClaimerId)
        {
            yield return maker;
        }

        if (BeneficiaryId is { } beneficiary && beneficiary != MakerId && beneficiary != ClaimerId)
        {
            yield return beneficiary;
        }
    }

    public static ThreadSide SideOf(Relation relation) =>
        (relation & Relation.Claimer) != 0 ? ThreadSide.Claimer : ThreadSide.Wisher;

    /// <summary>As others see whoever the other side is; null when nobody there has an account.</summary>
    public string? NameAcross(ThreadSide side) =>
        side == ThreadSide.Wisher ? ClaimerName : BeneficiaryName ?? (Origin == WishOrigin.Staff ? null : MakerName);

    public DateTime? AgreedAt(ThreadSide side) => side == ThreadSide.Wisher ? WisherAgreedAt : ClaimerAgreedAt;

    public Thread Agreed(ThreadSide side, DateTime now) => AgreedAt(side) is not null
        ? throw Refuse.Taken("CONTACTS_AGREED", "你们这一方已经同意过了。")
        : side == ThreadSide.Wisher ? this with { WisherAgreedAt = now } : this with { ClaimerAgreedAt = now };

    public void DemandOpen(DateTime now)
    {
        if (!IsOpen(now))
        {
            throw Refuse.Premature("THREAD_CLOSED", "这段对话已经结束，不能再写了。");
        }
    }
}
