using System.Text.Json;
using System.Text.RegularExpressions;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>An activity as its organisers typed it, with all its faults at once.</summary>
public sealed partial record ActivityForm(
    Guid UnitId, Guid? OrganisationId, Guid? ParentId, ActivityKind Kind, string Title, string Text, string Place,
    int? Latitude, int? Longitude, int RadiusMetres, bool Remote, int Ages, ActivityContact? Contact, bool InsuranceNeeded, string? NeedsCourse,
    string? GrantsCourse, int CancelHours, IReadOnlyList<ShiftForm> Shifts, DateTime StartsAt, DateTime EndsAt)
{
    public const int ShiftsMax = 60;
    private const int RolesMax = 10;
    private const int CapacityMax = 1_000;
    private const int CancelHoursDefault = 24;
    private const int AgesMax = 8;

    private static readonly TimeSpan PeriodMax = TimeSpan.FromDays(366);

    /// <param name="published">Null when it is new or a draft; otherwise its times stay as they are.</param>
    public static ActivityForm Read(Wire.ActivityForm form, Activity? published, DateTime now)
    {
        var faults = new Faults();
        var kind = faults.Enum<ActivityKind>("kind", (int)form.Kind);
        var read = new ActivityForm(
            faults.Id("unit_id", form.UnitId),
            form.OrganisationId.Length == 0 ? null : faults.Id("organisation_id", form.OrganisationId),
            form.ParentId.Length == 0 ? null : faults.Id("parent_id", form.ParentId), kind,
            faults.Text("title", form.Title, 2, 40), faults.Text("text", form.Text, 5, 2_500, lines: true),
            faults.Text("place", form.Place, form.Remote ? 0 : 2, 100), form.Spot?.Latitude, form.Spot?.Longitude,
            RadiusOf(form.Spot, faults), form.Remote, AgesOf(form, faults), ContactOf(form.Contact, faults),
            form.InsuranceNeeded, CourseOf("needs_course", form.NeedsCourse, faults),
            CourseOf("grants_course", form.GrantsCourse, faults),
            form.CancelHours == 0 ? CancelHoursDefault : faults.Range("cancel_hours", form.CancelHours, 1, 168),
            ShiftsOf(form, faults), default, default);
        if (read.GrantsCourse is not null && kind != ActivityKind.Training)
        {
            faults.Add("grants_course", "只有培训可以授予课程。");
        }

        if (published is null && read.Shifts.Count == 0 && kind is not (ActivityKind.Festival or ActivityKind.Campaign))
        {
            faults.Add("shifts", "至少要有一个班次。");
        }

        faults.ThrowIfAny("ACTIVITY_INVALID", "有些内容没有填对，请检查。");
        var (startsAt, endsAt) = published is { } kept ? (kept.StartsAt, kept.EndsAt)
            : read.Shifts.Count > 0 ? PeriodOf(read.Shifts, now)
            : PeriodOf(form, now);
        return read with { StartsAt = startsAt, EndsAt = endsAt };
    }

    /// <summary>One shift by itself, to be added to an activity.</summary>
    public static ShiftForm ReadShift(Wire.ShiftForm? form, DateTime now)
    {
        var faults = new Faults();
        var shift = ShiftOf("shift", form ?? new Wire.ShiftForm(), faults);
        faults.ThrowIfAny("ACTIVITY_INVALID", "有些内容没有填对，请检查。");
        return Shift.FaultOf(shift.StartsAt, shift.EndsAt, now) is { } fault
            ? throw Shift.Fault("shift.starts_at", fault)
            : shift;
    }

    /// <summary>What of the activity it says, over what is there already.</summary>
    public Activity Over(Activity activity, PersonalData data) => (activity with
    {
        ParentId = ParentId,
        Kind = Kind,
        Title = Title,
        Text = Text,
        Place = Place,
        Latitude = Latitude,
        Longitude = Longitude,
        RadiusMetres = RadiusMetres,
        Remote = Remote,
        Ages = Ages,
        Times = Shifts.Count == 0
            ? activity.Times
            : Bits.Of(Shifts.Select(s => new Shift { StartsAt = s.StartsAt }.Time)),
        Contact = Contact?.Seal(activity.Id, data),
        InsuranceNeeded = InsuranceNeeded,
        NeedsCourse = NeedsCourse,
        GrantsCourse = GrantsCourse,
        CancelHours = CancelHours,
        StartsAt = StartsAt,
        EndsAt = EndsAt,
    }).Wound();

    public IReadOnlyList<Shift> ShiftsOf(Guid activityId, Func<Guid> newId) =>
        [.. Shifts.Select((shift, i) => shift.Made(activityId, i + 1, newId))];

    /// <summary>Whether it changes what is fixed once it is no draft any more.</summary>
    public bool IsFramedAnew(Activity before) => (ParentId, Kind) != (before.ParentId, before.Kind) || Shifts.Count > 0;

    /// <summary>What it says differently.</summary>
    public int ChangedFrom(Activity before, PersonalData data)
    {
        (ActivityField Field, bool Changed)[] fields =
        [
            (ActivityField.Title, Title != before.Title),
            (ActivityField.Text, Text != before.Text),
            (ActivityField.Place, (Place, Latitude, Longitude, RadiusMetres, Remote)
                != (before.Place, before.Latitude, before.Longitude, before.RadiusMetres, before.Remote)),
            (ActivityField.Time, (StartsAt, EndsAt) != (before.StartsAt, before.EndsAt)),
            (ActivityField.Ages, Ages != before.Ages),
            (ActivityField.Contact, Contact != ActivityContact.Of(before, data)),
            (ActivityField.Insurance, InsuranceNeeded != before.InsuranceNeeded),
            (ActivityField.Course, (NeedsCourse, GrantsCourse) != (before.NeedsCourse, before.GrantsCourse)),
            (ActivityField.CancelHours, CancelHours != before.CancelHours),
            (ActivityField.Frame, IsFramedAnew(before)),
        ];
        return Bits.Of(fields.Where(f => f.Changed).Select(f => f.Field));
    }

    /// <summary>What is wrong with the code of a skill or course; null when it is right.</summary>
    public static string? FaultOfCode(string code) =>
        Code().IsMatch(code) ? null : "代码由 2 到 32 个小写字母、数字或短横组成。";

    private static int RadiusOf(Wire.Spot? spot, Faults faults)
    {
        if (spot is null)
        {
            return 0;
        }

        faults.Range("spot.latitude", spot.Latitude, -90_000_000, 90_000_000);
        faults.Range("spot.longitude", spot.Longitude, -180_000_000, 180_000_000);
        return faults.Range("spot.radius_metres", spot.RadiusMetres, 20, 2_000);
    }

    private static int AgesOf(Wire.ActivityForm form, Faults faults)
    {
        if (form.Ages.Count <= AgesMax)
        {
            return Bits.Of(form.Ages.Select(age => faults.Enum<AgeBand>("ages", (int)age)).Where(age => age != default));
        }

        faults.Add("ages", "太多了。");
        return 0;
    }

    private static ActivityContact? ContactOf(Wire.ActivityContact? contact, Faults faults) => contact is null
        ? null
        : new ActivityContact(
            faults.Text("contact.name", contact.Name, 1, Person.NameLengthMax),
            faults.Phone("contact.phone", contact.Phone));

    private static string? CourseOf(string field, string code, Faults faults)
    {
        if (code.Length == 0)
        {
            return null;
        }

        if (FaultOfCode(code) is { } fault)
        {
            faults.Add(field, fault);
        }

        return code;
    }

    private static List<ShiftForm> ShiftsOf(Wire.ActivityForm form, Faults faults)
    {
        if (form.Shifts.Count > ShiftsMax)
        {
            faults.Add("shifts", $"最多 {ShiftsMax} 个班次。");
            return [];
        }

        return [.. form.Shifts.Select((shift, i) => ShiftOf($"shifts[{i}]", shift, faults))];
    }

    private static ShiftForm ShiftOf(string field, Wire.ShiftForm shift, Faults faults)
    {
        if (shift.Roles.Count is 0 or > RolesMax)
        {
            faults.Add($"{field}.roles", $"每个班次 1 到 {RolesMax} 个岗位。");
        }

        if (shift.StartsAt is null || shift.EndsAt is null)
        {
            faults.Add($"{field}.starts_at", "请填写开始和结束时间。");
        }

        return new ShiftForm(
            Faults.TimeOf($"{field}.starts_at", shift.StartsAt) ?? default,
            Faults.TimeOf($"{field}.ends_at", shift.EndsAt) ?? default,
            [
                .. shift.Roles.Take(RolesMax).Select((role, i) => new RoleForm(
                    faults.Text($"{field}.roles[{i}].name", role.Name, 1, 20),
                    faults.Range($"{field}.roles[{i}].capacity", role.Capacity, 1, CapacityMax),
                    role.SkillId.Length == 0 ? null : faults.Id($"{field}.roles[{i}].skill_id", role.SkillId))),
            ]);
    }

    private static (DateTime, DateTime) PeriodOf(IReadOnlyList<ShiftForm> shifts, DateTime now)
    {
        for (var i = 0; i < shifts.Count; i++)
        {
            var fault = i > 0 && shifts[i].StartsAt < shifts[i - 1].StartsAt
                ? "班次要按开始时间排列。"
                : Shift.FaultOf(shifts[i].StartsAt, shifts[i].EndsAt, now);
            if (fault is not null)
            {
                throw Shift.Fault($"shifts[{i}].starts_at", fault);
            }
        }

        return (shifts[0].StartsAt, shifts.Max(s => s.EndsAt));
    }

    private static (DateTime, DateTime) PeriodOf(Wire.ActivityForm form, DateTime now) =>
        (Faults.TimeOf("starts_at", form.StartsAt), Faults.TimeOf("ends_at", form.EndsAt)) is ({ } startsAt, { } endsAt)
        && startsAt > now && endsAt > startsAt && endsAt - startsAt <= PeriodMax && startsAt <= now + PeriodMax
            ? (startsAt, endsAt)
            : throw Shift.Fault("starts_at", "没有班次时要填写起止时间，从将来开始，最长一年。");

    [GeneratedRegex(@"\A[a-z0-9-]{2,32}\z")]
    private static partial Regex Code();
}

