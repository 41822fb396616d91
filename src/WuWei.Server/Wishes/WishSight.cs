using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Organization;
using WuWei.Places;
using WuWei.Privacy;

namespace WuWei.Wishes;

/// <summary>A wish as one caller stands to it: what they may see, and as whom they act.</summary>
/// <param name="Overseer">The caller is staff or auditor over the wish's unit.</param>
public sealed record WishSight(Wish Wish, Unit Unit, Relation Relation, bool Overseer)
{
    public static WishSight Of(Wish wish, UnitTree tree, Call call)
    {
        var unit = tree.Get(wish.UnitId);
        // Its audience may have merged into another since it was stored.
        var audience = tree.OpenOf(wish.AudienceUnitId).Id;
        return new WishSight(
            audience == wish.AudienceUnitId ? wish : wish with { AudienceUnitId = audience },
            unit, wish.RelationOf(call.Caller), call.Oversees(unit.Path));
    }

    public bool Visible => Wish.VisibleTo(Relation, Overseer);

    /// <summary>May know what others may not: reasons, notes, and the content of a sensitive wish.</summary>
    public bool Concerned => Relation != Relation.None || Overseer;

    /// <summary>May read what it says: unread by anybody else, it is its maker's and the staff's.</summary>
    private bool Readable => (Concerned || !Wish.Sensitive)
        && (Wish.ContentState == ContentState.Passed || Overseer || (Relation & Relation.Maker) != 0);

    /// <summary>The same of the note at its delivery, which the claimer wrote.</summary>
    private bool NoteReadable => Concerned
        && (Wish.NoteState == ContentState.Passed || Overseer || (Relation & Relation.Claimer) != 0);

    /// <summary>The same caller before the wish as it is after a move.</summary>
    public WishSight After(Wish after, Caller caller) => this with { Wish = after, Relation = after.RelationOf(caller) };

    /// <summary>As whom somebody acted: a relation goes before a role. Who is neither maker nor staff is a claimer.</summary>
    public WishActor Actor(Role? role) => role == Role.Staff ? WishActor.Staff
        : (Relation & Relation.Claimer) != 0 ? WishActor.Claimer
        : (Relation & Relation.Beneficiary) != 0 ? WishActor.Beneficiary
        : (Relation & Relation.Maker) != 0 ? WishActor.Maker
        : WishActor.Claimer;

    public Wire.Wish ToWire(PersonalData data)
    {
        if (!Visible)
        {
            return Hidden(new Wire.Wish { Id = Wish.Id.ToString(), Status = (Wire.WishStatus)Wish.Status });
        }

        var wire = new Wire.Wish
        {
            Id = Wish.Id.ToString(),
            UnitId = Wish.UnitId.ToString(),
            CategoryId = Wish.CategoryId.ToString(),
            Status = (Wire.WishStatus)Wish.Status,
            Visibility = (Wire.WishVisibility)Wish.Visibility,
            Origin = (Wire.WishOrigin)Wish.Origin,
            Sensitive = Wish.Sensitive,
            EffortMinutes = Wish.EffortMinutes,
            Remote = Wish.Remote,
            ForBeneficiary = Wish.Consent != Consent.Unspecified,
            AudienceUnitId = Wish.AudienceUnitId.ToString(),
            Overdue = Wish.Overdue,
            MadeAt = Time(Wish.MadeAt),
            OpenedAt = Time(Wish.OpenedAt),
            DeliveredAt = Time(Wish.DeliveredAt),
            KeptAt = Time(Wish.KeptAt),
            DeadlineAt = Time(Wish.DeadlineAt),
            Claim = ClaimToWire(),
            Rating = Wish.Rating ?? 0,
            AutoConfirmed = Wish.AutoConfirmed,
            Mine = (Relation & (Relation.Maker | Relation.Beneficiary)) != 0,
            Cell = Wish.Cell is { } cell ? ToWire(GridCell.OfNumber(cell)) : null,
            ContentState = (Wire.ContentState)Wish.ContentState,
        };
        if (Readable)
        {
            var content = WishContent.Of(Wish, data);
            wire.Title = content.Title;
            wire.Text = content.Text;
            if (content.Answers.Count > 0)
            {
                wire.Answers.Add(content.Answers.ToDictionary());
            }
        }

        if (Concerned || !Wish.Sensitive)
        {
            wire.MakerName = Wish.MakerName ?? "";
        }

        if (Wish.MakerId is { } makerId && (wire.Mine || Overseer))
        {
            wire.MakerId = makerId.ToString();
        }

        if (Concerned && Wish is { NoteId: { } noteId, DeliveryNote: not null })
        {
            wire.DeliveryNote = NoteReadable ? WishStepStore.NoteOf(data, noteId, Wish.DeliveryNote) : "";
            wire.DeliveryNoteState = (Wire.ContentState)Wish.NoteState;
        }

        return wire;
    }

    /// <summary>The middle of a cell, which is all that is told of it.</summary>
    public static Wire.Point ToWire(GridCell cell) =>
        new() { Latitude = cell.Middle.Latitude, Longitude = cell.Middle.Longitude };

    /// <summary>A list shows titles, not texts.</summary>
    public Wire.Wish Listed(PersonalData data)
    {
        var wire = ToWire(data);
        wire.Text = "";
        wire.Answers.Clear();
        return wire;
    }

    /// <summary>An earlier answer to the same caller, without what they may no longer know.</summary>
    public Wire.Wish Again(Wire.Wish first)
    {
        if (!Visible)
        {
            return Hidden(first);
        }

        if (Overseer)
        {
            return first;
        }

        var again = first.Clone();
        if (again.Claim is { } claim)
        {
            claim.ClaimerId = "";
        }

        if (!NoteReadable)
        {
            again.DeliveryNote = "";
        }

        if (!Readable)
        {
            again.Title = again.Text = "";
            again.Answers.Clear();
        }

        if (Concerned)
        {
            return again;
        }

        again.MakerId = "";
        if (Wish.Sensitive)
        {
            again.MakerName = "";
        }

        return again;
    }

    /// <summary>What is left of a wish that its caller may not see any more.</summary>
    private static Wire.Wish Hidden(Wire.Wish wish) => new() { Id = wish.Id, Status = wish.Status };

    private Wire.Claim? ClaimToWire() => Wish.ClaimId is not { } claimId ? null : new Wire.Claim
    {
        Id = claimId.ToString(),
        ClaimerId = Overseer ? $"{Wish.ClaimerId}" : "",
        ClaimerName = Wish.ClaimerName ?? "",
        Kind = (Wire.ClaimerKind)Wish.ClaimKind!,
        OrganisationId = $"{Wish.OrganisationId}",
        OrganisationName = Wish.OrganisationName ?? "",
        CreditedUnitId = Wish.CreditedUnitId!.Value.ToString(),
        PartyBadge = Wish.PartyBadge,
        ClaimedAt = Time(Wish.ClaimedAt),
        Mine = (Relation & Relation.Claimer) != 0,
        DueAt = Wish.Status == WishStatus.Claimed ? Time(Wish.DueAt) : null,
    };

    private static Timestamp? Time(DateTime? at) => at is { } time ? Timestamp.FromDateTime(time) : null;
}
