using System.Text.Json;
using WuWei.Data;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Points;

/// <summary>
/// Pays for acts, in the transaction of the act: an act without its points must not exist, nor points without the act.
/// </summary>
public sealed class Payer(TimeProvider clock, IEnumerable<IEarnsBeside> besides)
{
    private const int CalledBackMax = 20;

    /// <param name="rules">Those of the district on the day of the act.</param>
    /// <param name="earnings">What one account earns by one act, such as for the wish and for its rating.</param>
    /// <param name="cause">The entry of the act; the awards' own name the same actor.</param>
    /// <param name="tally">Of a transaction that pays for more than one act.</param>
    /// <returns>What looked odd, whether or not it was worth anything.</returns>
    public async Task<Suspicion> PayAsync(
        DbSession db, PointsRules rules, IReadOnlyList<Earning> earnings, JournalEntry cause, Tally? tally = null)
    {
        tally ??= new Tally();
        var found = await PayAccountAsync(db, rules, earnings, cause, tally);
        foreach (var beside in besides)
        {
            if (await beside.FindAsync(db, earnings[0], found, cause) is { } earning)
            {
                await PayAccountAsync(db, rules, [earning], cause, tally);
            }
        }

        return found;
    }

    /// <summary>Takes back all that one source paid, and voids what is still held.</summary>
    public async Task TakeBackAsync(DbSession db, Guid sourceId, JournalEntry cause)
    {
        foreach (var award in await db.ListAwardsAsync(sourceId))
        {
            await TakeBackAsync(db, award, cause);
        }

        foreach (var beside in besides)
        {
            await beside.TakeBackAsync(db, sourceId, cause);
        }
    }

    /// <summary>Takes one award back as two people decided, and what was earned beside by it.</summary>
    public async Task CorrectAsync(DbSession db, Award award, Guid correctionId, JournalEntry cause)
    {
        await ReverseAsync(db, award, correctionId, cause);
        foreach (var beside in besides)
        {
            if (await beside.TakeBackAsync(db, award, cause) is not { } act)
            {
                continue;
            }

            foreach (var earned in (await db.ListAwardsAsync(award.SourceId)).Where(a => a.Act == act))
            {
                await TakeBackAsync(db, earned, cause);
            }
        }
    }

    private async Task TakeBackAsync(DbSession db, Award award, JournalEntry cause)
    {
        if (award.State == AwardState.Held)
        {
            if (!await db.DecideAsync(award.Id, posted: false, decidedBy: null, cause.At, reason: null))
            {
                // Somebody decided on it just now: look again.
                throw new ConflictException();
            }

            db.Record(cause.Beside("POINTS_VOIDED", "award", award.Id, new { award.AccountId, award.Amount }));
        }
        else if (award.State == AwardState.Posted)
        {
            await ReverseAsync(db, award, correctionId: null, cause);
        }
    }

    /// <summary>Moves the points back. A balance may fall below zero by it, and only by it.</summary>
    private async Task ReverseAsync(DbSession db, Award award, Guid? correctionId, JournalEntry cause)
    {
        await MoveBackAsync(db, cause, "POINTS_REVERSED", award, -award.Amount, new Transfer
        {
            FromId = award.AccountId,
            ToId = award.UnitId,
            ReversesId = award.TransferId,
            CorrectionId = correctionId,
        });
    }

    private async Task<Transfer> MoveBackAsync(
        DbSession db, JournalEntry cause, string kind, Award award, int by, Transfer transfer)
    {
        await db.ChangeBalanceAsync(award.AccountId, by);
        var reversal = transfer with
        {
            Id = clock.NewId(),
            At = cause.At,
            Kind = TransferKind.Reversal,
            Amount = award.Amount,
            UnitId = award.UnitId,
        };
        if (!await db.AddReversalAsync(reversal))
        {
            throw new ConflictException();
        }

        db.Record(cause.Beside(kind, "transfer", reversal.Id, new
        {
            award.AccountId,
            award.Amount,
            reverses = reversal.ReversesId,
        }));
        return reversal;
    }

    /// <summary>
    /// What an act shows is odd about earlier ones, too: what they earned, as far as nobody decided on it, is taken back and
    /// waits with it.
    /// </summary>
    private async Task CallBackAsync(
        DbSession db, PointsRules rules, Earning earning, Suspicion found, Guid shownBy, JournalEntry cause)
    {
        var shown = found & (Suspicion.Circle | Suspicion.MakerKeepsMeeting);
        if (shown == Suspicion.None || earning.Kind != AccountKind.Person)
        {
            return;
        }

        foreach (var award in await db.ListToCallBackAsync(
            earning, shown, cause.At.AddDays(-rules.Body.PairDays), CalledBackMax))
        {
            var reversal = await MoveBackAsync(db, cause, "POINTS_CALLED_BACK", award, -award.Amount, new Transfer
            {
                FromId = award.AccountId,
                ToId = award.UnitId,
                ReversesId = award.TransferId,
            });
            db.QueueRecall(award.Id, reversal, shown, shownBy);
            db.QueueHold(award with { At = cause.At });
        }
    }

