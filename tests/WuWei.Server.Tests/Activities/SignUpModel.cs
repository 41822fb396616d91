namespace WuWei.Tests.Activities;

/// <summary>Places, queues and their rules as one would write them without a database.</summary>
public sealed class SignUpModel(IReadOnlyList<SignUpModel.Role> roles, DateTime now)
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

    public bool IsIn(int person, int role) => roles[role].Live(person) is not null;

    private string? Refusal(int person, int role)
    {
        var r = roles[role];
        return r.End <= Now ? "ACTIVITY_NOT_ENROLLING"
            : r.Start <= Now ? "SHIFT_STARTED"
            : Others(o => o.Shift == r.Shift) ? "ALREADY_SIGNED_UP"
            : Others(o => o.Shift != r.Shift && o.End > r.Start && o.Start < r.End) ? "SHIFT_CONFLICT"
            : null;

        bool Others(Func<Role, bool> fits) =>
            roles.Where(fits).Any(o => o.Live(person) is not null);
    }

    public sealed class Entry
    {
        public required int Person { get; init; }
        public required int Number { get; init; }
        public required int Since { get; init; }
        public required string Status { get; set; }
    }

    public sealed record Role(int Shift, DateTime Start, DateTime End, int Capacity)
    {
        public List<Entry> SignUps { get; } = [];
        public int Next { get; set; } = 1;

        public int Count(string status) => SignUps.Count(s => s.Status == status);

        public Entry? Live(int person) =>
            SignUps.SingleOrDefault(s => s.Person == person && s.Status is ("SignedUp" or "Waiting"));
    }
}
