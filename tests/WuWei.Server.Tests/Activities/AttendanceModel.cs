namespace WuWei.Tests.Activities;

/// <summary>One shift of two hours and those who have a place in it, told in the plainest way there is.</summary>
/// <param name="asked">What the rules take from who does not come.</param>
public sealed class AttendanceModel(DateTime startsAt, int[] balances, int asked)
{
    private readonly DateTime _endsAt = startsAt.AddHours(2);
    private readonly Dictionary<(bool Going, int Person), DateTime> _refused = [];
    private readonly Dictionary<(bool Going, int Person), bool> _decidedOn = [];
    private int? _shared;

    public DateTime Now { get; set; }
    public ModelPerson[] People { get; } = [.. balances.Select(b => new ModelPerson { Balance = b })];

    public string Come(int person, bool far, bool shared)
    {
        var p = People[person];
        if (p.Status != "Unspecified")
        {
            return "ALREADY_CHECKED_IN";
        }

        if (Fault(person, going: false, far, shared) is { } fault)
        {
            return fault;
        }

        (p.Status, p.In) = ("CheckedIn", Now);
        return p.Status;
    }

    public string Go(int person, bool far, bool shared)
    {
        var p = People[person];
        if (p.Status is "Unspecified" or "NoShow")
        {
            return "NOT_CHECKED_IN";
        }

        if (p.Status != "CheckedIn")
        {
            return "ATTENDANCE_OVER";
        }

        if (Fault(person, going: true, far, shared) is { } fault)
        {
            return fault;
        }

        (p.Status, p.Out) = ("CheckedOut", Now);
        return p.Status;
    }

    public void RunJobs()
    {
        foreach (var p in People.Where(p => p.Status == "Unspecified" && Now >= _endsAt))
        {
            (p.Status, p.Taken) = ("NoShow", Math.Min(asked, p.Balance));
            p.Balance -= p.Taken;
        }
    }

    public string Appeal(int person, bool going) => People[person].Decided ? "ATTENDANCE_OVER"
        : !_refused.ContainsKey((going, person)) ? "APPEAL_NOTHING"
        : _decidedOn.TryAdd((going, person), false) ? "made"
        : "APPEAL_MADE";

    public bool HasAppeal(int person, bool going) => _decidedOn.ContainsKey((going, person));

    public string Decide(int person, bool going, bool admit)
    {
        var p = People[person];
        if (_decidedOn[(going, person)])
        {
            return "APPEAL_DECIDED";
        }

        if (admit && p.Decided)
        {
            return "ATTENDANCE_OVER";
        }

        if (admit && going && p.In is null)
        {
            return "NOT_CHECKED_IN";
        }

        _decidedOn[(going, person)] = true;
        var at = admit ? _refused[(going, person)] : default;
        if (admit && going)
        {
            (p.Status, p.Out) = ("CheckedOut", at > p.In ? at : p.In);
        }
        else if (admit)
        {
            // Taken only from who had not come.
            (p.Balance, p.Taken) = (p.Balance + p.Taken, 0);
            (p.Status, p.In) = (p.Status == "CheckedOut" ? p.Status : "CheckedIn", p.In < at ? p.In : at);
        }

        return "decided";
    }

    /// <param name="attended">Who did not check out is said to have gone at the end.</param>
    public string Confirm(int person, bool attended)
    {
        var p = People[person];
        if (Now < _endsAt)
        {
            return "SHIFT_RUNNING";
        }

        if (p.Decided)
        {
            return "ATTENDANCE_OVER";
        }

        if (p.In is null)
        {
            return "NOT_CHECKED_IN";
        }

        if (!attended)
        {
            return p.Status = "Refused";
        }

        if (p.Out is null && p.In > _endsAt)
        {
            return "OUT_AT_WRONG";
        }

        p.Out ??= _endsAt;
        var there = Enumerable.Range(0, 120).Count(m => startsAt.AddMinutes(m) >= p.In && startsAt.AddMinutes(m) < p.Out);
        p.Minutes = there >= 72 ? there : 0;
        p.Balance += p.Minutes / 60 * 3;
        return p.Status = "Confirmed";
    }

    private string? Fault(int person, bool going, bool far, bool shared)
    {
        var fault = Now < startsAt.AddMinutes(-30) ? "CHECK_IN_TOO_EARLY"
            : Now > _endsAt.AddHours(2) || (!going && Now >= _endsAt) ? "CHECK_IN_TOO_LATE"
            : far ? "CHECK_IN_TOO_FAR"
            : shared && (_shared ?? person) != person ? "CHECK_IN_DEVICE_USED"
            : null;
        if (fault is not null)
        {
            _refused.TryAdd((going, person), Now);
        }
        else if (shared)
        {
            _shared = person;
        }

        return fault;
    }
}

public sealed class ModelPerson
{
    public string Status { get; set; } = "Unspecified";
    public DateTime? In { get; set; }
    public DateTime? Out { get; set; }
    public int Minutes { get; set; }
    public int Balance { get; set; }
    public int Taken { get; set; }
    public bool Decided => Status is "Confirmed" or "Refused";
}
