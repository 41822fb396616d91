namespace WuWei.Tests.Harness;

/// <summary>Calls on the screens of a community.</summary>
public static class ScreenScenes
{
    public static IEnumerable<Scene> All() =>
    [
        new("ScreenService/AddScreen", "", cast => Task.FromResult<Google.Protobuf.IMessage>(
            new Wire.AddScreenRequest { UnitId = $"{cast.World.Community}", Name = "社区大厅" })),
        new("ScreenService/EndScreen", "", async cast => new Wire.EndScreenRequest
        {
            ScreenId = (await cast.Staff.AddScreenAsync(cast.World.Community)).Screen.Id,
        }),
        new("ScreenService/ListScreens", "", cast => Task.FromResult<Google.Protobuf.IMessage>(
            new Wire.ListScreensRequest { UnitId = $"{cast.World.Community}" })),
    ];

    public static async Task<Wire.AddScreenResponse> AddScreenAsync(this Actor staff, Guid unitId) =>
        await staff.Screens.AddScreenAsync(new() { UnitId = $"{unitId}", Name = "社区大厅" });
}
