using WuWei.Errors;

namespace WuWei.Activities;

/// <summary>A place offered to somebody, for nothing or for a place of theirs.</summary>
public sealed record PlaceOffer
{
    private static readonly TimeSpan OpenFor = TimeSpan.FromHours(48);

    public Guid Id { get; init; }
    public Guid SignUpId { get; init; }
    public Guid ToPersonId { get; init; }
    public Guid? ForSignUpId { get; init; }
    public OfferStatus Status { get; init; }
    public Guid OfferedBy { get; init; }
    public DateTime OfferedAt { get; init; }
    public DateTime LapsesAt { get; init; }

    /// <summary>Offers a place; the clock of the offer stops when a shift starts.</summary>
    /// <param name="forPlace">What is asked for it, which is that person's.</param>
    public static PlaceOffer Of(Guid id, SignUp place, SignUp? forPlace, Guid toPersonId, Guid by, DateTime now)
    {
        DemandPlace(place, now);
        if (forPlace is not null)
        {
            DemandPlace(forPlace, now);
            if (forPlace.ActivityId != place.ActivityId || forPlace.RoleId == place.RoleId)
            {
                throw Refuse.Premature("EXCHANGE_WRONG", "只能和同一活动里别的岗位交换。");
            }
        }

        if (toPersonId == place.PersonId)
        {
            throw Refuse.Premature("OFFER_OWN", "这个名额本来就是他的。");
        }

        DateTime[] ends = [now + OpenFor, place.StartsAt, forPlace?.StartsAt ?? DateTime.MaxValue];
        return new PlaceOffer
        {
            Id = id,
            SignUpId = place.Id,
            ToPersonId = toPersonId,
            ForSignUpId = forPlace?.Id,
            Status = OfferStatus.Open,
            OfferedBy = by,
            OfferedAt = now,
            LapsesAt = ends.Min(),
        };
    }

    public PlaceOffer Answered(bool accept, DateTime now) =>
        Ended(accept ? OfferStatus.Accepted : OfferStatus.Declined, now);

    public PlaceOffer Withdrawn(DateTime now) => Ended(OfferStatus.Withdrawn, now);

    public static RefusedException Over() => Refuse.Premature("OFFER_OVER", "这个转让已经失效了。");

    private PlaceOffer Ended(OfferStatus status, DateTime now) => Status == OfferStatus.Open && now < LapsesAt
        ? this with { Status = status }
        : throw Over();

    private static void DemandPlace(SignUp place, DateTime now)
    {
        place.DemandGivable(now);
        if (place.Status != SignUpStatus.SignedUp)
        {
            throw Refuse.Premature("SIGN_UP_OVER", "还在候补，没有名额可以转让。");
        }
    }
}
