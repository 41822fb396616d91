namespace WuWei.Feeds;

/// <summary>
/// What is told of an entry, by the sort of thing it is about: numbers, enums, times and ids of things. Ids of people and
/// hashes of their words are left out; whom an entry is about is <see cref="PersonOf"/>, and told as a pseudonym.
/// </summary>
public static class EntryTelling
{
    /// <summary>Whom an entry is about, in the journal's own words; null when nobody is told of.</summary>
    public static Guid? PersonOf(EntryDetail detail, EntryTopic topic) => topic switch
    {
        EntryTopic.Wishes => detail.Id("claimerId"),
        EntryTopic.Service => detail.Id("personId"),
        EntryTopic.Points => detail.Id("accountId"),
        _ => null,
    };

    public static bool Wish(EntryDetail detail, Wire.JournalEntry entry)
    {
        var to = entry.Kind == Wire.EntryKind.WishImported ? Wire.WishStatus.Kept : detail.Word<Wire.WishStatus>("status");
        entry.Wish = new Wire.WishEntryDetail
        {
            Step = detail.Number("step"),
            From = From(entry.Kind, to),
            To = to,
            Origin = entry.Kind == Wire.EntryKind.WishImported
                ? Wire.WishOrigin.Import
                : detail.Word<Wire.WishOrigin>("origin"),
            EffortMinutes = detail.Number("effortMinutes"),
            DeadlineAt = detail.Time("deadlineAt"),
            AudienceUnitId = detail.IdText("audienceUnitId"),
            ClaimerKind = detail.Word<Wire.ClaimerKind>("claimKind"),
            OrganisationId = detail.IdText("organisationId"),
            CreditedUnitId = detail.IdText("creditedUnitId"),
            Overdue = detail.Flag("overdue"),
            MergedInto = detail.IdText("mergedInto"),
        };
        return true;
    }

    public static bool Activity(EntryDetail detail, Wire.JournalEntry entry)
    {
        var status = detail.Word<Wire.ActivityStatus>("status");
        if (status is Wire.ActivityStatus.Draft or Wire.ActivityStatus.InReview)
        {
            return false;
        }

        entry.Activity = new Wire.ActivityEntryDetail
        {
            Step = detail.Number("step"),
            Status = status,
            Kind = detail.Word<Wire.ActivityKind>("kind"),
            OrganisationId = detail.IdText("organisationId"),
            ParentId = detail.IdText("parentId"),
            SeriesId = detail.IdText("seriesId"),
            StartsAt = detail.Time("startsAt"),
            EndsAt = detail.Time("endsAt"),
            Changed = { detail.Words<Wire.ActivityField>("changed") },
            ShiftId = detail.IdText("shiftId"),
            SignUps = detail.Number("signUps"),
        };
        return true;
    }

    public static bool SignUp(EntryDetail detail, Wire.JournalEntry entry)
    {
        entry.Service = new Wire.ServiceEntryDetail
        {
            ActivityId = detail.IdText("activityId"),
            ShiftId = detail.IdText("shiftId"),
            RoleId = detail.IdText("roleId"),
            SignUpStatus = detail.Word<Wire.SignUpStatus>("status"),
        };
        return true;
    }

    public static bool Attendance(EntryDetail detail, Wire.JournalEntry entry)
    {
        var status = detail.Word<Wire.AttendanceStatus>("status");
        entry.Service = new Wire.ServiceEntryDetail
        {
            ActivityId = detail.IdText("activityId"),
            ShiftId = detail.IdText("shiftId"),
            AttendanceStatus = status,
            Minutes = status == Wire.AttendanceStatus.Confirmed ? detail.Number("minutes") : 0,
        };
        return true;
    }

    public static bool Hours(EntryDetail detail, Wire.JournalEntry entry)
    {
        entry.Service = new Wire.ServiceEntryDetail
        {
            ActivityId = detail.IdText("activityId"),
            Minutes = detail.Number("minutes"),
        };
        return true;
    }

    public static bool Points(EntryDetail detail, Wire.JournalEntry entry)
    {
        var amount = detail.Number("amount");
        entry.Points = new Wire.PointsEntryDetail
        {
            Amount = entry.Kind is Wire.EntryKind.PointsReversed or Wire.EntryKind.PointsCalledBack
                or Wire.EntryKind.PointsDeducted or Wire.EntryKind.PointsExpired ? -amount : amount,
            Act = detail.Word<Wire.PointsAct>("act"),
            SourceId = detail.IdText("sourceId"),
            Held = entry.Kind == Wire.EntryKind.PointsHeld,
            ReversesId = detail.IdText("reverses"),
            RulesVersion = detail.Number("rules"),
        };
        return true;
    }

    public static bool Unit(EntryDetail detail, Wire.JournalEntry entry)
    {
        entry.Unit = new Wire.UnitEntryDetail
        {
            Kind = detail.Text("kind"),
            FromUnitId = detail.IdText("from"),
            ToUnitId = detail.IdText("to"),
            EffectiveOn = detail.Day("effectiveOn"),
        };
        return true;
    }

    public static bool Category(EntryDetail detail, Wire.JournalEntry entry)
    {
        entry.Category = new Wire.CategoryEntryDetail
        {
            Code = detail.Text("code"),
            Name = detail.Text("name"),
            ParentId = detail.IdText("parentId"),
            // Those that came with the district are told by their codes only.
            Active = entry.Kind == Wire.EntryKind.CategoryAdded || detail.Flag("active"),
        };
        return true;
    }

    public static bool Organisation(EntryDetail detail, Wire.JournalEntry entry)
    {
        entry.Organisation = new Wire.OrganisationEntryDetail
        {
            ListedUntil = detail.Day("listedUntil"),
            ScopeUnitId = detail.IdText("unitId"),
        };
        return true;
    }

    /// <summary>What a wish was before: each move but a withdrawal begins at one status only.</summary>
    private static Wire.WishStatus From(Wire.EntryKind kind, Wire.WishStatus to) => kind switch
    {
        Wire.EntryKind.WishApprove or Wire.EntryKind.WishReject => Wire.WishStatus.PendingReview,
        Wire.EntryKind.WishClaim or Wire.EntryKind.WishExpire => Wire.WishStatus.Open,
        Wire.EntryKind.WishRelease or Wire.EntryKind.WishRevoke or Wire.EntryKind.WishDeliver => Wire.WishStatus.Claimed,
        Wire.EntryKind.WishConfirm or Wire.EntryKind.WishAutoConfirm or Wire.EntryKind.WishDispute =>
            Wire.WishStatus.Delivered,
        Wire.EntryKind.WishOverturn => Wire.WishStatus.Kept,
        Wire.EntryKind.WishEscalate or Wire.EntryKind.WishHandOver or Wire.EntryKind.WishRehome => to,
        _ => Wire.WishStatus.Unspecified,
    };
}
