using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Calls on records of service: of the maker of the cast, who was at an activity that has ended.</summary>
public static class ServiceRecordScenes
{
    public static IEnumerable<Scene> All() =>
    [
        On("GetServiceRecord", "one's own", _ => Task.FromResult<IMessage>(new Wire.GetServiceRecordRequest())),
        On("GetServiceRecord", "the maker's", cast => Task.FromResult<IMessage>(
            new Wire.GetServiceRecordRequest { PersonId = $"{cast.Maker.PersonId}" })),
        On("ListServiceLines", "the maker's", async cast =>
        {
            await ConfirmedAsync(cast);
            return new Wire.ListServiceLinesRequest { PersonId = $"{cast.Maker.PersonId}" };
        }),
        On("ProposeHours", "", async cast => await HoursAsync(cast)),
        On("DecideHours", "", async cast => new Wire.DecideHoursRequest
        {
            HoursId = (await cast.SecondStaff.Records.ProposeHoursAsync(await HoursAsync(cast))).Hours.Id,
            Approve = true,
        }),
        On("ListHandHours", "", async cast =>
        {
            var request = await HoursAsync(cast);
            await cast.SecondStaff.Records.ProposeHoursAsync(request);
            return new Wire.ListHandHoursRequest { ActivityId = request.ActivityId };
        }),
        On("GiveFeedback", "", async cast => new Wire.GiveFeedbackRequest
        {
            ActivityId = await ConfirmedAsync(cast),
            Rating = 5,
            Words = "下次还来",
        }),
        On("GetFeedback", "", async cast =>
        {
            var activity = await ConfirmedAsync(cast);
            await cast.Maker.Records.GiveFeedbackAsync(new() { ActivityId = activity, Rating = 5, Words = "下次还来" });
            return new Wire.GetFeedbackRequest { ActivityId = activity };
        }),
        On("CountActivities", "", cast => Task.FromResult<IMessage>(new Wire.CountActivitiesRequest
        {
            UnitId = $"{cast.World.Community}",
            FromDay = cast.World.Today,
            ToDay = cast.World.Tomorrow,
        })),
    ];

    private static Scene On(string rpc, string on, Func<WishCast, Task<IMessage>> prepare) =>
        new($"ServiceRecordService/{rpc}", on, prepare);

    private static async Task<Wire.ProposeHoursRequest> HoursAsync(WishCast cast) => new()
    {
        ActivityId = await ConfirmedAsync(cast),
        PersonId = $"{cast.Maker.PersonId}",
        Minutes = 30,
        Reason = "签到机坏了",
    };

    /// <summary>An activity that has ended, at which the maker was.</summary>
    private static async Task<string> ConfirmedAsync(WishCast cast)
    {
        var place = await AttendanceScenes.WasThereAsync(cast);
        await cast.SecondStaff.Attendance.ConfirmAttendanceAsync(AttendanceSteps.Confirming(place.ShiftId, place.Id));
        await cast.World.EndAsync(place.ActivityId);
        return place.ActivityId;
    }
}
