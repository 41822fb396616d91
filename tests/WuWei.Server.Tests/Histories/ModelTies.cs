using WuWei.Calls;

namespace WuWei.Tests.Histories;

/// <summary>What people of a history have in common, so that helping each other looks odd.</summary>
public sealed class ModelTies(DateTime start)
{
    /// <summary>Since when somebody was last known to live in a flat of a unit.</summary>
    private readonly Dictionary<(int Person, Place Unit, int Flat), DateTime> _homes = [];

    /// <summary>Who was seen on one device, and when: each history begins so.</summary>
    private DateTime? _sharedAt = start;

    /// <summary>Who makes a wish for themself, with their own phone, says where they live.</summary>
    public void Add(int maker, Plan plan, DateTime now)
    {
        if (plan.Origin == Wire.WishOrigin.Resident && plan.Phone == maker)
        {
            _homes[(maker, plan.Unit, plan.Flat)] = now;
        }
    }

    /// <summary>What was not seen for long: 90 days for a device, 366 for a home.</summary>
    public void Forget(DateTime now)
    {
        _sharedAt = _sharedAt < now.AddDays(-90) ? null : _sharedAt;
        foreach (var (home, _) in _homes.Where(h => h.Value < now.AddDays(-366)).ToList())
        {
            _homes.Remove(home);
        }
    }

    public IEnumerable<Wire.Suspicion> Odd(int claimer, ModelWish wish)
    {
        var plan = wish.Plan;
        if (plan.Origin == Wire.WishOrigin.Staff && Cast.People[claimer].Covers(Role.Staff, plan.Unit))
        {
            yield return Wire.Suspicion.StaffForStaff;
        }

        if (plan.Phone == claimer)
        {
            yield return Wire.Suspicion.SamePhone;
        }

        if (_sharedAt is not null
            && ((claimer == Cast.Volunteer && (wish.Maker == Cast.Resident || plan.For == Cast.Resident))
                || (claimer == Cast.Resident && (wish.Maker == Cast.Volunteer || plan.For == Cast.Volunteer))))
        {
            yield return Wire.Suspicion.SameDevice;
        }

        if (_homes.ContainsKey((claimer, plan.Unit, plan.Flat)))
        {
            yield return Wire.Suspicion.SameHousehold;
        }
    }
}
