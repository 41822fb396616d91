using MySqlConnector;

namespace WuWei.Data;

/// <summary>
/// What the service's own database user may do, table by table. No DDL; on append-only tables SELECT and INSERT only,
/// so that not even a bug can rewrite the record.
/// </summary>
public static class Grants
{
    private const string Append = "SELECT, INSERT";
    private const string Pending = "SELECT, INSERT, DELETE";
    private const string Change = "SELECT, INSERT, UPDATE";
    private const string All = "SELECT, INSERT, UPDATE, DELETE";

    public static IReadOnlyDictionary<string, string> ByTable { get; } = new Dictionary<string, string>
    {
        ["schema_history"] = "SELECT",
        ["data_version"] = Change,
        ["request_key"] = Pending,
        ["lease"] = Change,
        ["journal_entry"] = Append,
        ["journal_pending"] = Pending,
        ["journal_seal"] = Append,
        ["journal_head"] = "SELECT, UPDATE",
        ["security_event"] = All,
        ["limit_count"] = All,
        ["unit_kind"] = "SELECT",
        ["unit"] = Change,
        ["unit_ancestor"] = All,
        ["unit_code"] = All,
        ["unit_history"] = Change,
        ["unit_change"] = Change,
        ["unit_in_change"] = Change,
        ["unit_moved"] = All,
        ["screen"] = Change,
        ["points_recall"] = Append,
        ["points_deduction"] = Append,
        ["person"] = Change,
        ["staff_login"] = Change,
        ["sign_in_code"] = All,
        ["session"] = All,
        ["session_token"] = All,
        ["wechat_code"] = Pending,
        ["wechat_ticket"] = All,
        ["wechat_union"] = All,
        ["wechat_binding"] = All,
        ["content_check"] = Change,
        ["content_trace"] = Pending,
        ["content_early"] = Pending,
        ["picture"] = All,
        ["role_grant"] = Change,
        ["inbox_head"] = "SELECT, UPDATE",
        ["inbox_item"] = All,
        ["inbox_preference"] = Change,
        ["message_allowance"] = Change,
        ["delivery"] = All,
        ["notice"] = Change,
        ["notice_in_unit"] = Append,
        ["notice_read"] = Append,
        ["notice_push"] = Change,
        ["category"] = Change,
        ["wish"] = Change,
        ["wish_in_unit"] = All,
        ["wish_claim"] = Change,
        ["wish_offer"] = Pending,
        ["wish_step"] = Append,
        ["wish_watch"] = Pending,
        ["wish_mark"] = Pending,
        ["wish_to_mark"] = "SELECT, DELETE",
        ["thread"] = Change,
        ["thread_message"] = Change,
        ["thread_party"] = Change,
        ["thread_report"] = Change,
        ["wish_count_change"] = Pending,
        ["wish_count"] = Change,
        ["wish_count_day"] = Change,
        ["wish_rating"] = Pending,
        ["follow_up"] = Change,
        ["follow_up_in_unit"] = All,
        ["campaign_board"] = Append,
        ["campaign_place"] = Append,
        ["skill"] = Append,
        ["person_skill"] = Change,
        ["person_course"] = Append,
        ["activity"] = Change,
        ["activity_in_unit"] = All,
        ["activity_organiser"] = Pending,
        ["activity_step"] = Append,
        ["activity_shift"] = All,
        ["shift_role"] = Change,
        ["sign_up"] = Change,
        ["place_offer"] = Change,
        ["series"] = Change,
        ["series_day"] = Append,
        ["attendance"] = Change,
        ["check_in_device"] = Append,
        ["check_in_refusal"] = Append,
        ["check_in_appeal"] = Change,
        ["hand_hours"] = Change,
        ["activity_feedback"] = Append,
        ["points_rules"] = Change,
        ["points_account"] = Change,
        ["points_award"] = Append,
        ["points_transfer"] = Append,
        ["points_hold"] = Pending,
        ["points_ruling"] = Append,
        ["points_correction"] = Change,
        ["view_event"] = All,
        ["view_count"] = Change,
        ["person_device"] = All,
        ["person_place"] = All,
        // The scores of old days and weeks are forgotten.
        ["board_score"] = All,
        ["board_state"] = "SELECT, UPDATE",
        ["invitation"] = Change,
        ["invitee"] = Change,
        ["organisation"] = Change,
        ["organisation_scope"] = Change,
        ["organisation_member"] = Change,
        ["partner"] = Change,
        ["partner_scope"] = All,
        ["partner_unit"] = All,
        ["partner_person"] = All,
        ["partner_certificate"] = Change,
        ["partner_key"] = Change,
        ["webhook"] = Change,
    };

    public static async Task ApplyAsync(string ownerConnection, string serviceConnection, CancellationToken cancel)
    {
        var user = await ServiceUserAsync(serviceConnection, cancel);
        await using var owner = new MySqlConnection(ownerConnection);
        await owner.OpenAsync(cancel);
        if (user == await CurrentUserAsync(owner, cancel))
        {
            throw new InvalidOperationException(
                "WUWEI_MYSQL and WUWEI_MYSQL_OWNER name the same user; the service must not own its tables.");
        }

        foreach (var (table, rights) in ByTable)
        {
            await using var grant = new MySqlCommand($"GRANT {rights} ON `{table}` TO {user}", owner);
            await grant.ExecuteNonQueryAsync(cancel);
        }
    }

    private static async Task<string> ServiceUserAsync(string serviceConnection, CancellationToken cancel)
    {
        // Without its database, which it cannot enter before it holds the first right there.
        var settings = new MySqlConnectionStringBuilder(serviceConnection) { Database = "", Pooling = false };
        await using var service = new MySqlConnection(settings.ConnectionString);
        await service.OpenAsync(cancel);
        return await CurrentUserAsync(service, cancel);
    }

    private static async Task<string> CurrentUserAsync(MySqlConnection connection, CancellationToken cancel)
    {
        await using var command = new MySqlCommand("SELECT CURRENT_USER()", connection);
        var user = (string)(await command.ExecuteScalarAsync(cancel))!;
        var at = user.LastIndexOf('@');
        return $"'{Quote(user[..at])}'@'{Quote(user[(at + 1)..])}'";
    }

    private static string Quote(string text) => text.Replace("'", "''", StringComparison.Ordinal);
}
