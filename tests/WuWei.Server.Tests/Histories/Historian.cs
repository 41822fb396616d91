using CsCheck;
using WuWei.Calls;

namespace WuWei.Tests.Histories;

/// <summary>
/// Makes histories up: mostly of what can succeed, by whom it may, so that wishes get far; and some by chance.
/// Each is a list of operations that stand for themselves.
/// </summary>
public static partial class Historian
{
    /// <summary>On average.</summary>
    public const int OperationsPerHistory = 400;

    private const int ChanceMax = 999_999;
    private const int FlatsMax = 6;

    private static readonly string[] Categories = ["misc", "misc", "errands", "childcare", "counselling"];
    private static readonly int[] Days = [1, 2, 4, 10, 30, 180];
    private static readonly double[] Hours = [0.1, 0.9, 4, 8, 13, 25, 49, 74, 121, 169, 480, 2_200];
    private static readonly Place[] Units =
        [Place.Community, Place.Community, Place.Grid, Place.NextCommunity, Place.FarCommunity];

    private static readonly (Wire.ClaimerKind Kind, bool ForOrganisation)[] ClaimWays =
    [
        .. Enum.GetValues<Wire.ClaimerKind>().Skip(1).Select(kind => (kind, false)),
        (Wire.ClaimerKind.OrganisationMember, true),
    ];

    private static readonly int[] Everybody = [.. Enumerable.Range(0, Cast.People.Count)];
    private static readonly int[] Staff =
        [.. Everybody.Where(by => Cast.People[by].Roles.Any(r => r.Role == Role.Staff))];

    private static readonly Deed[] OnWishes =
        [.. Enum.GetValues<Deed>().Where(d => !ModelLedger.Has(d)).Except([Deed.Make, Deed.Again, Deed.Wait])];

    /// <summary>Who ask and help more than others, so that they meet again and earn as much as they may.</summary>
    private static readonly int[] Regulars =
        [Cast.Resident, Cast.Volunteer, Cast.OrganisationMember, Cast.PlainMember];

    /// <summary>What a wish lives by.</summary>
    private static readonly Deed[] Onward =
        [Deed.Approve, Deed.Claim, Deed.Deliver, Deed.Confirm, Deed.Rate, Deed.FollowUp, Deed.Overturn];

    /// <summary>Each operation from throws of a die with many sides; told one after the other to a model.</summary>
    public static Gen<Operation[]> Histories { get; } =
        Gen.Int[0, ChanceMax].Array[20].Array[1, (2 * OperationsPerHistory) - 1].Select(throws =>
        {
            var model = new Model(new DateTime(2026, 6, 1, 2, 0, 0, DateTimeKind.Utc));
            var told = new List<Operation>();
            // In every other history hours pass and not weeks, so that people meet before it is forgotten.
            var hours = throws[0][0] % 2 == 0 ? Hours[..6] : Hours;
            foreach (var (i, dice) in throws.Index())
            {
                model.Tick();
                var operation = Next(i + 1, new Dice(dice), model, told, hours);
                if (model.Makes(operation) && model.Against(operation).Count == 0)
                {
                    model.Take(operation);
                }

                told.Add(operation);
            }

            return told.ToArray();
        });

    private static Operation Next(int number, Dice dice, Model model, List<Operation> told, double[] hours)
    {
        var what = dice.Throw(100);
        if (what < 85 && told.Count > 0
            && (Habit(number, told[^1], model) ?? GoOn(number, dice, told[^1], model)) is { } next)
        {
            return next;
        }

        if (what < 13 || model.Wishes.Count == 0)
        {
            return Make(number, dice, model);
        }

        if (what < 25)
        {
            // Mostly hours: weeks end every wish.
            var wait = hours[Math.Min(dice.Throw(hours.Length), dice.Throw(hours.Length + 2))];
            return new Operation(number, Deed.Wait, Wait: TimeSpan.FromHours(wait), Strikes: dice.Throw(4) > 0);
        }

        if (what < 29)
        {
            return new Operation(number, Deed.Again, Wish: dice.Pick(told).Number);
        }

        return what < 46 ? OnPoints(number, dice, model) : OnWish(number, dice, model);
    }

