using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

/// <summary>A community with activities. Whatever happens, the journal is sound afterwards.</summary>
public abstract class ActivityDistrict : OwnDistrict
{
    protected Actor Staff { get; private set; } = null!;

    protected override async Task SettleAsync() => Staff = await World.StaffAsync(World.Community);

    protected override Task CloseAsync() => Server.AssertSoundAsync();

    /// <summary>In two days, for an hour, unless told otherwise.</summary>
    protected Wire.ActivityForm Form(TimeSpan? ahead = null) =>
        World.Activity(startsAt: World.Now + (ahead ?? TimeSpan.FromHours(48)), capacity: 3);

    protected async Task PassAsync(TimeSpan time)
    {
        Server.Clock.Advance(time);
        await Server.RunJobsAsync();
    }

    protected async Task<Wire.ActivityStatus> StatusAsync(string id) => (await Staff.ActivityAsync(id)).Status;
}
