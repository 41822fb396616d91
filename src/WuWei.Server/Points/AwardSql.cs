namespace WuWei.Points;

/// <summary>
/// What became of an award w, read off the transfers: t paid it, b took it back, u paid it again because it had only been
/// called back, v took that back. One place says which of them stands.
/// </summary>
public static class AwardSql
{
    public const string Joins =
        """
        LEFT JOIN points_ruling r ON r.award_id = w.id
        LEFT JOIN points_recall c ON c.award_id = w.id
        LEFT JOIN points_hold h ON h.award_id = w.id
        LEFT JOIN points_transfer t ON t.award_id = w.id
        LEFT JOIN points_transfer b ON b.reverses_id = t.id
        LEFT JOIN points_transfer u ON u.reverses_id = b.id
        LEFT JOIN points_transfer v ON v.reverses_id = u.id
        """;

    /// <summary>The transfer by which it is paid now, or was last.</summary>
    public const string TransferId = "COALESCE(u.id, t.id)";

    /// <summary>The transfer that took that back; null while it is paid.</summary>
    public const string ReversedBy = "IF(u.id IS NULL, b.id, v.id)";

    /// <summary>Neither voided nor taken back for good: it is paid, or waits for a decision.</summary>
    public const string Stands = $"(h.award_id IS NOT NULL OR (COALESCE(r.posted, 1) = 1 AND {ReversedBy} IS NULL))";
}
