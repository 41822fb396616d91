using WuWei.Calls;
using State = WuWei.Protos.V1.AwardState;

namespace WuWei.Tests.Histories;

/// <summary>What staff do about points: what is held, corrections, rules; and what stands against it.</summary>
public sealed partial class ModelLedger
{
    private const int AdjustmentMax = 1_000;

    private readonly Dictionary<int, ModelCorrection> _corrections = [];

    /// <summary>By the operation that proposed them; 0 is what the district began with.</summary>
    private readonly Dictionary<int, ModelVersion> _versions = new()
    {
        [0] = new(1, ModelRules.Default, ProposedBy: null, DateTime.UnixEpoch, ApprovedAt: DateTime.UnixEpoch),
    };

    public IReadOnlyDictionary<int, ModelCorrection> Corrections => _corrections;
    public IReadOnlyDictionary<int, ModelVersion> Versions => _versions;

    public static bool Has(Deed deed) => deed >= Deed.Explain;

    /// <summary>Whether there is anything to try it on.</summary>
    public bool Makes(Operation operation) => operation.Deed switch
    {
        Deed.ProposeAdjustment or Deed.ProposeRules => true,
        Deed.DecideCorrection => _corrections.ContainsKey(operation.Wish),
        Deed.ApproveRules => _versions.ContainsKey(operation.Wish),
        _ => operation.Nth < AwardsOf(operation.Wish).Count,
    };

    /// <summary>The reasons for which it may be refused.</summary>
    public HashSet<string> Against(Operation operation)
    {
        var (deed, by) = (operation.Deed, operation.By);
        var who = Cast.People[by];
        if (deed != Deed.Explain && who.Roles.All(r => r.Role != Role.Staff))
        {
            return ["NOT_PERMITTED"];
        }

        var reasons = new HashSet<string>();
        switch (deed)
        {
            case Deed.Explain:
                AddIf(!Sees(by, Award(operation)), "AWARD_UNKNOWN");
                break;
            case Deed.DecideHeld:
                var held = Award(operation);
                AddIfNotStaffOf(held);
                AddIf(Cast.IsOwn(by, held.Account) || held.Maker == by || held.Served == by, "AWARD_OWN");
                AddIf(held.State != State.Held, "AWARD_NOT_HELD");
                break;
            case Deed.ProposeReversal:
                var paid = Award(operation);
                AddIfNotStaffOf(paid);
                AddIf(paid.State != State.Posted, "AWARD_NOT_PAID");
                break;
            case Deed.ProposeAdjustment:
                AddIf(!who.Covers(Role.Staff, operation.Unit), "NOT_PERMITTED");
                AddIf(operation.Points is 0 or < -AdjustmentMax or > AdjustmentMax, "POINTS_RANGE");
                AddIf(Cast.IsOwn(by, operation.To), "POINTS_OWN");
                break;
            case Deed.DecideCorrection:
                var correction = _corrections[operation.Wish];
                AddIf(!who.Covers(Role.Staff, correction.Unit), "NOT_PERMITTED");
                AddIf(correction.ProposedBy == by, "SECOND_PERSON_NEEDED");
                AddIf(Cast.IsOwn(by, correction.Account), "POINTS_OWN");
                AddIf(correction.DecidedAt is not null, "CORRECTION_DECIDED");
                AddIf(
                    operation.Yes && correction.Award is { } award && award.State != State.Posted, "AWARD_NOT_PAID");
                AddIf(
                    operation.Yes && correction.Award is null && correction.Points < 0
                        && Balance(correction.Account) + correction.Points < 0,
                    "POINTS_TOO_FEW");
                break;
            case Deed.ProposeRules:
                AddIf(!who.Covers(Role.Staff, Place.District), "NOT_PERMITTED");
                AddIf(!operation.Rules!.IsValid, "POINTS_RULES_INVALID");
                break;
            case Deed.ApproveRules:
                AddIf(!who.Covers(Role.Staff, Place.District), "NOT_PERMITTED");
                AddIf(_versions[operation.Wish].Approved, "POINTS_RULES_APPROVED");
                AddIf(_versions[operation.Wish].ProposedBy == by, "SECOND_PERSON_NEEDED");
                break;
        }

        return reasons;

        void AddIfNotStaffOf(ModelAward award)
        {
            AddIf(!Sees(by, award), "AWARD_UNKNOWN");
            AddIf(Sees(by, award) && !who.Covers(Role.Staff, award.Unit), "NOT_PERMITTED");
        }

        void AddIf(bool stands, string reason)
        {
            if (stands)
            {
                reasons.Add(reason);
            }
        }
    }

    /// <summary>It succeeded.</summary>
    public void Take(Operation operation, DateTime now)
    {
        var (number, by) = (operation.Number, operation.By);
        switch (operation.Deed)
        {
            case Deed.DecideHeld:
                var held = Award(operation);
                held.State = operation.Yes ? State.Posted : State.Voided;
                if (!held.CalledBack)
                {
                    held.PaidAt = operation.Yes ? now : null;
                }
                else if (operation.Yes)
                {
                    _transfers.Add(
                        new ModelTransfer(Wire.TransferKind.Reversal, held.Account, held.Points, held.Unit, now));
                }

                break;
            case Deed.ProposeReversal:
                var paid = Award(operation);
                _corrections.Add(
                    number, new(paid.Account, -paid.Points, paid.Unit, paid, operation.Words, by, now));
                break;
            case Deed.ProposeAdjustment:
                _corrections.Add(
                    number,
                    new(operation.To, operation.Points, operation.Unit, Award: null, operation.Words, by, now));
                break;
            case Deed.DecideCorrection:
                Decide(_corrections[operation.Wish], operation.Yes, now);
                break;
            case Deed.ProposeRules:
                _versions.Add(
                    number, new(_versions.Count + 1, operation.Rules!, by, now + operation.Wait, ApprovedAt: null));
                break;
            case Deed.ApproveRules:
                _versions[operation.Wish] = _versions[operation.Wish] with { ApprovedAt = now };
                break;
        }
    }

    public ModelAward Award(Operation operation) => AwardsOf(operation.Wish)[operation.Nth];

    /// <summary>The newest rules that are active then.</summary>
    private ModelVersion VersionAt(DateTime now) =>
        _versions.Values.Where(v => v.Approved && v.ActiveFrom <= now).MaxBy(v => (v.ActiveFrom, v.Version))!;

    private void Decide(ModelCorrection correction, bool approve, DateTime now)
    {
        (correction.DecidedAt, correction.Approved) = (now, approve);
        if (approve && correction.Award is { } award)
        {
            Reverse(award, now);
        }
        else if (approve)
        {
            _transfers.Add(new ModelTransfer(
                Wire.TransferKind.Adjustment, correction.Account, correction.Points, correction.Unit, now));
        }
    }

    /// <summary>Whose it is, who may act for it, and who oversees the unit that gets the credit.</summary>
    private static bool Sees(int by, ModelAward award) =>
        by == award.Account || (award.Account == Cast.Organisation && by == Cast.OrganisationMember)
        || Cast.People[by].Covers(Role.Staff, award.Unit) || Cast.People[by].Covers(Role.Auditor, award.Unit);
}
