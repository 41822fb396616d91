namespace WuWei.Inbox;

/// <summary>What becomes of what people write to each other and to all.</summary>
public static partial class InboxRules
{
    private static (string Kind, InboxRule[] Rules)[] Words() =>
    [
        On("CONTENT_REFUSED", Urge(Audience.Author, InboxTopic.Account, "你写的内容没有通过审核，点开看原因。")),
        On("CONTENT_PASSED",
            Tell(Audience.Author, InboxTopic.Account, "你的申诉成立，内容可以给大家看了。") with
            {
                When = d => d.IsTrue("appealDecided"),
            }),
        On("CONTENT_APPEALED",
            Tell(Audience.AppealStaff, InboxTopic.Work, "有审核的申诉等你决定。"),
            Tell(Audience.Author, InboxTopic.Account, "你的申诉还没有人答复，已经再次提醒负责的工作人员。") with
            {
                When = d => d.IsTrue("unanswered"),
            }),
        On("THREAD_MESSAGE_SHOWN", Tell(Audience.Person, InboxTopic.Wish, "心愿的对话里有新的留言。")),
        On("THREAD_REPORTED", Tell(Audience.UnitStaff, InboxTopic.Work, "有留言被举报，请处理。")),
        On("THREAD_REPORT_DECIDED", Tell(Audience.Reporter, InboxTopic.Account, "你举报的留言处理好了。")),
    ];
}
