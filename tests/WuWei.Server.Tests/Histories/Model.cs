using WuWei.Calls;
using Move = WuWei.Protos.V1.WishMove;
using Status = WuWei.Protos.V1.WishStatus;

namespace WuWei.Tests.Histories;

/// <summary>
/// All wishes and points of a history as they must be. Written from the protos; it shares no code with the server. For
/// each operation it knows every reason that stands against it: with none it must succeed, with some it must be refused
/// with one of them.
/// </summary>
public sealed class Model(DateTime start)
{
    /// <summary>So much passes with each operation: nothing happens at once, so what comes first is known.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

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
    private readonly ModelTies _ties = new(start);
    private readonly Dictionary<(int By, bool AsStaff, DateTime Day), int> _reveals = [];
    private readonly Dictionary<(int By, DateTime Day), int> _seenReleases = [];

    public DateTime Now { get; private set; } = start;
    public ModelLedger Ledger { get; } = new();
    public IReadOnlyDictionary<int, ModelWish> Wishes => _wishes;

    /// <summary>Of China, as limits count them.</summary>
    private DateTime Today => Now.AddHours(8).Date;

    public int ClaimsOf(int person) => _wishes.Values.Count(w => w.Status == Status.Claimed && w.Claimer == person);

    /// <summary>Whether there is anything to try: what it builds on happened in this history, too.</summary>
    public bool Makes(Operation operation) => operation.Deed switch
    {
        Deed.Make or Deed.Wait => true,
        Deed.Again => _doneAt.TryGetValue(operation.Wish, out var at) && Now - at < KeysLast,
        var deed when ModelLedger.Has(deed) => Ledger.Makes(operation),
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

        if (ModelLedger.Has(deed))
        {
            return Ledger.Against(operation);
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
        AddIf(!ModelRights.Sees(by, wish), "WISH_UNKNOWN");
        AddIf(!ModelRights.MayTry(operation, wish), "NOT_PERMITTED");
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
                AddIf(!ModelRights.Allows(wish.Plan.Category, operation.Kind), "CLAIMER_KIND_NOT_ALLOWED");
                AddIf(
                    ModelRights.CreditedUnit(operation, wish) is null,
                    operation.ForOrganisation ? "ORGANISATION_OUT_OF_SCOPE" : "CLAIMER_KIND_NOT_HELD");
                AddIf(operation.ForOrganisation && by != Cast.OrganisationMember, "ORGANISATION_NOT_YOURS");
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

    /// <summary>What is read anew: sending that again is a call like any other.</summary>
    public static bool IsRead(Deed deed) => deed is Deed.Reveal or Deed.Explain;

    /// <summary>Before each operation.</summary>
    public void Tick() => Now += Moment;

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
            case var about when ModelLedger.Has(about):
                Ledger.Take(operation, Now);
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

                Go(operation, wish);
                break;
        }

        if (!IsRead(deed))
        {
            _doneAt[number] = Now;
        }
    }

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

    private static Move MoveOf(Deed deed) => Enum.Parse<Move>(deed.ToString());

    private void Add(Operation operation, Plan plan, DateTime deadlineAt)
    {
        var wish = new ModelWish(plan, operation.By, Now, deadlineAt);
        _wishes.Add(operation.Number, wish);
        _ties.Add(operation.By, plan, Now);
        wish.Take(
            Move.Make, plan.Origin == Wire.WishOrigin.Staff ? Wire.WishActor.Staff : Wire.WishActor.Maker, Now,
            operation);
    }

    private void Go(Operation operation, ModelWish wish)
    {
        var (number, deed, by) = (operation.Wish, operation.Deed, operation.By);
        var credited = deed == Deed.Claim ? ModelRights.CreditedUnit(operation, wish) : null;
        wish.Take(MoveOf(deed), ModelRights.ActorOf(deed, by, wish), Now, operation);
        switch (deed)
        {
            case Deed.Claim:
                wish.Credit(operation.ForOrganisation, credited!.Value, _ties.Odd(by, wish));
                break;
            case Deed.Confirm:
                Ledger.PayKept(number, wish, Now);
                break;
            case Deed.Rate:
                Ledger.PayRated(number, wish, Now);
                break;
            case Deed.Overturn:
                Ledger.TakeBack(number, wish, Now);
                break;
        }
    }

    /// <summary>
    /// Each wish's clock strikes at most once in a round of the background work, what is due longest first. After them
    /// points expire, and what tells of ties is forgotten.
    /// </summary>
    private void Pass(Operation operation)
    {
        Now += operation.Wait;
        if (!operation.Strikes)
        {
            return;
        }

        var due = _wishes.Select(w => (Number: w.Key, Wish: w.Value, Next: ModelClock.Next(w.Value)))
            .Where(d => d.Next?.At <= Now).OrderBy(d => d.Next!.Value.At).ThenBy(d => d.Number).ToList();
        foreach (var (number, wish, next) in due)
        {
            wish.Take(next!.Value.Move, Wire.WishActor.Clock, Now);
            if (next.Value.Move == Move.AutoConfirm)
            {
                Ledger.PayKept(number, wish, Now);
            }
        }

        Ledger.Expire(Now);
        _ties.Forget(Now);
    }
}
