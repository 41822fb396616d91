namespace WuWei.Tests.Activities;

/// <summary>Places, queues and their rules as one would write them without a database.</summary>
public sealed class SignUpModel(List<SignUpModel.Role> roles, DateTime now)
{
    public DateTime Now { get; set; } = now;

    /// <summary>Who has a place or waits, in the order of arrival, and how it ended for the others.</summary>
    public IEnumerable<(int Person, int Number, string Status)> Of(int role) =>
        roles[role].SignUps.OrderBy(s => s.Number).ThenBy(s => s.Since).Select(s => (s.Person, s.Number, s.Status));

    public string SignUp(int person, int role)
    {
        if (Refusal(person, role) is { } refusal)
        {
            return refusal;
        }

        var r = roles[role];
        var status = r.Count("SignedUp") < r.Capacity ? "SignedUp" : "Waiting";
        if (status == "Waiting" && r.Count("Waiting") >= 3 * r.Capacity)
        {
            return "WAITLIST_FULL";
        }

        r.SignUps.Add(new Entry { Person = person, Number = r.Next++, Status = status, Since = r.SignUps.Count });
        return status;
    }

    public string Cancel(int person, int role)
    {
        var r = roles[role];
        var signUp = r.Live(person)!;
        if (r.Start <= Now)
        {
            return "SHIFT_STARTED";
        }

        var placed = signUp.Status == "SignedUp";
        signUp.Status = placed && Now > r.Start.AddHours(-24) ? "DroppedLate" : "Cancelled";
        if (placed && r.SignUps.Where(s => s.Status == "Waiting").MinBy(s => s.Number) is { } next)
        {
            next.Status = "SignedUp";
        }

        return signUp.Status;
    }

    /// <summary>One offers their place, the other takes it at once.</summary>
    public string Give(int person, int to, int role)
    {
        var r = roles[role];
        var signUp = r.Live(person)!;
        if (r.Start <= Now)
        {
            return "SHIFT_STARTED";
        }

        if (signUp.Status == "Waiting")
        {
            return "SIGN_UP_OVER";
        }

        if (person == to)
        {
            return "OFFER_OWN";
        }

        if (Refusal(to, role) is { } refusal)
        {
            return refusal;
        }

        signUp.Status = "Replaced";
        r.SignUps.Add(new Entry { Person = to, Number = signUp.Number, Status = "SignedUp", Since = r.SignUps.Count });
        return "SignedUp";
    }

    public string CancelShift(int role)
    {
        var r = roles[role];
        if (IsOver(r.Activity) || Refused(r) is not null)
        {
            return IsOver(r.Activity) ? "ACTIVITY_WRONG_STATUS" : Refused(r)!;
        }

        var shift = roles.Where(o => o.Shift == r.Shift).ToList();
        if (roles.Count(o => o.Activity == r.Activity && !o.Cancelled) == shift.Count)
        {
            return "SHIFT_LAST";
        }

        foreach (var cancelled in shift)
        {
            cancelled.Cancelled = true;
            foreach (var signUp in cancelled.SignUps.Where(s => s.Status is "SignedUp" or "Waiting"))
            {
                signUp.Status = "Cancelled";
            }
        }

        return "Cancelled";
    }

    /// <summary>One more shift, of one place.</summary>
    public string AddShift(int activity, DateTime start)
    {
        if (IsOver(activity))
        {
            return "ACTIVITY_WRONG_STATUS";
        }

        roles.Add(new Role(roles.Max(r => r.Shift) + 1, activity, start, start.AddHours(1), 1));
        return "Added";
    }

    public bool IsIn(int person, int role) => roles[role].Live(person) is not null;

    private string? Refusal(int person, int role)
    {
        var r = roles[role];
        return IsOver(r.Activity) ? "ACTIVITY_NOT_ENROLLING"
            : Refused(r) is { } refused ? refused
            : Others(o => o.Shift == r.Shift) ? "ALREADY_SIGNED_UP"
            : Others(o => o.Shift != r.Shift && o.End > r.Start && o.Start < r.End) ? "SHIFT_CONFLICT"
            : null;

        bool Others(Func<Role, bool> fits) =>
            roles.Where(fits).Any(o => o.Live(person) is not null);
    }

    private string? Refused(Role r) => r.Cancelled ? "SHIFT_CANCELLED" : r.Start <= Now ? "SHIFT_STARTED" : null;

    /// <summary>The last shift that takes place is over.</summary>
    private bool IsOver(int activity) =>
        roles.Where(r => r.Activity == activity && !r.Cancelled).Max(r => r.End) <= Now;

    public sealed class Entry
    {
        public required int Person { get; init; }
        public required int Number { get; init; }
        public required int Since { get; init; }
        public required string Status { get; set; }
    }

    public sealed record Role(int Shift, int Activity, DateTime Start, DateTime End, int Capacity)
    {
        public List<Entry> SignUps { get; } = [];
        public int Next { get; set; } = 1;
        public bool Cancelled { get; set; }

        public int Count(string status) => SignUps.Count(s => s.Status == status);

        public Entry? Live(int person) =>
            SignUps.SingleOrDefault(s => s.Person == person && s.Status is ("SignedUp" or "Waiting"));
    }
}
