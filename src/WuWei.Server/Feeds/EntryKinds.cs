using Google.Protobuf.Reflection;

namespace WuWei.Feeds;

/// <summary>How a kind of entry is shown to other systems.</summary>
/// <param name="Tell">Fills in what is told of one; false when this one is not shown after all.</param>
public sealed record ShownKind(
    Wire.EntryKind Kind, EntryTopic Topic, Func<EntryDetail, Wire.JournalEntry, bool> Tell);

/// <summary>
/// Every kind of entry that the journal has: shown to other systems, and how, or kept from them, and why. A kind that is
/// not here is not shown; a test compares the table with the code.
/// </summary>
public static class EntryKinds
{
    private const string Prefix = "ENTRY_KIND_";

    private static readonly EnumDescriptor Names =
        Wire.JournalReflection.Descriptor.EnumTypes.Single(e => e.Name == nameof(Wire.EntryKind));

    /// <summary>By the name that the journal has.</summary>
    public static IReadOnlyDictionary<string, ShownKind> Shown { get; } = Kinds().ToDictionary(k => k.Name, k => k.Shown);

    public static IReadOnlyDictionary<string, string> Hidden { get; } = new (string Why, string[] Kinds)[]
    {
        ("Looks at a contact, offers and reminders concern one person.",
            ["WISH_REVEAL", "WISH_OFFER", "WISH_REMIND", "WISH_NOTICE"]),
        ("What somebody thought of their helper is theirs; ratings are told as averages only.",
            ["WISH_RATE", "WISH_FOLLOW_UP", "FOLLOW_UP_OPENED", "FOLLOW_UP_CLOSED", "ACTIVITY_FEEDBACK_GIVEN"]),
        ("Not decided yet, or decided against somebody.",
            [
                "WISH_PROPOSE_OVERTURN", "HOURS_PROPOSED", "HOURS_DECLINED", "CORRECTION_PROPOSED", "CORRECTION_APPROVED",
                "CORRECTION_DECLINED", "POINTS_LEFT", "CHECK_IN_APPEALED", "CHECK_IN_APPEAL_ADMITTED",
                "CHECK_IN_APPEAL_DECLINED",
            ]),
        ("A draft, or among those who hold the activity.",
            [
                "ACTIVITY_MAKE", "ACTIVITY_SUBMIT", "ACTIVITY_RETURN", "ACTIVITY_INSURE", "ACTIVITY_ADD_ORGANISER",
                "ACTIVITY_REMOVE_ORGANISER", "ACTIVITY_REMIND", "ACTIVITY_HOLD",
            ]),
        ("Its activities tell it.",
            [
                "SERIES_MADE", "SERIES_EDITED", "SERIES_ENDED", "SERIES_DAY_MADE", "SERIES_DAY_MISSED",
                "SERIES_DAY_SKIPPED", "CAMPAIGN_FROZEN",
            ]),
        ("Between two people.",
            [
                "PLACE_OFFER_OPEN", "PLACE_OFFER_ACCEPTED", "PLACE_OFFER_DECLINED", "PLACE_OFFER_LAPSED",
                "PLACE_OFFER_WITHDRAWN", "SIGN_UP_CHANGE_SEEN", "INVITATION_MADE", "INVITATION_REDEEMED",
                "INVITEE_COUNTED", "INVITEE_UNCOUNTED",
            ]),
        ("About one person and their account.",
            [
                "PERSON_REGISTERED", "PERSON_UPDATED", "PERSON_REHOMED", "SIGNED_IN", "SIGNED_OUT", "SESSION_ENDED",
                "SESSIONS_ENDED", "WECHAT_SHOWN", "WECHAT_BOUND", "WECHAT_UNBOUND", "ROLE_GRANTED", "ROLE_ENDED",
                "ROLE_TERM_OVER", "MEMBER_ADDED", "MEMBER_ENDED", "SKILL_ADDED", "SKILL_VERIFIED", "SKILL_REVOKED",
                "COURSE_RECORDED", "COURSE_COMPLETED",
            ]),
        ("Whether words and pictures may be shown is between their author and staff.",
            [
                "CONTENT_ASKED", "CONTENT_QUEUED", "CONTENT_PASSED", "CONTENT_REFUSED", "CONTENT_FINAL",
                "CONTENT_DROPPED", "CONTENT_APPEALED", "PICTURE_UPLOAD", "PICTURE_ATTACH", "PICTURE_DISCARD",
                "PICTURE_FORGET",
            ]),
        ("What two people write to each other, and reports of it.",
            [
                "THREAD_MESSAGE_SENT", "THREAD_MESSAGE_SHOWN", "THREAD_CONTACTS_AGREED", "THREAD_REPORTED",
                "THREAD_REPORT_DECIDED", "THREAD_REVEALED",
            ]),
        ("What somebody follows and is told.",
            [
                "WATCH_ADDED", "WATCH_ENDED", "WATCH_MERGED", "INBOX_PREFERENCES_SET", "MESSAGES_ALLOWED",
                "NOTICE_PUBLISHED", "NOTICE_WITHDRAWN", "NOTICE_PHONE_REVEALED",
            ]),
        ("Plans: what comes of them is shown on its day.",
            [
                "UNIT_CHANGE_PROPOSED", "UNIT_CHANGE_PLANNED", "UNIT_CHANGE_APPROVED", "UNIT_CHANGE_DECLINED",
                "UNIT_CHANGE_CANCELLED", "UNIT_CHANGE_DONE", "POINTS_RULES_ADDED", "POINTS_RULES_PROPOSED",
                "POINTS_RULES_APPROVED",
            ]),
        ("Applications.",
            ["ORGANISATION_REGISTERED", "ORGANISATION_DECLINED", "SCOPE_APPLIED", "SCOPE_DECLINED"]),
        ("How the installation is run.",
            [
                "PARTNER_ADDED", "PARTNER_CHANGED", "PARTNER_CERTIFICATE_ADDED", "PARTNER_KEY_ADDED", "PARTNER_REVOKED",
                "SCREEN_ADDED", "SCREEN_ENDED", "KEY_ROTATED", "KEYS_RETIRED", "WEBHOOK_ADDED", "WEBHOOK_STOPPED",
                "WEBHOOK_RESUMED", "WEBHOOK_ROTATED", "WEBHOOK_REMOVED",
            ]),
    }.SelectMany(h => h.Kinds.Select(k => (k, h.Why))).ToDictionary(h => h.k, h => h.Why);

