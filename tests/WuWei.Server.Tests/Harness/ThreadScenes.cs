using Google.Protobuf;
using WuWei.Wishes;

namespace WuWei.Tests.Harness;

/// <summary>Calls on the thread of a claimed wish, in which its claimer wrote something that passed.</summary>
public static class ThreadScenes
{
    private static readonly (string Name, Wire.WishVisibility Visibility, string Category)[] Kinds =
    [
        ("a public wish's", Wire.WishVisibility.Public, "misc"), ("a private wish's", Wire.WishVisibility.Private, "misc"),
        ("a sensitive wish's", Wire.WishVisibility.Public, "rights"),
    ];

    public static IEnumerable<Scene> All() =>
    [
        .. Kinds.Select(kind => new Scene("ThreadService/GetThread", kind.Name, async cast => new Wire.GetThreadRequest
        {
            ThreadId = (await TalkAsync(cast with { Visibility = kind.Visibility, Category = kind.Category })).Thread,
        })),
        new("ThreadService/ListMyThreads", "", async cast =>
        {
            await TalkAsync(cast with { Visibility = Wire.WishVisibility.Private });
            return new Wire.ListMyThreadsRequest();
        }),
        Of("ListMessages", (thread, _) => new Wire.ListMessagesRequest { ThreadId = thread }),
        Of("SendMessage", (thread, _) => new Wire.SendMessageRequest { ThreadId = thread, Text = "几点来方便？" }),
        Of("MarkThreadRead", (thread, _) => new Wire.MarkThreadReadRequest { ThreadId = thread, Number = 1 }),
        Of("AgreeToShowContacts", (thread, _) => new Wire.AgreeToShowContactsRequest { ThreadId = thread }),
        Of("ReportMessage", (thread, _) => new Wire.ReportMessageRequest { ThreadId = thread, Reason = "不文明" }),
        new("ThreadService/ListThreadReports", "", async cast =>
        {
            await ReportedAsync(cast);
            return new Wire.ListThreadReportsRequest { UnitId = $"{cast.World.Community}" };
        }),
        new("ThreadService/RevealReportedThread", "", async cast =>
            new Wire.RevealReportedThreadRequest { ReportId = await ReportedAsync(cast) }),
        new("ThreadService/DecideThreadReport", "", async cast => new Wire.DecideThreadReportRequest
        {
            ReportId = await ReportedAsync(cast),
            Outcome = Wire.ReportOutcome.NoAction,
            Answer = "核实过了",
        }),
    ];

    private static Scene Of(string rpc, Func<string, string, IMessage> request) => new($"ThreadService/{rpc}", "", async cast =>
    {
        var (thread, message) = await TalkAsync(cast);
        return request(thread, message);
    });

    private static async Task<(string Thread, string Message)> TalkAsync(WishCast cast)
    {
        var wish = await cast.WishAsync(WishStatus.Claimed);
        var thread = (await wish.ThreadAsync(cast.Claimer)).Id;
        return (thread, await cast.Claimer.SayAsync(cast.World, thread, "明天上午九点来，可以吗？"));
    }

    private static async Task<string> ReportedAsync(WishCast cast)
    {
        var (thread, message) = await TalkAsync(cast);
        return (await cast.Maker.ReportAsync(thread, message)).Id;
    }
}
