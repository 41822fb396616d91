namespace WuWei.Inbox;

/// <summary>What happens to wishes.</summary>
public static partial class InboxRules
{
    private static (string Kind, InboxRule[] Rules)[] Wishes() =>
    [
        On("WISH_MAKE",
            Tell(Audience.UnitStaff, InboxTopic.Work, "有新的心愿等待审核。")
                with { When = d => d.Is("status", "PendingReview") },
            Tell(Audience.Beneficiary, InboxTopic.Wish, "有人替你提了一个心愿，点开看看。")),
        On("WISH_APPROVE", Owners("心愿通过了审核，正在等人认领。")),
        On("WISH_REJECT", Owners("心愿没有通过审核，点开看原因。", important: true)),
        On("WISH_OFFER", Urge(Audience.Offered, InboxTopic.Help, "社区请你看看一个心愿，方便就来认领。")),
        On("WISH_CLAIM", [.. Owners("心愿有人认领了。", important: true), Follow("你关注的心愿有人认领了。")]),
        On("WISH_RELEASE", Owners("认领的人退回了心愿，正在等新的人认领。")),
        On("WISH_REVOKE",
            [
                Urge(Audience.Claimer, InboxTopic.Help, "社区收回了你认领的心愿，点开看原因。"),
                .. Owners("社区正在为心愿重新找人。"),
            ]),
        On("WISH_DELIVER", [.. Owners("心愿办好了，请看看并确认。", important: true), Follow("你关注的心愿办好了，等着确认。")]),
        On("WISH_CONFIRM",
            [Tell(Audience.Claimer, InboxTopic.Help, "你办的心愿已经确认实现，谢谢你。"), .. Owners("心愿已经确认实现。"),
                Follow("你关注的心愿实现了。")]),
        On("WISH_AUTO_CONFIRM",
            [
                Tell(Audience.Claimer, InboxTopic.Help, "你办的心愿已经确认实现，谢谢你。"),
                .. Owners("心愿到期没有答复，已自动确认；没办好请告诉社区。"),
                Follow("你关注的心愿实现了。"),
            ]),
        On("WISH_DISPUTE",
            Urge(Audience.Claimer, InboxTopic.Help, "对方说心愿还没办好，点开看看。"),
            Tell(Audience.UnitStaff, InboxTopic.Work, "有心愿被反映没有办好。")),
        On("WISH_OVERTURN",
            [
                Urge(Audience.Claimer, InboxTopic.Help, "一个心愿经核查没有办成，已重新开放。"),
                .. Owners("心愿经核查没有办成，已重新开放。", important: true),
            ]),
        On("WISH_PROPOSE_OVERTURN", Tell(Audience.UnitStaff, InboxTopic.Work, "有心愿建议撤销确认，等第二个人决定。")),
        On("WISH_WITHDRAW", [.. Owners("心愿撤回了。"), Follow("你关注的心愿撤回了。")]),
        On("WISH_MERGE",
            [.. Owners("有人提过一样的心愿，两个并成了一个。", important: true), Follow("你关注的心愿并进了另一个一样的心愿。")]),
        On("WISH_NOTICE", Owners("心愿快到期了，还没有人认领。")),
        On("WISH_EXPIRE", Owners("心愿到期了；还需要的话，点一下就能重新提出。", important: true)),
        On("WISH_ESCALATE",
            [Tell(Audience.AudienceStaff, InboxTopic.Work, "有心愿升级到了你这里。"), .. Owners("心愿请到了更大范围的人来看。")]),
        On("WISH_REMIND",
            Tell(Audience.UnitStaff, InboxTopic.Work, "有心愿等待审核，已经超时。")
                with { When = d => d.Is("status", "PendingReview") },
            Tell(Audience.AudienceStaff, InboxTopic.Work, "有心愿一直没有人认领。") with { When = d => d.Is("status", "Open") },
            Urge(Audience.Claimer, InboxTopic.Help, "你认领的心愿到了该办好的时候。") with { When = d => d.Is("status", "Claimed") },
            Urge(Audience.Maker, InboxTopic.Wish, "心愿已经办好几天了，请确认。") with { When = d => d.Is("status", "Delivered") },
            Urge(Audience.Beneficiary, InboxTopic.Wish, "心愿已经办好几天了，请确认。")
                with { When = d => d.Is("status", "Delivered") }),
        On("WISH_HAND_OVER",
            Tell(Audience.UnitStaff, InboxTopic.Work, "有心愿认领后超时没有办好，请接手。"),
            Urge(Audience.Claimer, InboxTopic.Help, "你认领的心愿超时了，社区会来了解。")),
        On("WISH_RATE", Tell(Audience.Claimer, InboxTopic.Help, "有人评价了你办的心愿。")),
        On("WISH_REHOME",
            [Tell(Audience.UnitStaff, InboxTopic.Work, "有心愿转到了你这里。"), .. Owners("心愿转到了另一个社区办理。")]),
        On("FOLLOW_UP_OPENED",
            Tell(Audience.UnitStaff, InboxTopic.Work, "有心愿得了低分，请回访。") with { Opens = ("wish", "wishId") }),
    ];
}
