using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Time;

namespace WuWei.Registry;

/// <summary>Somebody in an organisation. Days are China's.</summary>
public record Member
{
    public Guid Id { get; init; }
    public Guid OrganisationId { get; init; }
    public Guid PersonId { get; init; }
    public MemberKind Kind { get; init; }
    public bool MayAct { get; init; }
    public DateTime StartsOn { get; init; }
    public DateTime? EndsOn { get; init; }
    public DateTime AddedAt { get; init; }
    public string ShownName { get; init; } = "";

    /// <summary>One of those of whom one must stay.</summary>
    public bool ActsForGood => MayAct && EndsOn is null;
}

/// <summary>A member with their organisation, for their own page.</summary>
public sealed record MembershipRow : Member
{
    public Guid UnitId { get; init; }
    public OrganisationKind OrganisationKind { get; init; }
    public string Name { get; init; } = "";
    public OrganisationStatus Status { get; init; }
    public string? Number { get; init; }
    public DateTime? ListedUntil { get; init; }
    public DateTime AppliedAt { get; init; }
}

/// <summary>Every SQL statement on members of organisations.</summary>
public static class MembershipStore
{
    private const int MembersMax = 500;

    private const string Columns =
        "m.id, m.organisation_id, m.person_id, m.kind, m.may_act, m.starts_on, m.ends_on, m.added_at";

    /// <summary>Takes somebody in, if there is room. The first is counted with the organisation.</summary>
    public static async Task AddMemberAsync(this DbSession db, Member member, bool first = false)
    {
        // The organisation first: its row is what two additions at once wait for.
        if (!first && await db.ExecuteAsync(
            """
            UPDATE organisation SET members = members + 1, acting = acting + @acting
            WHERE id = @OrganisationId AND members < @membersMax
            """,
            new { member.OrganisationId, acting = member.ActsForGood ? 1 : 0, membersMax = MembersMax }) == 0)
        {
            throw TooMany();
        }

        if (await db.ExecuteAsync(
            """
            INSERT IGNORE INTO organisation_member
              (id, organisation_id, person_id, live, kind, may_act, starts_on, ends_on, added_at)
            VALUES (@Id, @OrganisationId, @PersonId, 1, @Kind, @MayAct, @StartsOn, @EndsOn, @AddedAt)
            """,
            new
            {
                member.Id,
                member.OrganisationId,
                member.PersonId,
                member.Kind,
                member.MayAct,
                member.StartsOn,
                member.EndsOn,
                member.AddedAt,
            }) == 0)
        {
            throw Refuse.Taken("MEMBER_HELD", "这个人已经是成员了。");
        }
    }

    /// <summary>Ends a membership, unless nobody would be left who may act for good.</summary>
    public static async Task EndMemberAsync(this DbSession db, Member member, DateTime now)
    {
        if (await db.ExecuteAsync(
            """
            UPDATE organisation SET members = members - 1, acting = acting - @acting
            WHERE id = @OrganisationId AND (@acting = 0 OR acting > 1)
            """, new { member.OrganisationId, acting = member.ActsForGood ? 1 : 0 }) == 0)
        {
            throw Refuse.Premature("LAST_ACTING_MEMBER", "至少要留一位长期能代表组织的成员。");
        }

        if (await db.ExecuteAsync(
            "UPDATE organisation_member SET live = NULL, ended_at = @now WHERE id = @Id AND live = 1",
            new { member.Id, now }) == 0)
        {
            throw new ConflictException();
        }
    }

    /// <summary>Null when there is none, or it was ended.</summary>
    public static Task<Member?> FindMemberAsync(this DbSession db, Guid organisationId, Guid id) =>
        db.FindAsync<Member>(
            $"""
            SELECT {Columns} FROM organisation_member m
            WHERE m.id = @id AND m.organisation_id = @organisationId AND m.live = 1
            """, new { organisationId, id });

    public static Task<List<Member>> ListMembersAsync(
        this DbSession db, Guid organisationId, PageToken after, int countMax) => db.ListAsync<Member>(
        $"""
        SELECT {Columns}, p.shown_name
        FROM organisation_member m JOIN person p ON p.id = m.person_id
        WHERE m.organisation_id = @organisationId AND m.live = 1
          AND m.added_at <= @at AND (m.added_at < @at OR m.id < @id)
        ORDER BY m.added_at DESC, m.id DESC LIMIT @countMax
        """, new { organisationId, at = after.At, id = after.Id, countMax });

    public static Task<List<MembershipRow>> ListMembershipsAsync(
        this DbSession db, Guid personId, PageToken after, int countMax) => db.ListAsync<MembershipRow>(
        $"""
        SELECT {Columns}, p.shown_name, o.unit_id, o.kind AS organisation_kind, o.name, o.status, o.number,
          o.listed_until, o.applied_at
        FROM organisation_member m
        JOIN organisation o ON o.id = m.organisation_id
        JOIN person p ON p.id = m.person_id
        WHERE m.person_id = @personId AND m.live = 1 AND m.added_at <= @at AND (m.added_at < @at OR m.id < @id)
        ORDER BY m.added_at DESC, m.id DESC LIMIT @countMax
        """, new { personId, at = after.At, id = after.Id, countMax });

    /// <summary>Whether somebody may act for an organisation now; for reading what is the organisation's.</summary>
    public static async Task<bool> MayActForAsync(
        this DbSession db, Guid organisationId, Guid personId, DateTime now) => await db.FindAsync<int?>(
        """
        SELECT 1 FROM organisation_member
        WHERE organisation_id = @organisationId AND person_id = @personId AND live = 1 AND may_act = 1
          AND starts_on <= @day AND (ends_on IS NULL OR ends_on >= @day)
        """, new { organisationId, personId, day = Clock.Day(now) }) is not null;

    /// <summary>Whether somebody is or ever was a member: then they decide nothing about it.</summary>
    public static async Task<bool> IsInvolvedAsync(this DbSession db, Guid organisationId, Guid personId) =>
        await db.FindAsync<int?>(
            """
            SELECT 1 FROM organisation_member WHERE organisation_id = @organisationId AND person_id = @personId LIMIT 1
            """, new { organisationId, personId }) is not null;

    public static RefusedException TooMany() => Refuse.Exhausted("MEMBERS_TOO_MANY", "成员太多，或今天加得太多了。");
}