    private static Operation OnWish(int number, Dice dice, Model model)
    {
        // The last few, and rarely one that has ended, so that lives go on.
        var live = model.Wishes.Where(w => !HasEnded(w.Key, w.Value)).Select(w => w.Key).TakeLast(4).ToList();
        var wish = dice.Pick(live.Count > 0 && dice.Throw(8) > 0 ? live : model.Wishes.Keys.TakeLast(8));
        var fitting = OnWishes.Where(d => CanBeNext(d, model.Wishes[wish]))
            .SelectMany(d => Enumerable.Repeat(d, Onward.Contains(d) ? 5 : 1)).ToList();
        var deed = dice.Throw(8) > 0 && fitting.Count > 0 ? dice.Pick(fitting) : dice.Pick(OnWishes);
        return Try(number, dice, deed, wish, model);
    }

    /// <summary>
    /// Most wishes are kept in one go, with hours in between, so that the same people meet before it is forgotten.
    /// </summary>
    private static Operation? GoOn(int number, Dice dice, Operation last, Model model)
    {
        var wish = last.Deed == Deed.Make ? last.Number : last.Wish;
        if (wish % 16 < 6 || !model.Wishes.TryGetValue(wish, out var now))
        {
            return null;
        }

        return (last.Deed, now.Status) switch
        {
            (Deed.Make, Wire.WishStatus.PendingReview) => Try(number, dice, Deed.Approve, wish, model),
            (Deed.Make or Deed.Approve, Wire.WishStatus.Open) => Try(number, dice, Deed.Claim, wish, model),
            (Deed.Claim, Wire.WishStatus.Claimed) => new Operation(
                number, Deed.Wait, Wish: wish, Wait: TimeSpan.FromHours(dice.Pick([0, 0.1, 1, 5])),
                Strikes: wish % 2 == 0),
            (Deed.Wait, Wire.WishStatus.Claimed) => Try(number, dice, Deed.Deliver, wish, model),
            (Deed.Deliver, Wire.WishStatus.Delivered) => Try(number, dice, Deed.Confirm, wish, model),
            _ => null,
        };
    }

    private static Operation Try(int number, Dice dice, Deed deed, int wish, Model model)
    {
        var ways = deed == Deed.Claim ? ClaimWays : [default];
        var (kind, forOrganisation) = dice.Pick(ways);
        var wanted = new Operation(
            number, deed, dice.Throw(Cast.People.Count), wish, dice.Throw(Cast.People.Count), kind,
            Twice: dice.Throw(6) == 0, ForOrganisation: forOrganisation);
        var rating = dice.Throw(10);
        wanted = deed switch
        {
            Deed.Confirm => wanted with { Rating = Math.Max(0, rating - 4) },
            Deed.Rate => wanted with { Rating = 1 + (rating / 2) },
            _ => wanted,
        };
        if (dice.Throw(6) == 0)
        {
            return wanted;
        }

        var people = deed == Deed.Claim && IsHoarded(wish) ? [Cast.OrganisationMember] : Everybody;
        var right = Fitting(
            people.SelectMany(by => ways.Select(
                way => wanted with { By = by, Kind = way.Kind, ForOrganisation = way.ForOrganisation })),
            regular: deed == Deed.Claim && dice.Throw(8) > 0, model);
        return right[dice.Throw(right.Count)];
    }

    /// <summary>
    /// Whom nothing stands against, or as little as there is: a refusal that has one reason tests that one.
    /// </summary>
    private static List<Operation> Fitting(IEnumerable<Operation> wanted, bool regular, Model model)
    {
        var right = wanted.GroupBy(o => model.Against(o).Count).MinBy(g => g.Key)!.ToList();
        var regulars = right.Where(o => regular && Regulars.Contains(o.By)).ToList();
        return regulars.Count > 0 ? regulars : right;
    }

