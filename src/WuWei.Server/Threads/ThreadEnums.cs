namespace WuWei.Threads;

/// <summary>Numbered as in threads.proto.</summary>
public enum ThreadSide : byte
{
    Wisher = 1,
    Claimer,
}

/// <summary>What came of a report; numbered as in threads.proto.</summary>
public enum ReportOutcome : byte
{
    NoAction = 1,
    MessageHidden,
    ClaimRevoked,
}
