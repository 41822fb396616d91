using CsCheck;

namespace WuWei.Tests.Histories;

/// <summary>
/// Makes histories up: mostly of what can succeed, by whom it may, so that wishes get far; and some by chance.
/// Each is a list of operations that stand for themselves.
/// </summary>
public static class Historian
{
    /// <summary>On average.</summary>
    public const int OperationsPerHistory = 400;

    private const int ChanceMax = 999_999;

    private static readonly string[] Categories = ["misc", "misc", "errands", "childcare", "counselling"];
    private static readonly int[] Days = [1, 2, 4, 10, 30, 180];
    private static readonly double[] Hours = [0.1, 0.9, 4, 8, 13, 25, 49, 74, 121, 169, 480];
    private static readonly Place[] Units =
        [Place.Community, Place.Community, Place.Grid, Place.NextCommunity, Place.FarCommunity];

    private static readonly Wire.ClaimerKind[] Kinds = [.. Enum.GetValues<Wire.ClaimerKind>().Skip(1)];
    private static readonly Deed[] OnWishes =
        [.. Enum.GetValues<Deed>().Except([Deed.Make, Deed.Again, Deed.Wait])];

    /// <summary>What a wish lives by.</summary>
    private static readonly Deed[] Onward =
        [Deed.Approve, Deed.Claim, Deed.Deliver, Deed.Confirm, Deed.ProposeOverturn, Deed.Overturn];

    /// <summary>Each operation from ten throws of a die with many sides; told one after the other to a model.</summary>
    public static Gen<Operation[]> Histories { get; } =
        Gen.Int[0, ChanceMax].Array[10].Array[1, (2 * OperationsPerHistory) - 1].Select(throws =>
        {
            var model = new Model(new DateTime(2026, 6, 1, 2, 0, 0, DateTimeKind.Utc));
            var told = new List<Operation>();
            foreach (var (i, dice) in throws.Index())
            {
                var operation = Next(i + 1, new Dice(dice), model, told);
                if (model.Makes(operation) && model.Against(operation).Count == 0)
                {
                    model.Take(operation);
                }

                told.Add(operation);
            }

            return told.ToArray();
        });

    private static Operation Next(int number, Dice dice, Model model, List<Operation> told)
    {
        var what = dice.Throw(100);
        if (what < 7 || model.Wishes.Count == 0)
        {
            return Make(number, dice, model);
        }

        if (what < 20)
        {
            // Mostly hours: weeks end every wish.
            var hours = Hours[Math.Min(dice.Throw(Hours.Length), dice.Throw(Hours.Length + 2))];
            return new Operation(number, Deed.Wait, Wait: TimeSpan.FromHours(hours), Strikes: dice.Throw(4) > 0);
        }

        if (what < 24)
        {
            return new Operation(number, Deed.Again, Wish: dice.Pick(told).Number);
        }

        return OnWish(number, dice, model);
    }

    private static Operation OnWish(int number, Dice dice, Model model)
    {
        // The last few, and rarely one that has ended, so that lives go on.
        var live = model.Wishes.Where(w => !Model.Starts(Deed.Remake).Contains(w.Value.Status)
            && w.Value.Status != Wire.WishStatus.Rejected).Select(w => w.Key).TakeLast(4).ToList();
        var wish = dice.Pick(live.Count > 0 && dice.Throw(8) > 0 ? live : model.Wishes.Keys.TakeLast(8));
        var status = model.Wishes[wish].Status;
        var fitting = OnWishes.Where(d => Model.Starts(d).Contains(status))
            .SelectMany(d => Enumerable.Repeat(d, Onward.Contains(d) ? 5 : 1)).ToList();
        var deed = dice.Throw(8) > 0 && fitting.Count > 0 ? dice.Pick(fitting) : dice.Pick(OnWishes);
        var kinds = deed == Deed.Claim ? Kinds : [Wire.ClaimerKind.Unspecified];
        var wanted = new Operation(
            number, deed, dice.Throw(Cast.People.Count), wish, dice.Throw(Cast.People.Count), dice.Pick(kinds),
            Twice: dice.Throw(6) == 0);
        if (number % 5 == 0)
        {
            return wanted;
        }

        var right = Enumerable.Range(0, Cast.People.Count)
            .SelectMany(by => kinds.Select(kind => wanted with { By = by, Kind = kind }))
            .Where(o => model.Against(o).Count == 0).ToList();
        return right.Count == 0 ? wanted : right[wanted.By * kinds.Length % right.Count];
    }

    private static Operation Make(int number, Dice dice, Model model)
    {
        var origin = dice.Pick<Wire.WishOrigin>(
            [Wire.WishOrigin.Resident, Wire.WishOrigin.Family, Wire.WishOrigin.GridWorker, Wire.WishOrigin.Staff]);
        var others = dice.Throw(Cast.People.Count);
        var plan = new Plan(
            dice.Pick(Units), dice.Pick(Categories), origin, Private: dice.Throw(5) == 0,
            For: origin is Wire.WishOrigin.Resident ? null : others, dice.Pick(Days));
        var wanted = new Operation(
            number, Deed.Make, dice.Throw(Cast.People.Count), Plan: plan, Twice: number % 7 == 0);
        var right = Enumerable.Range(0, Cast.People.Count).Where(by => by != plan.For)
            .Select(by => wanted with { By = by }).Where(o => model.Against(o).Count == 0).ToList();
        return right.Count > 0 && (wanted.By == plan.For || number % 4 > 0) ? right[wanted.By % right.Count] : wanted;
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
