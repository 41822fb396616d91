using WuWei.Calls;
using Move = WuWei.Protos.V1.WishMove;
using Status = WuWei.Protos.V1.WishStatus;

namespace WuWei.Tests.Histories;

/// <summary>
/// All wishes of a history as they must be. Written from the protos; it shares no code with the server. For each
/// operation it knows every reason that stands against it: with none it must succeed, with some it must be refused
/// with one of them.
/// </summary>
public sealed class Model(DateTime start)
{
    private const int ClaimsMax = 5;
    private const int ClaimerRevealsMax = 10;
    private const int StaffRevealsMax = 60;

    /// <summary>Of wishes whose contact the claimer saw in that claim, in a day.</summary>
    private const int SeenReleasesMax = 3;

    private static readonly TimeSpan RateableFor = TimeSpan.FromDays(90);

    /// <summary>A key is forgotten a week after; nearer than this to it nobody sends one again.</summary>
    private static readonly TimeSpan KeysLast = TimeSpan.FromDays(6.5);

    private readonly Dictionary<int, ModelWish> _wishes = [];
    private readonly Dictionary<int, DateTime> _doneAt = [];
    private readonly Dictionary<(int By, bool AsStaff, DateTime Day), int> _reveals = [];
    private readonly Dictionary<(int By, DateTime Day), int> _seenReleases = [];

    public DateTime Now { get; private set; } = start;
    public IReadOnlyDictionary<int, ModelWish> Wishes => _wishes;

    /// <summary>Of China, as limits count them.</summary>
    private DateTime Today => Now.AddHours(8).Date;

    public int ClaimsOf(int person) => _wishes.Values.Count(w => w.Status == Status.Claimed && w.Claimer == person);

    /// <summary>Whether there is anything to try: what it builds on happened in this history, too.</summary>
    public bool Makes(Operation operation) => operation.Deed switch
    {
        Deed.Make or Deed.Wait => true,
        Deed.Again => _doneAt.TryGetValue(operation.Wish, out var at) && Now - at < KeysLast,
        _ => _wishes.ContainsKey(operation.Wish),
    };

