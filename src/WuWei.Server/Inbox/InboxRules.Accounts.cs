namespace WuWei.Inbox;

/// <summary>What happens to people's points, roles and accounts.</summary>
public static partial class InboxRules
{
    /// <summary>Where entries on points have how many.</summary>
    public const string AmountField = "amount";

    private static (string Kind, InboxRule[] Rules)[] Points() =>
    [
        On("POINTS_AWARDED", Earned("你得到了 {0} 积分。")),
        On("POINTS_HELD", Earned("你的 {0} 积分要核实后才到账。")),
        On("POINTS_POSTED", Earned("核实过了，{0} 积分已到账。")),
        On("POINTS_LEFT", Earned("核实过了，{0} 积分还是你的。")),
        On("POINTS_VOIDED", Earned("{0} 积分没有通过核实，不能到账。") with { Important = true }),
        On("POINTS_REVERSED", Earned("{0} 积分被收回，点开看原因。") with { Important = true }),
        On("POINTS_CALLED_BACK", Earned("{0} 积分暂时收回，等待核实。") with { Important = true }),
        On("POINTS_RETURNED", Earned("扣掉的 {0} 积分退还给你了。")),
        On("POINTS_DEDUCTED", Earned("因为没有到场，扣了 {0} 积分；有异议可以申诉。") with { Important = true }),
        On("POINTS_EXPIRED", Earned("{0} 积分到期了。")),
        On("POINTS_ADJUSTED", Earned("你的积分更正了 {0} 分。")),
        On("CORRECTION_PROPOSED", Tell(Audience.UnitStaff, InboxTopic.Work, "有积分更正等第二个人决定。")),
        On("POINTS_RULES_PROPOSED", Tell(Audience.UnitStaff, InboxTopic.Work, "有新的积分规则等第二个人决定。")),
    ];

    private static (string Kind, InboxRule[] Rules)[] Accounts() =>
    [
        On("ROLE_GRANTED", Tell(Audience.Person, InboxTopic.Account, "你有了一个新的身份。")),
        On("ROLE_ENDED", Urge(Audience.Person, InboxTopic.Account, "你的一个身份结束了。")),
        On("MEMBER_ADDED",
            Tell(Audience.Person, InboxTopic.Account, "你成了一个组织的成员。") with { Opens = ("organisation", "organisationId") }),
        On("MEMBER_ENDED",
            Tell(Audience.Person, InboxTopic.Account, "你不再是一个组织的成员。") with { Opens = ("organisation", "organisationId") }),
        On("ORGANISATION_REGISTERED", Tell(Audience.UnitStaff, InboxTopic.Work, "有组织申请登记。")),
        On("ORGANISATION_LISTED", Tell(Audience.Acting, InboxTopic.Account, "你的组织登记好了。")),
        On("ORGANISATION_DECLINED", Urge(Audience.Acting, InboxTopic.Account, "你的组织没有通过登记，点开看原因。")),
        On("ORGANISATION_RENEWED", Tell(Audience.Acting, InboxTopic.Account, "你的组织续了登记。")),
        On("ORGANISATION_SUSPENDED", Urge(Audience.Acting, InboxTopic.Account, "你的组织被暂停，点开看原因。")),
        On("SCOPE_APPLIED", Tell(Audience.UnitStaff, InboxTopic.Work, "有组织申请到你这里服务。")),
        On("SCOPE_APPROVED", Tell(Audience.Acting, InboxTopic.Account, "你的组织可以到新的地方服务了。")),
        On("SCOPE_DECLINED", Tell(Audience.Acting, InboxTopic.Account, "你的组织申请的服务范围没有通过，点开看原因。")),
        On("INVITATION_REDEEMED", Tell(Audience.Inviter, InboxTopic.Account, "有人通过你的邀请来了。")),
        On("INVITEE_COUNTED", Tell(Audience.Inviter, InboxTopic.Account, "你邀请的人完成了第一次服务。")),
        On("INVITEE_UNCOUNTED", Tell(Audience.Inviter, InboxTopic.Account, "你邀请的人的一次服务不再算数。")),
        On("PERSON_REHOMED", Tell(Audience.Self, InboxTopic.Account, "因为社区调整，你的所在社区改了。")),
        On("SESSION_ENDED", Urge(Audience.Self, InboxTopic.Account, "为了安全，你的一处登录被退出了。")),
        On("WECHAT_BOUND", Tell(Audience.Self, InboxTopic.Account, "你的账号绑定了微信。") with { TellsActor = true }),
        On("WECHAT_UNBOUND", Tell(Audience.Self, InboxTopic.Account, "你的账号解绑了微信。") with { TellsActor = true }),
        On("UNIT_CHANGE_PROPOSED", Tell(Audience.UnitStaff, InboxTopic.Work, "有单位变更等第二个人决定。")),
    ];

    private static InboxRule Earned(string text) =>
        new(Audience.Account, InboxTopic.Points, text) { When = d => d.Number(AmountField) is not (null or 0) };
}
