using Act = WuWei.Protos.V1.PointsAct;
using Odd = WuWei.Protos.V1.Suspicion;
using State = WuWei.Protos.V1.AwardState;

namespace WuWei.Tests.Histories;

/// <summary>
/// All points of a history as they must be: the rules a second time, from their meaning, with lists in place of a
/// database. It adds up everything anew whenever it is asked.
/// </summary>
public sealed partial class ModelLedger
{
    private readonly List<ModelAward> _awards = [];
    private readonly List<ModelTransfer> _transfers = [];
    private DateTime _expiredOn = DateTime.MinValue;

    public IReadOnlyList<ModelAward> Awards => _awards;
    public IReadOnlyList<ModelTransfer> Transfers => _transfers;

    /// <summary>What made each award what it is, and what else moved points: whether a history met the rules.</summary>
    public IEnumerable<string> Traits => _transfers.Select(t => $"{t.Kind}")
        .Concat(_awards.Select(a => $"{a.State}"))
        .Concat(_awards.SelectMany(a => a.HeldFor.Select(odd => $"held for {odd}")))
        .Concat(_awards.Where(a => a.Percent < 100).Select(_ => "decayed"))
        .Concat(_awards.Where(a => a.CalledBack).Select(a => $"called back and {a.State}"))
        .Concat(_awards.Where(a => a.Points == a.DayLeft && a.DayLeft < a.Base).Select(_ => "at the day's cap"))
        .Concat(_awards.Where(a => a.Points == a.WeekLeft && a.WeekLeft < a.Base).Select(_ => "at the week's cap"))
        .Concat(_awards.Where(a => a.Account == Cast.Organisation).Select(_ => "to the organisation"))
        .Concat(_awards.Where(a => a.Version.Version > 1).Select(_ => "by later rules"));

    /// <summary>In the order in which they were made.</summary>
    public List<ModelAward> AwardsOf(int wish) => [.. _awards.Where(a => a.Source.Wish == wish)];

    public long Balance(int account) =>
        _awards.Where(a => a.Account == account && a.PaidAt is not null).Sum(a => a.Points)
        + _transfers.Where(t => t.Account == account).Sum(t => t.Points);

    public long Held(int account) =>
        _awards.Where(a => a.Account == account && a.State == State.Held).Sum(a => a.Points);

    /// <summary>A wish was kept, as what it was claimed or because nobody answered; maybe rated with that.</summary>
    public void PayKept(int number, ModelWish wish, DateTime now)
    {
        var kept = wish.AutoConfirmed ? Act.WishAutoConfirmed : (Act)(int)wish.Kind;
        Pay(number, wish, now, wish.Rating > 0 ? [kept, ActOf(wish.Rating)] : [kept]);
    }

    public void PayRated(int number, ModelWish wish, DateTime now) => Pay(number, wish, now, [ActOf(wish.Rating)]);

    /// <summary>A wish was not kept after all: what is held is voided, what was paid is taken back.</summary>
    public void TakeBack(int number, ModelWish wish, DateTime now)
    {
        foreach (var award in _awards.Where(a => a.Source == (number, wish.Claims)))
        {
            if (award.State == State.Held)
            {
                award.State = State.Voided;
            }
            else if (award.State == State.Posted)
            {
                Reverse(award, now);
            }
        }
    }

    /// <summary>
    /// Once on each day of China: awards whose months are over, less all that went out, because what goes out is taken
    /// from the oldest. What was taken back counts on neither side.
    /// </summary>
    public void Expire(DateTime now)
    {
        if (_expiredOn == China(now).Date)
        {
            return;
        }

        _expiredOn = China(now).Date;
        foreach (var account in _awards.Select(a => a.Account).Distinct().ToList())
        {
            var over = _awards
                .Where(a => a.Account == account && a.State == State.Posted)
                .Where(a => China(a.PaidAt!.Value).AddMonths(a.Version.Rules.ValidMonths) <= China(now))
                .Sum(a => a.Points);
            var spent = -_transfers
                .Where(t => t.Account == account && t.Points < 0 && t.Kind != Wire.TransferKind.Reversal)
                .Sum(t => t.Points);
            var points = (int)Math.Min(over - spent, Balance(account));
            if (points > 0)
            {
                _transfers.Add(new ModelTransfer(Wire.TransferKind.Expiry, account, -points, Unit: null, now));
            }
        }
    }

    private static Act ActOf(int rating) => Act.WishRated1 + (rating - 1);

    /// <summary>Its claimer, and then the organisation: held for whatever was odd about its member.</summary>
    private void Pay(int number, ModelWish wish, DateTime now, Act[] acts)
    {
        var odd = Pay(wish.Claimer!.Value, number, wish, now, acts, wish.Odd);
        if (wish.ForOrganisation)
        {
            Pay(Cast.Organisation, number, wish, now, acts, odd);
        }
    }