public sealed record ShiftForm(DateTime StartsAt, DateTime EndsAt, IReadOnlyList<RoleForm> Roles)
{
    public Shift Made(Guid activityId, int number, Func<Guid> newId)
    {
        var id = newId();
        return new Shift
        {
            Id = id,
            ActivityId = activityId,
            Number = number,
            StartsAt = StartsAt,
            EndsAt = EndsAt,
            Roles =
            [
                .. Roles.Select((role, i) => new ShiftRole
                {
                    Id = newId(),
                    ActivityId = activityId,
                    ShiftId = id,
                    Number = i + 1,
                    Name = role.Name,
                    Capacity = role.Capacity,
                    NextNumber = 1,
                    SkillId = role.SkillId,
                }),
            ],
        };
    }
}

public sealed record RoleForm(string Name, int Capacity, Guid? SkillId);

/// <summary>Whom to ask about an activity; always sealed.</summary>
public sealed record ActivityContact(string Name, string Phone)
{
    private const string Column = "activity.contact";

    public static ActivityContact? Of(Activity activity, PersonalData data) => activity.Contact is null
        ? null
        : JsonSerializer.Deserialize<ActivityContact>(data.Open(Column, activity.Id, activity.Contact));

    public byte[] Seal(Guid activityId, PersonalData data) =>
        data.Seal(Column, activityId, JsonSerializer.Serialize(this));
}
