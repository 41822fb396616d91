namespace WuWei.ContentChecks;

/// <summary>Whether others may see it; numbered as in content_checks.proto.</summary>
public enum ContentState : byte
{
    Waiting = 1,
    Passed,
    Refused,
}

/// <summary>What it is, and so whose slice has it; numbered as in content_checks.proto.</summary>
public enum ContentKind : byte
{
    Wish = 1,
    WishNote,
    Activity,
    ActivityNote,
    Feedback,
    Name,
    Picture,
    Message,
    SignUpReason,
    AttendanceReason,
    CheckInAppeal,
    CheckInAnswer,
}

/// <summary>How far the check of one piece is.</summary>
public enum CheckStage : byte
{
    /// <summary>The worker is to look at it.</summary>
    New = 1,

    /// <summary>WeChat was asked and pushes its verdict later.</summary>
    Asked,

    /// <summary>Staff are to look at it.</summary>
    Queued,

    Settled,

    /// <summary>Refused, and its author wants somebody else to look.</summary>
    Appealed,

    /// <summary>There is nothing to look at any more, or its slice decided by itself.</summary>
    Dropped,
}

/// <summary>Why it is with staff; numbered as in content_checks.proto.</summary>
public enum ContentFinding : byte
{
    None = 0,
    Words,
    Review,
    Risky,
    NotApplicable,
    Away,
    Overdue,
}

/// <summary>Why it was refused; numbered as in content_checks.proto.</summary>
public enum RefusalReason : byte
{
    None = 0,
    Advertising,
    Abuse,
    Privacy,
    Unlawful,
    Indecent,
    Untrue,
    Other,
}