    /// <returns>What is odd about it.</returns>
    private HashSet<Odd> Pay(
        int account, int number, ModelWish wish, DateTime now, Act[] acts, IEnumerable<Odd> known)
    {
        var version = VersionAt(now);
        var rules = version.Rules;
        var recent = _awards.Where(a => a.At > now.AddDays(-rules.PairDays)).ToList();
        var (source, served, before) = ((number, wish.Claims), wish.Served, _awards.ToList());
        var helped = recent.Where(a => a.Account == account && a.Served == served && a.Source != source);
        var returned = Acts(recent.Where(a => a.Account == served && a.Served == account));
        var meetings = Acts(helped) + returned;
        var othersOfMaker = recent.Where(a => a.Account == account && a.Maker == wish.Maker)
            .Select(a => a.Served).Distinct().Count(other => other != served && other != wish.Maker);

        var odd = known.ToHashSet();
        AddIf(wish.KeptAt - wish.ClaimedAt < TimeSpan.FromSeconds(rules.HeldWithinSeconds), Odd.KeptInSeconds);
        AddIf(meetings + 1 >= rules.HeldFromMeeting, Odd.PairKeepsMeeting);
        AddIf(returned > 0 && meetings + 1 >= rules.HeldFromReturn, Odd.Returned);
        AddIf(
            ClosesCircle(recent, account, served)
            || HaveMet([.. recent.Where(a => a.Source != source || a.At < now)], account, served),
            Odd.Circle);
        AddIf(
            wish.Plan.Origin == Wire.WishOrigin.Family && othersOfMaker + 1 >= rules.HeldFromOther,
            Odd.MakerKeepsMeeting);

        var (part, dayMax, weekMax) = account == Cast.Organisation
            ? (rules.OrganisationPercent, rules.OrganisationDayMax, rules.OrganisationWeekMax)
            : (100, rules.DayMax, rules.WeekMax);
        var percent = rules.PairPercents[Math.Min(meetings, rules.PairPercents.Length - 1)];
        foreach (var act in acts)
        {
            var points = rules.Points[(int)act] * part / 100;
            var dayLeft = Math.Max(0, dayMax - Awarded(account, now, at => China(at).Date));
            var weekLeft = Math.Max(0, weekMax - Awarded(account, now, Monday));
            var paid = Math.Min(points * percent / 100, Math.Min(dayLeft, weekLeft));
            var award = new ModelAward(
                source, account, act, served, wish.Maker, wish.CreditedUnit, now, version, points, percent, meetings,
                dayLeft, weekLeft, paid, paid > 0 ? [.. odd.Order()] : []);
            award.State = paid == 0 ? State.Nothing : odd.Count > 0 ? State.Held : State.Posted;
            award.PaidAt = award.State == State.Posted ? now : null;
            _awards.Add(award);
        }

        CallBack(account, wish, now, rules, before, odd);
        return odd;

        static int Acts(IEnumerable<ModelAward> awards) => awards.Select(a => a.Source).Distinct().Count();

        void AddIf(bool stands, Odd what)
        {
            if (stands)
            {
                odd.Add(what);
            }
        }
    }

    /// <summary>
    /// What an act shows is odd about what was earned before, and nobody decided on: in a circle, what the two earned with
    /// each other; of a maker who keeps asking for others, what the helper earned so.
    /// </summary>
    private void CallBack(
        int account, ModelWish wish, DateTime now, ModelRules rules, List<ModelAward> before, HashSet<Odd> odd)
    {
        var shown = odd.Intersect([Odd.Circle, Odd.MakerKeepsMeeting]).Order().ToList();
        if (account == Cast.Organisation)
        {
            return;
        }

        foreach (var award in before.Where(a =>
            a.State == State.Posted && a.HeldFor.Count == 0 && a.At > now.AddDays(-rules.PairDays)
            && ((shown.Contains(Odd.Circle) && (a.Account, a.Served) == (account, wish.Served))
                || (shown.Contains(Odd.Circle) && (a.Served, a.Account) == (account, wish.Served))
                || (shown.Contains(Odd.MakerKeepsMeeting) && (a.Account, a.Maker) == (account, wish.Maker)
                    && a.Served != wish.Maker))))
        {
            award.State = State.Held;
            award.HeldFor = shown;
            award.CalledBack = true;
            _transfers.Add(new ModelTransfer(Wire.TransferKind.Reversal, award.Account, -award.Points, award.Unit, now));
        }
    }

    /// <summary>Whatever became of it: a cap is for what was done that day or week.</summary>
    private int Awarded(int account, DateTime now, Func<DateTime, DateTime> periodOf) =>
        _awards.Where(a => a.Account == account && periodOf(a.At) == periodOf(now)).Sum(a => a.Points);

    /// <summary>Whom they serve served somebody, and so on, who served them: three to six people.</summary>
    private static bool ClosesCircle(List<ModelAward> recent, int account, int served)
    {
        HashSet<int> reached = [served];
        for (var people = 3; people <= 6; people++)
        {
            reached = [.. recent.Where(a => reached.Contains(a.Account)).Select(a => a.Served)];
            reached.ExceptWith([account, served]);
            if (recent.Any(a => reached.Contains(a.Account) && a.Served == account))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whom they serve is a helper, and both met the same third one, whoever of them served whom.</summary>
    private static bool HaveMet(List<ModelAward> recent, int account, int served)
    {
        var helpers = recent.Select(a => a.Account).Where(who => who != Cast.Organisation).ToHashSet();
        return account != Cast.Organisation && helpers.Contains(served)
            && Met(account).Intersect(Met(served)).Except([account, served]).Any(helpers.Contains);

        IEnumerable<int> Met(int who) =>
            recent.Where(a => a.Account == who).Select(a => a.Served)
                .Concat(recent.Where(a => a.Served == who).Select(a => a.Account));
    }

    private void Reverse(ModelAward award, DateTime now)
    {
        award.State = State.Reversed;
        _transfers.Add(new ModelTransfer(Wire.TransferKind.Reversal, award.Account, -award.Points, award.Unit, now));
    }

    private static DateTime China(DateTime utc) => utc.AddHours(8);

    private static DateTime Monday(DateTime utc)
    {
        var day = China(utc).Date;
        while (day.DayOfWeek != DayOfWeek.Monday)
        {
            day = day.AddDays(-1);
        }

        return day;
    }
}