    /// <summary>A held award is paid after all, or one that was called back is paid again.</summary>
    public async Task PostAsync(DbSession db, Award award, JournalEntry cause)
    {
        if (award.CalledBackBy is not { } reversal)
        {
            await db.ChangeBalanceAsync(award.AccountId, award.Amount);
            db.QueueTransfer(ToTransfer(award, cause.At));
            return;
        }

        await MoveBackAsync(db, cause, "POINTS_RETURNED", award, award.Amount, new Transfer
        {
            FromId = award.UnitId,
            ToId = award.AccountId,
            ReversesId = reversal,
        });
    }

    private async Task<Suspicion> PayAccountAsync(
        DbSession db, PointsRules rules, IReadOnlyList<Earning> earnings, JournalEntry cause, Tally tally)
    {
        var (now, first) = (cause.At, earnings[0]);
        var account = await db.FindAccountAsync(first, rules.Body.PairDays, now);
        if (account is null)
        {
            await db.OpenAccountAsync(first.AccountId, first.Kind, now);
            account = await db.FindAccountAsync(first, rules.Body.PairDays, now) ?? throw new ConflictException();
        }

        // Organisations meet many: a circle is one of people.
        var circle = first.Kind == AccountKind.Person && account.OtherServes
            && await db.ClosesCircleAsync(first.AccountId, first.OtherId!.Value, now.AddDays(-rules.Body.PairDays));
        var unseen = tally.Of(first.AccountId);
        var earned = new Earned(
            account.Today + unseen, account.ThisWeek + unseen, account.Served + account.Returned, account.Returned,
            account.Others, circle);
        var (paid, found, last) = (0, Suspicion.None, Guid.Empty);
        foreach (var earning in earnings)
        {
            var decided = AwardAmount.Of(rules.Body, earning, earned);
            found |= decided.Found;
            var award = Decided(earning, decided, earned, rules, now);
            earned = earned with { Today = earned.Today + award.Amount, ThisWeek = earned.ThisWeek + award.Amount };
            last = award.Id;
            paid += award.Held == Suspicion.None ? award.Amount : 0;
            tally.Add(award);
            Queue(db, award, rules, cause);
        }

        await db.CreditAsync(first.AccountId, account.Version, paid);
        await CallBackAsync(db, rules, first, found, last, cause);
        return found;
    }

    private Award Decided(Earning earning, AwardAmount decided, Earned earned, PointsRules rules, DateTime now) => new()
    {
        Id = clock.NewId(),
        At = now,
        AccountId = earning.AccountId,
        Act = earning.Act,
        SourceId = earning.SourceId,
        SubjectId = earning.SubjectId,
        OtherId = earning.OtherId,
        MakerId = earning.MakerId,
        UnitId = earning.UnitId,
        RulesId = rules.Id,
        Amount = decided.Amount,
        Held = decided.Suspicion,
        Detail = JsonSerializer.Serialize(
            new AwardDetail(
                decided.Base, decided.Percent, earned.Meetings, decided.DayLeft, decided.WeekLeft),
            JsonSerializerOptions.Web),
    };

    private void Queue(DbSession db, Award award, PointsRules rules, JournalEntry cause)
    {
        var held = award.Held != Suspicion.None;
        db.QueueAward(award);
        if (held)
        {
            db.QueueHold(award);
        }
        else if (award.Amount > 0)
        {
            db.QueueTransfer(ToTransfer(award, award.At));
        }

        db.Record(cause.Beside(held ? "POINTS_HELD" : "POINTS_AWARDED", "award", award.Id, new
        {
            award.AccountId,
            act = award.Act.ToString(),
            award.SourceId,
            award.Amount,
            rules = rules.Version,
            held = (int)award.Held,
        }));
    }

    /// <summary>Out of what its unit issues: that account has the unit's id.</summary>
    private Transfer ToTransfer(Award award, DateTime now) => new()
    {
        Id = clock.NewId(),
        At = now,
        Kind = TransferKind.Award,
        FromId = award.UnitId,
        ToId = award.AccountId,
        Amount = award.Amount,
        UnitId = award.UnitId,
        AwardId = award.Id,
    };
}

/// <summary>How an award's amount came about, as it is stored beside it.</summary>
public sealed record AwardDetail(
    int Base, int Percent, int MeetingsBefore, long DayLeft, long WeekLeft);

/// <summary>
/// What one transaction awarded already: the database counts it towards the caps only later, because awards travel with
/// the commit.
/// </summary>
public sealed class Tally
{
    private readonly Dictionary<Guid, long> _awarded = [];

    public long Of(Guid accountId) => _awarded.GetValueOrDefault(accountId);

    public void Add(Award award) => _awarded[award.AccountId] = Of(award.AccountId) + award.Amount;
}
