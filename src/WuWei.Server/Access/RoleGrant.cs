using WuWei.Calls;
using WuWei.Errors;
using WuWei.Organization;

namespace WuWei.Access;

/// <summary>The rules of granting a role (pure).</summary>
public static class RoleGrant
{
    /// <summary>Only strictly below the grantor's own unit: nobody makes their equal.</summary>
    private static readonly Role[] FromAboveOnly = [Role.Staff, Role.Auditor];

    private static readonly Role[] Grantable =
    [
        Role.PartyMember, Role.Volunteer, Role.OrganisationMember, Role.GridWorker, Role.Staff, Role.StationKeeper,
        Role.Auditor,
    ];

    public static HeldRole Read(Wire.GrantRoleRequest request, Guid unitId, Guid id, DateTime now)
    {
        var role = Faults.EnumOf<Role>((int)request.Role) ?? Role.Resident;
        if (!Grantable.Contains(role))
        {
            throw Refuse.Invalid("ROLE_NOT_GRANTABLE", "这个身份不能这样授予。", new FieldFault("role", "不能授予。"));
        }

        var startsAt = Faults.TimeOf("starts_at", request.StartsAt) ?? now;
        var endsAt = Faults.TimeOf("ends_at", request.EndsAt);
        if (endsAt <= startsAt || endsAt <= now)
        {
            throw Refuse.Invalid("TERM_REVERSED", "结束时间要晚于开始时间和现在。", new FieldFault("ends_at", "太早。"));
        }

        return new HeldRole(id, role, unitId, startsAt, endsAt);
    }

    /// <summary>Refuses unless the caller may grant or end this role for this unit.</summary>
    public static void Demand(Call call, Role role, Unit unit) => call.DemandRole(
        Role.Staff, FromAboveOnly.Contains(role) ? [.. unit.Path.Skip(1)] : unit.Path);
}
