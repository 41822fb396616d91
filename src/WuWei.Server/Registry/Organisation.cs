using System.Text.Json;
using WuWei.Calls;
using WuWei.Errors;
using WuWei.Privacy;

namespace WuWei.Registry;

/// <summary>An organisation and the only ways it may change: values in, values out. Days are China's.</summary>
public sealed record Organisation
{
    private const int ListedYearsMax = 5;

    public Guid Id { get; init; }

    /// <summary>Whose staff list it; its first scope.</summary>
    public Guid UnitId { get; init; }
    public OrganisationKind Kind { get; init; }
    public string Name { get; init; } = "";
    public string? OwnNumber { get; init; }
    public OrganisationStatus Status { get; init; }
    public int Version { get; init; }
    public byte[] Contact { get; init; } = [];
    public string? Number { get; init; }
    public DateTime? ListedUntil { get; init; }
    public byte[]? Reason { get; init; }
    public DateTime AppliedAt { get; init; }

    /// <summary>The caller's membership in force; null when they have none.</summary>
    public MemberKind? MyKind { get; init; }
    public bool MayAct { get; init; }

    /// <summary>Whether the caller is or ever was a member: then they decide nothing about it.</summary>
    public bool Involved { get; init; }

    /// <summary>The whole life of an organisation, on one screen. What lapsed is a listed one.</summary>
    public static OrganisationStatus Next(OrganisationStatus status, OrganisationMove move) => (status, move) switch
    {
        (OrganisationStatus.Applied, OrganisationMove.List) => OrganisationStatus.Listed,
        (OrganisationStatus.Applied, OrganisationMove.Decline) => OrganisationStatus.Declined,
        (OrganisationStatus.Listed or OrganisationStatus.Suspended, OrganisationMove.Renew) =>
            OrganisationStatus.Listed,
        (OrganisationStatus.Listed, OrganisationMove.Suspend) => OrganisationStatus.Suspended,
        _ => throw Refuse.Premature("ORGANISATION_WRONG_STATUS", "这个组织现在不能这样操作，请刷新看看。"),
    };

    public Organisation After(OrganisationMove move) =>
        this with { Status = Next(Status, move), Version = Version + 1 };

    /// <summary>What it is on a day.</summary>
    public OrganisationStatus StatusOn(DateTime day) =>
        Status == OrganisationStatus.Listed && ListedUntil < day ? OrganisationStatus.Lapsed : Status;

    public bool IsInForce(DateTime day) => StatusOn(day) == OrganisationStatus.Listed;

    public Organisation DemandListed(DateTime day) => IsInForce(day)
        ? this
        : throw Refuse.Premature("ORGANISATION_NOT_LISTED", "这个组织没有登记，或登记已经到期、暂停。");

    /// <summary>What the caller is to it, as far as acting for it goes.</summary>
    public Relation Acting => MayAct ? Relation.Member : Relation.None;

    public Relation Belonging => MyKind is null ? Relation.None : Relation.Member;

    /// <summary>Nobody decides on an organisation they belong to, or belonged to.</summary>
    public void DemandNotOwn()
    {
        if (Involved)
        {
            throw Refuse.Denied("ORGANISATION_OWN", "与自己有关的组织要请同事办理。");
        }
    }

    /// <summary>The last day of a listing or a scope.</summary>
    public static DateTime LastDay(string field, string text, DateTime today)
    {
        var day = Faults.DayOf(field, text);
        return day >= today && day <= today.AddYears(ListedYearsMax)
            ? day
            : throw Refuse.Invalid(
                "LAST_DAY_RANGE", $"到期日要在今天到 {ListedYearsMax} 年以内。", new FieldFault(field, "超出范围。"));
    }
}

/// <summary>Whom staff call about an organisation; always sealed.</summary>
public sealed record OrganisationContact(string Name, string Phone)
{
    private const string Column = "organisation.contact";

    public static OrganisationContact Of(Organisation organisation, PersonalData data) =>
        JsonSerializer.Deserialize<OrganisationContact>(data.Open(Column, organisation.Id, organisation.Contact))!;

    public byte[] Seal(Guid organisationId, PersonalData data) =>
        data.Seal(Column, organisationId, JsonSerializer.Serialize(this));
}