    /// <summary>The reasons for which it may be refused.</summary>
    public HashSet<string> Against(Operation operation)
    {
        var (deed, by) = (operation.Deed, operation.By);
        var who = Cast.People[by];
        if (deed is Deed.Wait or Deed.Again)
        {
            return [];
        }

        if (deed == Deed.Make)
        {
            var (plan, role) = (operation.Plan!, operation.Plan!.Origin switch
            {
                Wire.WishOrigin.Staff => Role.Staff,
                Wire.WishOrigin.GridWorker => Role.GridWorker,
                _ => (Role?)null,
            });
            return role is null || who.Covers(role.Value, plan.Unit) ? [] : ["NOT_PERMITTED"];
        }

        var wish = _wishes[operation.Wish];
        var reasons = new HashSet<string>();
        AddIf(!Sees(by, wish), "WISH_UNKNOWN");
        AddIf(!MayTry(operation, wish), "NOT_PERMITTED");
        var staff = who.Covers(Role.Staff, wish.Plan.Unit);
        AddIf(
            !Starts(deed).Contains(wish.Status),
            deed == Deed.Claim && wish.Status is Status.Claimed or Status.Delivered or Status.Kept
                ? "WISH_ALREADY_CLAIMED"
                : "WISH_WRONG_STATUS");
        switch (deed)
        {
            case Deed.Approve:
                AddIf(wish.IsMaker(by) || wish.Plan.For == by, "WISH_OWN");
                break;
            case Deed.Offer:
                AddIf(wish.Maker == operation.To || wish.Plan.For == operation.To, "WISH_OWN");
                AddIf(wish.OfferedTo.Contains(operation.To), "WISH_OFFERED");
                break;
            case Deed.Claim:
                AddIf(wish.Maker == by || wish.IsBeneficiary(by), "WISH_OWN");
                AddIf(wish.Plan.Private && !wish.IsOffered(by), "OFFER_NEEDED");
                AddIf(!Allows(wish.Plan.Category, operation.Kind), "CLAIMER_KIND_NOT_ALLOWED");
                AddIf(!Holds(who, operation.Kind, wish.Audience, wish.IsOffered(by)), "CLAIMER_KIND_NOT_HELD");
                AddIf(ClaimsOf(by) >= ClaimsMax, "CLAIMS_TOO_MANY");
                break;
            case Deed.Reveal:
                var asStaff = wish.Claimer != by;
                var revealsMax = asStaff ? StaffRevealsMax : ClaimerRevealsMax;
                AddIf(_reveals.GetValueOrDefault((by, asStaff, Today)) >= revealsMax, "REVEALS_TOO_MANY");
                AddIf(
                    !asStaff && _seenReleases.GetValueOrDefault((by, Today)) >= SeenReleasesMax, "RELEASES_TOO_MANY");
                AddIf(wish.Status == Status.Kept && !(asStaff && wish.IsFollowedUp), "WISH_WRONG_STATUS");
                break;
            case Deed.Confirm:
                AddIf(staff && wish.Claimer == by, "WISH_OWN_CLAIM");
                AddIf(operation.Rating > 0 && !wish.IsRatedBy(by), "RATING_NOT_YOURS");
                break;
            case Deed.Rate:
                AddIf(!wish.IsRatedBy(by), "RATING_NOT_YOURS");
                AddIf(wish.Rating > 0, "WISH_RATED");
                AddIf(Now > wish.KeptAt + RateableFor, "RATING_TOO_LATE");
                break;
            case Deed.FollowUp:
                AddIf(wish.Claimer == by, "WISH_OWN_CLAIM");
                AddIf(!wish.IsFollowedUp, "FOLLOW_UP_NONE");
                break;
            case Deed.ProposeOverturn:
                AddIf(wish.ProposedBy is not null, "OVERTURN_PROPOSED");
                break;
            case Deed.Overturn:
                AddIf(wish.ProposedBy is null, "OVERTURN_NOT_PROPOSED");
                AddIf(wish.ProposedBy == by, "SECOND_PERSON_NEEDED");
                break;
            case Deed.Escalate:
                AddIf(wish.Audience == Place.District, "WISH_AT_TOP");
                break;
            case Deed.Remake:
                AddIf(wish.Remade, "WISH_REMADE");
                break;
        }

        return reasons;

        void AddIf(bool stands, string reason)
        {
            if (stands)
            {
                reasons.Add(reason);
            }
        }
    }

    /// <summary>It succeeded; or time passes.</summary>
    public void Take(Operation operation)
    {
        var (number, deed, by) = (operation.Number, operation.Deed, operation.By);
        switch (deed)
        {
            case Deed.Again:
                return;
            case Deed.Wait:
                Pass(operation);
                return;
            case Deed.Make:
                Add(operation, operation.Plan!, Now.AddDays(operation.Plan!.Days));
                break;
            case Deed.Remake:
                var old = _wishes[operation.Wish];
                old.Remade = true;
                Add(operation, old.Plan, Now + (old.DeadlineAt - old.MadeAt));
                break;
            default:
                var wish = _wishes[operation.Wish];
                if (deed == Deed.Reveal)
                {
                    var counted = (by, wish.Claimer != by, Today);
                    _reveals[counted] = _reveals.GetValueOrDefault(counted) + 1;
                }

                if (deed == Deed.Release && wish.Seen)
                {
                    _seenReleases[(by, Today)] = _seenReleases.GetValueOrDefault((by, Today)) + 1;
                }

                wish.Take(MoveOf(deed), ActorOf(deed, by, wish), Now, operation);
                break;
        }

        // A contact is read anew, so sending that again is a call like any other.
        if (deed != Deed.Reveal)
        {
            _doneAt[number] = Now;
        }
    }

    public static bool Sees(int by, ModelWish wish) => Oversees(by, wish) || SeesAsPerson(by, wish);

    /// <summary>Whatever staff they may be.</summary>
    public static bool SeesAsPerson(int by, ModelWish wish) =>
        wish.IsMaker(by) || wish.IsBeneficiary(by) || wish.Claimer == by || wish.IsOffered(by)
        || (!wish.Plan.Private && wish.Status is Status.Open or Status.Claimed or Status.Delivered or Status.Kept
            or Status.Expired);