    /// <summary>The name that the journal has for a kind.</summary>
    public static string NameOf(Wire.EntryKind kind) => Names.FindValueByNumber((int)kind).Name[Prefix.Length..];

    private static IEnumerable<(string Name, ShownKind Shown)> Kinds() =>
    [
        .. Told(EntryTopic.Wishes, EntryTelling.Wish, first: Wire.EntryKind.WishMake, last: Wire.EntryKind.WishMerge),
        .. Told(
            EntryTopic.Activities, EntryTelling.Activity, Wire.EntryKind.ActivityEdit, Wire.EntryKind.ActivityLapse),
        .. Told(
            EntryTopic.Service, EntryTelling.SignUp, Wire.EntryKind.SignUpMade, Wire.EntryKind.SignUpReplaced),
        .. Told(
            EntryTopic.Service, EntryTelling.Attendance, Wire.EntryKind.AttendanceCheckedIn,
            Wire.EntryKind.AttendanceMissed),
        .. Told(EntryTopic.Service, EntryTelling.Hours, Wire.EntryKind.HoursApproved, Wire.EntryKind.HoursApproved),
        .. Told(EntryTopic.Points, EntryTelling.Points, Wire.EntryKind.PointsAwarded, Wire.EntryKind.PointsExpired),
        .. Told(EntryTopic.Units, EntryTelling.Unit, Wire.EntryKind.UnitAdded, Wire.EntryKind.UnitClosed),
        .. Told(
            EntryTopic.Units, EntryTelling.Category, Wire.EntryKind.CategoryAdded, Wire.EntryKind.CategoryUpdated),
        .. Told(
            EntryTopic.Organisations, EntryTelling.Organisation, Wire.EntryKind.OrganisationListed,
            Wire.EntryKind.ScopeApproved),
    ];

    /// <summary>The kinds of one sort, which have numbers in a row.</summary>
    private static IEnumerable<(string Name, ShownKind Shown)> Told(
        EntryTopic topic, Func<EntryDetail, Wire.JournalEntry, bool> tell, Wire.EntryKind first, Wire.EntryKind last) =>
        Names.Values.Select(v => (Wire.EntryKind)v.Number).Where(k => k >= first && k <= last)
            .Select(k => (NameOf(k), new ShownKind(k, topic, tell)));
}
