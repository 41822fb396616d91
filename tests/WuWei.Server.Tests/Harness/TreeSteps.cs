using System.Globalization;

namespace WuWei.Tests.Harness;

/// <summary>What staff do to the tree. Without a day: today.</summary>
public static class TreeSteps
{
    /// <summary>A day of China, as the wire has it.</summary>
    public static string Day(this TestClock clock, int ahead = 0) =>
        (clock.Now + TimeSpan.FromHours(8)).AddDays(ahead).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static async Task<Wire.UnitChange> RenameAsync(this Actor staff, Guid unit, string name, string day) =>
        (await staff.Organization.RenameUnitAsync(
            new() { UnitId = $"{unit}", Name = name, EffectiveOn = day, Reason = "居民代表大会通过" })).Change;

    public static Wire.MergeUnitsRequest Merge(Guid successor, string day, params Guid[] units) => new()
    {
        UnitIds = { units.Select(u => $"{u}") },
        SuccessorId = $"{successor}",
        EffectiveOn = day,
        Reason = "区划调整",
    };

    /// <summary>Proposed by one, approved by the other.</summary>
    public static async Task<Wire.UnitChange> MergeAsync(
        this World world, Guid successor, string day, params Guid[] units)
    {
        var (one, other) = (await world.StaffAsync(world.District), await world.StaffAsync(world.District));
        var proposed = (await one.Organization.MergeUnitsAsync(Merge(successor, day, units))).Change;
        return (await other.Organization.ApproveUnitChangeAsync(new() { ChangeId = proposed.Id })).Change;
    }

    public static async Task<Wire.Unit> UnitAsync(this Actor caller, Guid unit, string on = "") =>
        (await caller.Organization.GetUnitAsync(new() { UnitId = $"{unit}", On = on })).Unit;

    public static async Task<IEnumerable<string>> NamesBelowAsync(this Actor caller, Guid unit, string on = "") =>
        (await caller.Organization.ListUnitsAsync(new() { ParentId = $"{unit}", On = on })).Units.Select(u => u.Name);
}
