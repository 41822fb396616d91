using WuWei.Data;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Points;

/// <summary>
/// Takes points for what somebody did not do, in the transaction that records it, and returns them in the one that finds it
/// was wrong.
/// </summary>
public sealed class Deductor(TimeProvider clock)
{
    /// <param name="rules">Those of the district on the day it was not done.</param>
    /// <param name="cause">The entry of what was recorded; that of the deduction names the same actor.</param>
    public async Task DeductAsync(
        DbSession db, PointsRules rules, DeductionReason reason, Guid personId, Guid sourceId, Guid subjectId, Guid unitId,
        JournalEntry cause)
    {
        var asked = rules.Body.PointsFor(reason);
        var amount = 0;
        // No further than to nothing: whoever came between decides how far that is.
        if (asked > 0 && await db.FindBalanceAtAsync(personId) is { Balance: > 0 } account)
        {
            amount = (int)Math.Min(asked, account.Balance);
            await db.CreditAsync(personId, account.Version, -amount);
        }

        var deduction = new Deduction
        {
            Id = clock.NewId(),
            At = cause.At,
            AccountId = personId,
            Reason = reason,
            SourceId = sourceId,
            SubjectId = subjectId,
            UnitId = unitId,
            RulesId = rules.Id,
            Asked = asked,
            Amount = amount,
        };
        db.QueueDeduction(deduction);
        if (amount > 0)
        {
            db.QueueTransfer(new Transfer
            {
                Id = deduction.Id,
                At = cause.At,
                Kind = TransferKind.Deduction,
                FromId = personId,
                ToId = unitId,
                Amount = amount,
                UnitId = unitId,
            });
        }

        db.Record(cause.Beside("POINTS_DEDUCTED", "deduction", deduction.Id, new
        {
            deduction.AccountId,
            reason = reason.ToString(),
            deduction.SourceId,
            deduction.Asked,
            deduction.Amount,
            rules = rules.Version,
        }));
    }

    /// <summary>It was done after all: what was taken for it goes back, once.</summary>
    public async Task ReturnAsync(
        DbSession db, DeductionReason reason, Guid personId, Guid sourceId, JournalEntry cause)
    {
        var deduction = await db.FindDeductionAsync(reason, personId, sourceId)
            ?? throw new InvalidOperationException("What was recorded has no deduction.");
        if (deduction.Amount == 0)
        {
            return;
        }

        await db.ChangeBalanceAsync(personId, deduction.Amount);
        var reversal = new Transfer
        {
            Id = clock.NewId(),
            At = cause.At,
            Kind = TransferKind.Reversal,
            FromId = deduction.UnitId,
            ToId = personId,
            Amount = deduction.Amount,
            UnitId = deduction.UnitId,
            ReversesId = deduction.Id,
        };
        if (!await db.AddReversalAsync(reversal))
        {
            throw new ConflictException();
        }

        db.Record(cause.Beside("POINTS_RETURNED", "transfer", reversal.Id, new
        {
            deduction.AccountId,
            deduction.Amount,
            reverses = reversal.ReversesId,
        }));
    }
}