    /// <summary>From which states a deed starts.</summary>
    public static Status[] Starts(Deed deed) => deed switch
    {
        Deed.Approve or Deed.Reject => [Status.PendingReview],
        Deed.Offer or Deed.Claim or Deed.Escalate => [Status.Open],
        Deed.Release or Deed.Revoke or Deed.Deliver => [Status.Claimed],
        Deed.Confirm or Deed.Dispute => [Status.Delivered],
        Deed.Rate or Deed.FollowUp or Deed.ProposeOverturn or Deed.Overturn => [Status.Kept],
        Deed.Withdraw => [Status.PendingReview, Status.Open],
        Deed.Reveal => [Status.PendingReview, Status.Open, Status.Claimed, Status.Delivered, Status.Kept],
        Deed.Remake => [Status.Withdrawn, Status.Expired],
        _ => [],
    };

    private static bool Oversees(int by, ModelWish wish) =>
        Cast.People[by].Covers(Role.Staff, wish.Plan.Unit) || Cast.People[by].Covers(Role.Auditor, wish.Plan.Unit);

    private static bool MayTry(Operation operation, ModelWish wish)
    {
        var by = operation.By;
        var staff = Cast.People[by].Covers(Role.Staff, wish.Plan.Unit);
        return operation.Deed switch
        {
            Deed.Claim => true,
            Deed.Release or Deed.Deliver => wish.Claimer == by,
            Deed.Reveal => staff || wish.Claimer == by,
            Deed.Confirm or Deed.Dispute => staff || wish.IsMaker(by) || wish.IsBeneficiary(by),
            Deed.Rate => wish.IsMaker(by) || wish.IsBeneficiary(by),
            Deed.Withdraw => staff || wish.IsMaker(by),
            Deed.Remake => wish.IsMaker(by) || (staff && wish.Plan.Origin == Wire.WishOrigin.Staff),
            _ => staff,
        };
    }

    private static bool Allows(string category, Wire.ClaimerKind kind) => category switch
    {
        "childcare" => kind != Wire.ClaimerKind.Neighbour,
        "counselling" => kind is Wire.ClaimerKind.PartyMember or Wire.ClaimerKind.Volunteer,
        _ => true,
    };

    /// <summary>Where the role meets the audience; an offer reaches further.</summary>
    private static bool Holds(Character who, Wire.ClaimerKind kind, Place audience, bool offered)
    {
        var role = kind switch
        {
            Wire.ClaimerKind.PartyMember => Role.PartyMember,
            Wire.ClaimerKind.Volunteer => Role.Volunteer,
            _ => Role.OrganisationMember,
        };
        return kind == Wire.ClaimerKind.Neighbour
            ? offered || who.Home.IsWithin(audience)
            : who.Roles.Any(r =>
                r.Role == role && (offered || audience.IsWithin(r.Unit) || r.Unit.IsWithin(audience)));
    }

    private static Wire.WishActor ActorOf(Deed deed, int by, ModelWish wish) => deed switch
    {
        Deed.Claim or Deed.Release or Deed.Deliver => Wire.WishActor.Claimer,
        Deed.Reveal when wish.Claimer == by => Wire.WishActor.Claimer,
        Deed.Confirm or Deed.Rate or Deed.Dispute when wish.IsBeneficiary(by) => Wire.WishActor.Beneficiary,
        Deed.Confirm or Deed.Rate or Deed.Dispute or Deed.Withdraw when wish.IsMaker(by) => Wire.WishActor.Maker,
        _ => Wire.WishActor.Staff,
    };

    private static Move MoveOf(Deed deed) => Enum.Parse<Move>(deed.ToString());

    private void Add(Operation operation, Plan plan, DateTime deadlineAt)
    {
        var wish = new ModelWish(plan, operation.By, Now, deadlineAt);
        _wishes.Add(operation.Number, wish);
        wish.Take(
            Move.Make, plan.Origin == Wire.WishOrigin.Staff ? Wire.WishActor.Staff : Wire.WishActor.Maker, Now,
            operation);
    }

    /// <summary>Each wish's clock strikes at most once in a round of the background work.</summary>
    private void Pass(Operation operation)
    {
        Now += operation.Wait;
        foreach (var wish in _wishes.Values.Where(_ => operation.Strikes))
        {
            if (ModelClock.Next(wish) is var (move, at) && at <= Now)
            {
                wish.Take(move, Wire.WishActor.Clock, Now);
            }
        }
    }
}
