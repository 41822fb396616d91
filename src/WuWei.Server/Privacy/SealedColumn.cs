namespace WuWei.Privacy;

/// <summary>
/// A column of sealed values: where it is, how its rows are walked and found, and which row a value was sealed for.
/// </summary>
/// <param name="Key">The table's primary key, of one or two columns.</param>
/// <param name="Row">
/// What <see cref="PersonalData.Seal(string, Guid, string)"/> is told as the row, if that is not the key.
/// </param>
public sealed record SealedColumn(string Table, string Column, string[] Key, string[]? Row = null)
{
    /// <summary>Every one there is: what is sealed and not listed is lost with the key that sealed it.</summary>
    public static IReadOnlyList<SealedColumn> All { get; } =
    [
        new("person", "name", ["id"]),
        new("person", "phone", ["id"]),
        new("staff_login", "totp_secret", ["name"]),
        new("sign_in_code", "phone", ["challenge_id"]),
        new("request_key", "reply", ["caller_id", "request_key"]),
        new("wish", "content", ["id"]),
        new("wish", "contact", ["id"]),
        new("wish", "beneficiary", ["id"]),
        new("wish_step", "note", ["wish_id", "number"], ["id"]),
        new("wish_step", "place", ["wish_id", "number"], ["id"]),
        new("unit_change", "reason", ["id"]),
        new("unit_change", "decided_reason", ["id"]),
        new("activity", "contact", ["id"]),
        new("activity_step", "note", ["activity_id", "number"], ["id"]),
        new("series", "template", ["id"]),
        new("sign_up", "reason", ["id"]),
        new("person_course", "reason", ["id"]),
        new("attendance", "reason", ["sign_up_id"]),
        new("check_in_appeal", "reason", ["id"]),
        new("check_in_appeal", "answer", ["id"]),
        new("hand_hours", "reason", ["id"]),
        new("activity_feedback", "words", ["id"]),
        new("points_ruling", "reason", ["award_id"]),
        new("points_correction", "reason", ["id"]),
        new("organisation", "contact", ["id"]),
        new("organisation", "reason", ["id"]),
        new("organisation_scope", "reason", ["id"]),
        new("wechat_ticket", "openid", ["id"]),
        new("wechat_ticket", "unionid", ["id"]),
        new("wechat_union", "unionid", ["id"]),
        new("wechat_binding", "openid", ["id"]),
        new("partner", "contact", ["id"]),
        new("partner", "reason", ["id"]),
    ];

    public string Name => $"{Table}.{Column}";
}
