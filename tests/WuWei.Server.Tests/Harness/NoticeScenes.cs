using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Calls on notices, and the ways to one. Each is a new grid's, so that no unit fills up with them.</summary>
public static class NoticeScenes
{
    public static IEnumerable<Scene> All() =>
    [
        new("NoticeService/PublishNotice", "", async cast => Request(await cast.World.NewGridAsync())),
        Of("WithdrawNotice", (_, notice) => new Wire.WithdrawNoticeRequest { NoticeId = notice.Id }),
        new("NoticeService/ListNotices", "for the caller", _ => Task.FromResult<IMessage>(new Wire.ListNoticesRequest())),
        Of("ListNotices", (_, notice) => new Wire.ListNoticesRequest { UnitId = notice.UnitId }),
        Of("GetNotice", (_, notice) => new Wire.GetNoticeRequest { NoticeId = notice.Id }),
        Of("CountNoticeReads", (_, notice) => new Wire.CountNoticeReadsRequest { NoticeId = notice.Id }),
        Of("ListNoticeUnread", (_, notice) => new Wire.ListNoticeUnreadRequest
        {
            NoticeId = notice.Id,
            UnitId = notice.UnitId,
        }),
        Of("RevealNoticePhone", (resident, notice) => new Wire.RevealNoticePhoneRequest
        {
            NoticeId = notice.Id,
            PersonId = $"{resident.PersonId}",
            Reason = "通知停水",
        }),
    ];

    public static Wire.PublishNoticeRequest Request(Guid unit, string title = "明天停水") => new()
    {
        UnitId = $"{unit}",
        Title = title,
        Text = "明天上午九点到十一点停水检修，请提前存水。",
    };

    public static async Task<Wire.Notice> PublishAsync(this Actor staff, Wire.PublishNoticeRequest request) =>
        (await staff.Notices.PublishNoticeAsync(request)).Notice;

    /// <summary>A notice of a new grid, and somebody who lives there.</summary>
    private static Scene Of(string rpc, Func<Actor, Wire.Notice, IMessage> request) =>
        new($"NoticeService/{rpc}", "of a grid", async cast =>
        {
            var grid = await cast.World.NewGridAsync();
            return request(await cast.World.ResidentAsync(grid), await cast.Staff.PublishAsync(Request(grid)));
        });
}
