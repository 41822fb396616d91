using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>
/// Calls on attendance, as with activities: the claimer and the beneficiary of the cast organise, the maker takes part.
/// </summary>
public static class AttendanceScenes
{
    private const string Reason = "有理由";

    public static IEnumerable<Scene> All() =>
    [
        On("GetCheckInCode", async cast =>
            new Wire.GetCheckInCodeRequest { ShiftId = (await PlaceAsync(cast)).ShiftId }),
        On("CheckIn", async cast => await cast.Claimer.ToCheckInAsync((await PlaceAsync(cast)).ShiftId)),
        On("CheckOut", async cast =>
        {
            var request = await cast.Claimer.ToCheckInAsync((await PlaceAsync(cast)).ShiftId);
            await cast.Maker.Attendance.CheckInAsync(request);
            return request.Leaving();
        }),
        On("AppealCheckIn", async cast => await AppealAsync(cast)),
        On("ListAppeals", async cast =>
        {
            var request = await AppealAsync(cast);
            return new Wire.ListAppealsRequest
            {
                ActivityId = (await cast.Maker.Attendance.AppealCheckInAsync(request)).Appeal.ActivityId,
            };
        }),
        On("DecideAppeal", async cast => new Wire.DecideAppealRequest
        {
            AppealId = (await cast.Maker.Attendance.AppealCheckInAsync(await AppealAsync(cast))).Appeal.Id,
            Admit = true,
            Answer = Reason,
        }) with
        {
            // The appeal, and the attendance it admits.
            Entries = 2,
        },
        On("ListAttendance", async cast =>
            new Wire.ListAttendanceRequest { ShiftId = (await PlaceAsync(cast)).ShiftId }),
        On("ConfirmAttendance", async cast =>
        {
            var place = await WasThereAsync(cast);
            return AttendanceSteps.Confirming(place.ShiftId, place.Id);
        }),
    ];

    /// <summary>The maker's place in a shift that is over, where they were.</summary>
    public static async Task<Wire.SignUp> WasThereAsync(WishCast cast)
    {
        var place = await PlaceAsync(cast);
        await cast.Maker.CheckInAsync(cast.Claimer, place.ShiftId);
        await cast.World.WasThereAsync(place.ShiftId);
        return place;
    }

    private static Scene On(string rpc, Func<WishCast, Task<IMessage>> prepare) =>
        new($"AttendanceService/{rpc}", "", prepare);

    private static async Task<Wire.AppealCheckInRequest> AppealAsync(WishCast cast)
    {
        var place = await PlaceAsync(cast);
        var request = await cast.Claimer.ToCheckInAsync(place.ShiftId);
        request.Position = AttendanceSteps.Here(metresNorth: 500);
        Assert.Equal("CHECK_IN_TOO_FAR", await Refusals.ReasonAsync(cast.Maker.Attendance.CheckInAsync(request)));
        return new() { SignUpId = place.Id, Way = Wire.CheckWay.In, Reason = Reason };
    }

    private static async Task<Wire.SignUp> PlaceAsync(WishCast cast)
    {
        var draft = await cast.Claimer.DraftAsync(cast.World.SoonActivity());
        await cast.Claimer.Activities.PublishActivityAsync(new() { ActivityId = draft.Id });
        await cast.SecondStaff.Activities.ApproveActivityAsync(new() { ActivityId = draft.Id });
        var activity = (await cast.Claimer.Activities.AddOrganiserAsync(
            new() { ActivityId = draft.Id, PersonId = $"{cast.Beneficiary.PersonId}" })).Activity;
        return await cast.Maker.SignUpAsync(activity.Role());
    }
}
