namespace WuWei.Tests.Histories;

/// <summary>What is tried about points.</summary>
public static partial class Historian
{
    private static readonly int[] Adjustments = [-2_000, -60, -11, -5, -1, 0, 3, 10, 25, 1_000, 1_001];
    private static readonly Place[] AllUnits = Enum.GetValues<Place>();

    private static Operation OnPoints(int number, Dice dice, Model model)
    {
        var ledger = model.Ledger;
        var target = dice.Pick(Targets(ledger));
        var wanted = target with
        {
            Number = number,
            // Who proposed it tries to decide on it, too.
            By = target.By > 0 && dice.Throw(2) == 0 ? target.By : dice.Throw(Cast.People.Count),
            Yes = dice.Throw(4) > 0,
            Twice = dice.Throw(6) == 0,
        };
        wanted = wanted.Deed switch
        {
            Deed.ProposeAdjustment => wanted with
            {
                To = dice.Throw(5) == 0 ? Cast.Organisation
                    : dice.Throw(2) == 0 ? dice.Pick(Regulars)
                    : dice.Throw(Cast.People.Count),
                Unit = dice.Pick(AllUnits),
                Points = dice.Pick(Adjustments),
            },
            Deed.ProposeRules => wanted with
            {
                Rules = Rules(dice),
                Wait = TimeSpan.FromHours(dice.Pick([-24, 0, 0, 30])),
            },
            _ => wanted,
        };
        if (number % 5 == 0)
        {
            return wanted;
        }

        // What stands against all others is that they are not staff.
        var right = Fitting(Staff.Select(by => wanted with { By = by }), regular: false, model);
        return right[dice.Throw(right.Count)];
    }

    /// <summary>What there is to try, more often what leads on: what is held, what nobody decided on.</summary>
    private static IEnumerable<Operation> Targets(ModelLedger ledger)
    {
        yield return new Operation(0, Deed.ProposeAdjustment);
        yield return new Operation(0, Deed.ProposeAdjustment);
        yield return new Operation(0, Deed.ProposeRules);
        foreach (var wish in ledger.Awards.Select(a => a.Source.Wish).Distinct().TakeLast(4))
        {
            foreach (var (nth, award) in ledger.AwardsOf(wish).Index().TakeLast(2))
            {
                var deed = award.State == Wire.AwardState.Held ? Deed.DecideHeld : Deed.ProposeReversal;
                yield return new Operation(0, deed, Wish: wish, Nth: nth);
            }
        }

        // Also what makes no sense.
        if (ledger.Awards.Count > 0)
        {
            var wish = ledger.Awards[^1].Source.Wish;
            yield return new Operation(0, Deed.Explain, Wish: wish);
            yield return new Operation(0, Deed.DecideHeld, Wish: wish);
            yield return new Operation(0, Deed.ProposeReversal, Wish: wish);
        }

        foreach (var (number, correction) in ledger.Corrections.TakeLast(4))
        {
            for (var i = 0; i < (correction.DecidedAt is null ? 3 : 1); i++)
            {
                yield return new Operation(0, Deed.DecideCorrection, correction.ProposedBy, number);
            }
        }

        foreach (var (number, version) in ledger.Versions.Where(v => v.Key > 0).TakeLast(2))
        {
            for (var i = 0; i < (version.Approved ? 1 : 4); i++)
            {
                yield return new Operation(0, Deed.ApproveRules, version.ProposedBy!.Value, number);
            }
        }
    }

    /// <summary>Tighter than a district would choose, so that a short history meets limits; some are wrong.</summary>
    private static ModelRules Rules(Dice dice) => new(
        dice.Pick<int[]>([[0, 10, 10, 10, 10, 5, 0, 0, 0, 1, 2], [0, 7, 12, 9, 11, 6, 0, 1, 2, 3, 5]]),
        DayMax: dice.Pick([11, 23, 60]), WeekMax: dice.Pick([29, 70, 200]),
        dice.Pick<int[]>([[100, 100, 50, 50, 20, 0], [100, 67, 33], [100]]), PairDays: dice.Pick([1, 7, 30]),
        ValidMonths: dice.Pick([1, 2, 24]), HeldWithinSeconds: dice.Pick([0, 300, 7_200]),
        HeldFromMeeting: dice.Pick([2, 3, 5, 9]), HeldFromReturn: dice.Pick([2, 4]), HeldFromOther: dice.Pick([2, 3]),
        OrganisationPercent: dice.Pick([33, 50, 100]), OrganisationDayMax: dice.Pick([7, 15, 600]),
        OrganisationWeekMax: dice.Pick([16, 2_000]), NoShowPoints: dice.Pick([0, 3]));
}
