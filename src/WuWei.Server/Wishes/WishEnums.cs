namespace WuWei.Wishes;

public enum WishStatus : byte
{
    PendingReview = 1,
    Open,
    Claimed,
    Delivered,
    Kept,
    Rejected,
    Withdrawn,
    Expired,
}

public enum WishMove : byte
{
    Make = 1,
    Approve,
    Reject,
    Offer,
    Claim,
    Release,
    Revoke,
    Deliver,
    Confirm,
    AutoConfirm,
    Dispute,
    Overturn,
    Withdraw,
    Expire,
    Escalate,
    Remind,
    HandOver,
    Reveal,
    ProposeOverturn,
    Notice,
    Rate,
    FollowUp,
    Rehome,
    Merge,
}

public enum WishVisibility : byte
{
    Public = 1,
    Private,
}

public enum WishOrigin : byte
{
    Resident = 1,
    Family,
    GridWorker,
    Staff,
    Import,
    Partner,
}

public enum WishActor : byte
{
    Maker = 1,
    Beneficiary,
    Claimer,
    Staff,
    Clock,
    Import,
}

public enum Consent : byte
{
    Unspecified = 0,
    InPerson,
    ByPhone,
    Written,
}

public enum FollowUpOutcome : byte
{
    Settled = 1,
    HelpedAgain,
    NotReached,
    Overturned,
}

public enum Verification : byte
{
    Unspecified = 0,
    PhoneCall,
    Visit,
    AtStation,
}
