namespace WuWei.Inbox;

/// <summary>
/// The whole table: kind of entry → whom it concerns and what they are told. A kind that is not here concerns
/// <see cref="Nobody"/> and is listed there; a test finds those that are in neither.
/// </summary>
public static partial class InboxRules
{
    /// <summary>By kind; of several for one person, the first.</summary>
    public static IReadOnlyDictionary<string, InboxRule[]> ByKind { get; } = new[]
    {
        Wishes(), Activities(), Points(), Accounts(), Words(),
    }.SelectMany(part => part).ToDictionary(pair => pair.Kind, pair => pair.Rules);

    /// <summary>Kinds that concern nobody in particular, or only who did it.</summary>
    public static IReadOnlySet<string> Nobody { get; } = new HashSet<string>
    {
        // Steps of a wish that tell nobody anything to do: their effects have entries of their own.
        "WISH_IMPORTED", "WISH_REVEAL", "WISH_FOLLOW_UP", "FOLLOW_UP_CLOSED",
        // An activity before and beside its people.
        "ACTIVITY_MAKE", "ACTIVITY_PUBLISH", "ACTIVITY_START", "ACTIVITY_END", "ACTIVITY_SETTLE", "ACTIVITY_INSURE",
        "ACTIVITY_ADD_SHIFT", "SIGN_UP_REPLACED", "SIGN_UP_CHANGE_SEEN", "ATTENDANCE_CHECKED_IN",
        "ATTENDANCE_CHECKED_OUT", "SERIES_MADE", "SERIES_EDITED", "SERIES_ENDED", "SERIES_DAY_MADE", "SERIES_DAY_SKIPPED",
        "SERIES_DAY_MISSED", "CAMPAIGN_FROZEN", "SKILL_ADDED",
        // Rules, and proposals whose outcome is told as points.
        "POINTS_RULES_ADDED", "POINTS_RULES_APPROVED", "CORRECTION_APPROVED", "CORRECTION_DECLINED",
        // One's own doing.
        "INVITATION_MADE", "PERSON_REGISTERED", "PERSON_UPDATED", "SIGNED_IN", "SIGNED_OUT", "SESSIONS_ENDED",
        "WECHAT_SHOWN", "INBOX_PREFERENCES_SET", "MESSAGES_ALLOWED",
        // On their way; what comes of them is told.
        "CONTENT_QUEUED", "CONTENT_ASKED", "CONTENT_DROPPED", "CONTENT_FINAL", "THREAD_MESSAGE_SENT",
        "THREAD_REVEALED", "THREAD_CONTACTS_AGREED", "WATCH_ADDED", "WATCH_ENDED", "WATCH_MERGED",
        // The tree, its settings and what it shows.
        "ROLE_TERM_OVER", "UNIT_ADDED", "UNIT_CODE_ADDED", "UNIT_RENAMED", "UNIT_MOVED", "UNIT_CLOSED",
        "UNIT_CHANGE_PLANNED", "UNIT_CHANGE_APPROVED", "UNIT_CHANGE_DECLINED", "UNIT_CHANGE_CANCELLED", "UNIT_CHANGE_DONE",
        "CATEGORY_ADDED", "CATEGORY_UPDATED", "SCREEN_ADDED", "SCREEN_ENDED", "KEY_ROTATED", "KEYS_RETIRED",
        // Other systems are told by their operators.
        "PARTNER_ADDED", "PARTNER_CHANGED", "PARTNER_REVOKED", "PARTNER_CERTIFICATE_ADDED", "PARTNER_KEY_ADDED",
        "WEBHOOK_ADDED", "WEBHOOK_STOPPED", "WEBHOOK_RESUMED", "WEBHOOK_ROTATED", "WEBHOOK_REMOVED",
        // A picture on its way to what it is attached to.
        "PICTURE_UPLOAD", "PICTURE_ATTACH", "PICTURE_DISCARD", "PICTURE_FORGET",
        // A notice is in every inbox by itself.
        "NOTICE_PUBLISHED", "NOTICE_WITHDRAWN", "NOTICE_PHONE_REVEALED",
    };

    /// <summary>The rule by which an item was made; null when it is none of ours any more.</summary>
    public static InboxRule? Find(string kind, Audience audience) =>
        ByKind.TryGetValue(kind, out var rules) ? Array.Find(rules, r => r.To == audience) : null;

    /// <summary>The words of an item.</summary>
    public static string Words(InboxItem item) => Find(item.Kind, item.Audience)?.Words(item.Amount) ?? "有新的进展。";

    private static (string Kind, InboxRule[] Rules) On(string kind, params InboxRule[] rules) => (kind, rules);

    private static InboxRule Tell(Audience to, InboxTopic topic, string text) => new(to, topic, text);

    private static InboxRule Urge(Audience to, InboxTopic topic, string text) =>
        new(to, topic, text) { Important = true };

    /// <summary>Whoever follows a wish hears how it goes on.</summary>
    private static InboxRule Follow(string text) => new(Audience.Followers, InboxTopic.Wish, text);

    /// <summary>Whose wish it is: who made it and for whom.</summary>
    private static InboxRule[] Owners(string text, bool important = false) =>
    [
        new(Audience.Maker, InboxTopic.Wish, text) { Important = important },
        new(Audience.Beneficiary, InboxTopic.Wish, text) { Important = important },
    ];
}
