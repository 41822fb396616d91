namespace WuWei.Inbox;

/// <summary>What somebody is to an entry of the journal. Stored with each item: its words depend on it.</summary>
public enum Audience : byte
{
    /// <summary>Of the wish.</summary>
    Maker = 1,

    /// <summary>Of the wish, if they have an account.</summary>
    Beneficiary,

    /// <summary>Who had the wish last when it happened.</summary>
    Claimer,

    /// <summary>To whom the wish was offered.</summary>
    Offered,

    /// <summary>Whom the entry names: of a sign-up, a role, a membership.</summary>
    Person,

    /// <summary>Whose points they are.</summary>
    Account,

    /// <summary>To whom a place is offered.</summary>
    ToPerson,

    /// <summary>Whose sign-up it is.</summary>
    SignUpOwner,

    /// <summary>Who invited them.</summary>
    Inviter,

    /// <summary>Who proposed it.</summary>
    Proposer,

    /// <summary>The person that the entry is about.</summary>
    Self,

    /// <summary>Who made an activity, and whoever organises it with them.</summary>
    Organisers,

    /// <summary>Who has a place in the activity, or waits for one.</summary>
    InActivity,

    /// <summary>Whose place ended with the activity.</summary>
    LostActivity,

    /// <summary>Who has a place in the shift, or waits for one.</summary>
    InShift,

    /// <summary>Whose place ended with the shift.</summary>
    LostShift,

    /// <summary>Staff of the unit; where there is none, of the nearest unit above.</summary>
    UnitStaff,

    /// <summary>The same of the unit that a wish has climbed to.</summary>
    AudienceStaff,

    /// <summary>Who may act for the organisation.</summary>
    Acting,

    /// <summary>Who wrote or photographed it.</summary>
    Author,

    /// <summary>Who reported it.</summary>
    Reporter,

    /// <summary>Who follows the wish.</summary>
    Followers,

    /// <summary>The same as of a unit, of the unit that decides on an appeal.</summary>
    AppealStaff,
}
