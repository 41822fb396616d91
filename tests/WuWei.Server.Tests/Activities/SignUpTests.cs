using WuWei.Tests.Harness;

namespace WuWei.Tests.Activities;

public class SignUpTests(SharedServer shared)
{
    private readonly World _world = shared.World;

    [Fact]
    public async Task Who_comes_after_the_last_place_waits_and_moves_up_in_the_order_of_arrival()
    {
        var staff = await _world.StaffAsync(_world.Community);
        var role = (await staff.EnrollingAsync(_world.Activity(capacity: 1))).Role();
        var (first, second, third) =
            (await _world.ResidentAsync(), await _world.ResidentAsync(), await _world.ResidentAsync());
        var place = await first.SignUpAsync(role);
        await second.SignUpAsync(role);

        Assert.Equal(Wire.SignUpStatus.Waiting, (await third.SignUpAsync(role)).Status);
        await first.SignUps.CancelSignUpAsync(new() { SignUpId = place.Id });

        var roster = (await staff.SignUps.ListSignUpsAsync(new() { RoleId = role })).SignUps;
        Assert.Equal(
            [(2, Wire.SignUpStatus.SignedUp), (3, Wire.SignUpStatus.Waiting)], roster.Select(s => (s.Number, s.Status)));
    }
}