    /// <summary>
    /// What calls for many times the same by one person in a day: of some wishes a claimer looks at the contact, gives
    /// back and claims again, of others one looks again and again.
    /// </summary>
    private static Operation? Habit(int number, Operation before, Model model)
    {
        if (!model.Wishes.TryGetValue(before.Wish, out var wish))
        {
            return null;
        }

        var last = before with { Number = number, Twice = false };
        return (last.Deed, last.Wish % 16) switch
        {
            (Deed.Claim, 0 or 1 or 4) or (Deed.Reveal, 1) when wish.Claimer == last.By =>
                last with { Deed = Deed.Reveal, Kind = default },
            (Deed.Reveal, 0 or 4) when wish.Claimer == last.By => last with { Deed = Deed.Release },
            (Deed.Release, 0 or 4) when wish.Steps[^1].Move == Wire.WishMove.Release => last with
            {
                Deed = Deed.Claim,
                Kind = wish.Steps.Last(s => s.Move == Wire.WishMove.Claim).Kind,
            },
            _ => null,
        };
    }

    /// <summary>One person claims some wishes and lets them lie, up to as many as they may.</summary>
    private static bool IsHoarded(int wish) => wish % 16 is 3 or 5 or 13;

    /// <summary>Nothing is left to do but what is seldom done.</summary>
    private static bool HasEnded(int number, ModelWish wish) => wish.Status switch
    {
        Wire.WishStatus.Claimed => IsHoarded(number),
        Wire.WishStatus.Rejected or Wire.WishStatus.Withdrawn or Wire.WishStatus.Expired => true,
        Wire.WishStatus.Kept => wish.Rating > 0 && !wish.IsFollowedUp,
        _ => false,
    };

    /// <summary>Whether it can come next in the life of a wish, by whomever.</summary>
    private static bool CanBeNext(Deed deed, ModelWish wish) => Model.Starts(deed).Contains(wish.Status) && deed switch
    {
        Deed.Rate => wish.Rating == 0,
        Deed.FollowUp => wish.IsFollowedUp,
        Deed.Reveal => wish.Status != Wire.WishStatus.Kept || wish.IsFollowedUp,
        Deed.ProposeOverturn => wish.ProposedBy is null,
        Deed.Overturn => wish.ProposedBy is not null,
        Deed.Remake => !wish.Remade,
        _ => true,
    };

    private static Operation Make(int number, Dice dice, Model model)
    {
        var origin = dice.Pick<Wire.WishOrigin>(
            [
                Wire.WishOrigin.Resident, Wire.WishOrigin.Resident, Wire.WishOrigin.Family, Wire.WishOrigin.GridWorker,
                Wire.WishOrigin.Staff,
            ]);
        var others = dice.Throw(2) == 0 ? dice.Pick(Regulars) : dice.Throw(Cast.People.Count);
        var plan = new Plan(
            dice.Pick(Units), dice.Pick(Categories), origin, Private: dice.Throw(5) == 0,
            For: origin is Wire.WishOrigin.Resident ? null : others, dice.Pick(Days),
            Phone: dice.Throw(2) == 0 ? dice.Throw(Cast.People.Count) : null, Flat: 1 + dice.Throw(FlatsMax));
        var wanted = new Operation(
            number, Deed.Make, dice.Throw(Cast.People.Count), Plan: plan, Twice: number % 7 == 0);
        if (wanted.By == plan.For || number % 4 > 0)
        {
            var right = Fitting(
                Everybody.Where(by => by != plan.For).Select(by => wanted with { By = by }), dice.Throw(4) > 0, model);
            wanted = right[wanted.By % right.Count];
        }

        return dice.Throw(3) > 0 ? wanted with { Plan = plan with { Phone = wanted.By } } : wanted;
    }

    /// <summary>Thrown one after the other.</summary>
    private sealed class Dice(int[] throws)
    {
        private int _next;

        public int Throw(int sides) => (int)((long)throws[_next++ % throws.Length] * sides / (ChanceMax + 1));

        public T Pick<T>(IEnumerable<T> from)
        {
            var list = from.ToList();
            return list[Throw(list.Count)];
        }
    }
}
