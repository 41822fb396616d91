using Google.Protobuf.WellKnownTypes;
using WuWei.Calls;
using WuWei.ContentChecks;
using WuWei.Organization;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>An activity as one caller stands to it: what they may see, and as whom they act.</summary>
/// <param name="Overseer">The caller is staff or auditor over the activity's unit.</param>
public sealed record ActivitySight(Activity Activity, Unit Unit, Relation Relation, bool Overseer)
{
    public static ActivitySight Of(Activity activity, UnitTree tree, Call call)
    {
        var unit = tree.Get(activity.UnitId);
        return new ActivitySight(activity, unit, activity.RelationOf(call.Caller), call.Oversees(unit.Path));
    }

    public bool Visible => Activity.VisibleTo(Relation, Overseer);

    /// <summary>May know who is in it, and why it was moved.</summary>
    public bool Concerned => Relation != Relation.None || Overseer;

    /// <summary>May read its texts: unread by staff they are its organisers' own.</summary>
    private bool Readable => Concerned || Activity.ContentState == ContentState.Passed;

    /// <summary>As a list shows it: without text, shifts and contact.</summary>
    public Wire.Activity Listed() => new()
    {
        Id = Activity.Id.ToString(),
        UnitId = Activity.UnitId.ToString(),
        OrganisationId = $"{Activity.OrganisationId}",
        ParentId = $"{Activity.ParentId}",
        SeriesId = $"{Activity.SeriesId}",
        Kind = (Wire.ActivityKind)Activity.Kind,
        Status = (Wire.ActivityStatus)Activity.Status,
        Title = Readable ? Activity.Title : "",
        Place = Readable ? Activity.Place : "",
        Spot = Activity.Latitude is not { } latitude ? null : new Wire.Spot
        {
            Latitude = latitude,
            Longitude = Activity.Longitude ?? 0,
            RadiusMetres = Activity.RadiusMetres,
        },
        Remote = Activity.Remote,
        Ages = { Bits.In<AgeBand>(Activity.Ages).Select(age => (Wire.AgeBand)age) },
        Times = { Bits.In<TimeOfWeek>(Activity.Times).Select(time => (Wire.TimeOfWeek)time) },
        InsuranceNeeded = Activity.InsuranceNeeded,
        InsuredUntil = Time(Activity.InsuredUntil),
        NeedsCourse = Activity.NeedsCourse ?? "",
        GrantsCourse = Activity.GrantsCourse ?? "",
        CancelHours = Activity.CancelHours,
        StartsAt = Time(Activity.StartsAt),
        EndsAt = Time(Activity.EndsAt),
        MadeAt = Time(Activity.MadeAt),
        PublishedAt = Time(Activity.PublishedAt),
        Overdue = Activity.Overdue && Concerned,
        MakerName = Activity.MakerName ?? "",
        OrganisationName = Activity.OrganisationName ?? "",
        Mine = Relation != Relation.None,
        Children = Activity.Children,
        ContentState = (Wire.ContentState)Activity.ContentState,
    };

    public Wire.Activity ToWire(IReadOnlyList<Shift> shifts, IEnumerable<OrganiserRow> organisers, PersonalData data)
    {
        if (!Visible)
        {
            return Hidden(Activity.Id.ToString(), (Wire.ActivityStatus)Activity.Status);
        }

        var wire = Listed();
        wire.Text = Readable ? Activity.Text : "";
        wire.Shifts.AddRange(shifts.Select(ToWire));
        if (!Readable)
        {
            WithoutNames(wire);
        }

        if (Concerned)
        {
            wire.Organisers.AddRange(organisers.Select(o =>
                new Wire.Organiser { PersonId = o.PersonId.ToString(), Name = o.ShownName }));
        }

        if (Readable && (Concerned || Activity.SignedUp) && ActivityContact.Of(Activity, data) is { } contact)
        {
            wire.Contact = new Wire.ActivityContact { Name = contact.Name, Phone = contact.Phone };
        }

        return wire;
    }

    /// <summary>An earlier answer to the same caller, without what they may no longer know.</summary>
    public Wire.Activity Again(Wire.Activity first)
    {
        if (!Visible)
        {
            return Hidden(first.Id, first.Status);
        }

        if (Concerned)
        {
            return first;
        }

        var again = first.Clone();
        again.Organisers.Clear();
        again.Contact = Activity.SignedUp && Readable ? again.Contact : null;
        if (!Readable)
        {
            again.Title = again.Text = again.Place = "";
            WithoutNames(again);
        }

        return again;
    }

    private static void WithoutNames(Wire.Activity activity)
    {
        foreach (var role in activity.Shifts.SelectMany(shift => shift.Roles))
        {
            role.Name = "";
        }
    }

    public static Wire.Shift ToWire(Shift shift) => new()
    {
        Id = shift.Id.ToString(),
        Number = shift.Number,
        StartsAt = Time(shift.StartsAt),
        EndsAt = Time(shift.EndsAt),
        Cancelled = shift.Cancelled,
        Roles =
        {
            shift.Roles.Select(role => new Wire.ShiftRole
            {
                Id = role.Id.ToString(),
                Number = role.Number,
                Name = role.Name,
                Capacity = role.Capacity,
                Taken = role.Taken,
                Waiting = role.Waiting,
                SkillId = $"{role.SkillId}",
            }),
        },
    };

    public static Timestamp? Time(DateTime? at) => at is { } time ? Timestamp.FromDateTime(time) : null;

    /// <summary>What is left of an activity that its caller may not see any more.</summary>
    private static Wire.Activity Hidden(string id, Wire.ActivityStatus status) => new() { Id = id, Status = status };
}
