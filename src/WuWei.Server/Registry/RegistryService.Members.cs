using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Registry;

/// <summary>Who is in an organisation, and who acts for it.</summary>
public sealed partial class RegistryService
{
    private static readonly Limit Additions = new("add-member", 100, TimeSpan.FromDays(1));

    public override async Task<Wire.AddMemberResponse> AddMember(
        Wire.AddMemberRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("organisation_id", request.OrganisationId);
        var kind = Faults.EnumOf<MemberKind>((int)request.Kind)
            ?? throw Refuse.Invalid("MEMBER_KIND", "请选择成员的身份。", new FieldFault("kind", "必选。"));
        var today = Clock.Day(call.Now);
        var startsOn = request.StartsOn.Length == 0 ? today : Faults.DayOf("starts_on", request.StartsOn);
        DateTime? endsOn = request.EndsOn.Length == 0 ? null : Faults.DayOf("ends_on", request.EndsOn);
        if (startsOn > today || endsOn < today)
        {
            throw Refuse.Invalid("MEMBER_TERM", "任期要从今天或以前开始，还没有结束。", new FieldFault("ends_on", "不对。"));
        }

        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var organisation = await SeeAsync(db, call, id, tree);
            var role = Demanded(call, organisation, organisation.Acting, tree);
            organisation.DemandListed(today);
            if (!await db.TakeAsync(Additions, Applicant(call), call.Now))
            {
                throw MembershipStore.TooMany();
            }

            var person = await db.GetAcquaintanceAsync(personalData, request.PersonId, request.Phone);
            var member = new Member
            {
                Id = clock.NewId(),
                OrganisationId = id,
                PersonId = person.Id,
                Kind = kind,
                MayAct = request.MayAct,
                StartsOn = startsOn,
                EndsOn = endsOn,
                AddedAt = call.Now,
                ShownName = person.ShownName,
            };
            await db.AddMemberAsync(member);
            db.Record(JournalEntry.By(call, Actor(role), "MEMBER_ADDED", "member", member.Id, organisation.UnitId, new
            {
                organisationId = id,
                member.PersonId,
                kind = kind.ToString(),
                member.MayAct,
                startsOn,
                endsOn,
            }));
            return new Wire.AddMemberResponse { Member = ToWire(member) };
        }, again: async (db, first) =>
        {
            var organisation = await SeeAsync(db, call, id, tree);
            Demanded(call, organisation, organisation.Acting, tree);
            return first;
        });
    }

    public override async Task<Wire.EndMemberResponse> EndMember(
        Wire.EndMemberRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("organisation_id", request.OrganisationId);
        var memberId = Faults.IdOf("member_id", request.MemberId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var organisation = await SeeAsync(db, call, id, tree);
            var member = await db.FindMemberAsync(id, memberId);
            var self = member?.PersonId == call.Caller.PersonId ? Relation.Self : Relation.None;
            var role = Demanded(call, organisation, organisation.Acting | self, tree);
            if (member is null)
            {
                throw Refuse.Missing("MEMBER_UNKNOWN", "没有找到这位成员，或已经结束。");
            }

            await db.EndMemberAsync(member, call.Now);
            db.Record(JournalEntry.By(
                call, Actor(role), "MEMBER_ENDED", "member", memberId, organisation.UnitId,
                new { organisationId = id, member.PersonId }));
            return new Wire.EndMemberResponse();
        }, again: (_, first) =>
        {
            // The answer says nothing, and whoever left is no member any more.
            call.DemandNothing();
            return Task.FromResult(first);
        });
    }

    public override async Task<Wire.ListMembersResponse> ListMembers(
        Wire.ListMembersRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("organisation_id", request.OrganisationId);
        var tree = await units.TreeAsync(context.CancellationToken);
        var (after, size) = ReadPage(request.PageToken, request.PageSize);
        var page = await database.ReadAsync(async db =>
        {
            var organisation = await SeeAsync(db, call, id, tree);
            call.Demand(organisation.Belonging, tree.Get(organisation.UnitId).Path);
            return await db.ListMembersAsync(id, after, size + 1);
        }, context.CancellationToken);
        return new Wire.ListMembersResponse
        {
            Members = { page.Take(size).Select(ToWire) },
            NextPageToken = Next(page.Count > size, page.ElementAtOrDefault(size - 1)),
        };
    }

    public override async Task<Wire.ListMyMembershipsResponse> ListMyMemberships(
        Wire.ListMyMembershipsRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var (after, size) = ReadPage(request.PageToken, request.PageSize);
        var page = await database.ReadAsync(
            db => db.ListMembershipsAsync(call.Caller.PersonId, after, size + 1), context.CancellationToken);
        return new Wire.ListMyMembershipsResponse
        {
            Memberships =
            {
                page.Take(size).Select(m => new Wire.Membership
                {
                    Member = ToWire(m),
                    Organisation = ToWire(Of(m), concerned: true, call.Now),
                }),
            },
            NextPageToken = Next(page.Count > size, page.ElementAtOrDefault(size - 1)),
        };
    }

    /// <summary>Staff who belong to it act as members or not at all.</summary>
    private static Role? Demanded(Call call, Organisation organisation, Relation relation, UnitTree tree)
    {
        var role = call.Demand(relation, tree.Get(organisation.UnitId).Path);
        if (role is not null)
        {
            organisation.DemandNotOwn();
        }

        return role;
    }

    private static string Next(bool more, Member? last) => more ? $"{new PageToken(last!.AddedAt, last.Id)}" : "";

    private static string Actor(Role? role) => role is null ? "member" : "staff";

    private static Organisation Of(MembershipRow row) => new()
    {
        Id = row.OrganisationId,
        UnitId = row.UnitId,
        Kind = row.OrganisationKind,
        Name = row.Name,
        Status = row.Status,
        Number = row.Number,
        ListedUntil = row.ListedUntil,
        AppliedAt = row.AppliedAt,
        MyKind = row.Kind,
        MayAct = row.MayAct,
    };

    private static Wire.Member ToWire(Member member) => new()
    {
        Id = member.Id.ToString(),
        ShownName = member.ShownName,
        Kind = (Wire.MemberKind)member.Kind,
        MayAct = member.MayAct,
        StartsOn = Day(member.StartsOn),
        EndsOn = Day(member.EndsOn),
    };
}
