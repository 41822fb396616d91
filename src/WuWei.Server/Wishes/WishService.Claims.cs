using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Organization;
using WuWei.Pictures;
using WuWei.Points;
using WuWei.Registry;
using WuWei.Time;

namespace WuWei.Wishes;

/// <summary>From offered to delivered.</summary>
public sealed partial class WishService
{
    public override Task<Wire.OfferWishResponse> OfferWish(Wire.OfferWishRequest request, ServerCallContext context)
    {
        Acquaintance? person = null;
        return MoveAsync(context, request, request.WishId, WishMove.Offer, note: null,
            m => m.Sight.Wish.After(WishMove.Offer),
            wish => new Wire.OfferWishResponse { Wish = wish },
            also: async (m, _) =>
            {
                person = await m.Db.GetAcquaintanceAsync(personalData, request.PersonId, request.Phone);
                var wish = m.Sight.Wish;
                if (person.Id == wish.MakerId || wish.IsFor(person.PhoneIndex))
                {
                    throw Refuse.Denied("WISH_OWN", "不能推荐给许愿人或受益人。");
                }

                if (!await m.Db.AddOfferAsync(wish.Id, person.Id, m.Now))
                {
                    throw Refuse.Taken("WISH_OFFERED", "已经推荐给这个人了。");
                }
            },
            detail: step => step with { OfferedTo = person!.Id });
    }

    public override async Task<Wire.ClaimWishResponse> ClaimWish(
        Wire.ClaimWishRequest request, ServerCallContext context)
    {
        var caller = context.Call().Caller;
        var kind = Faults.EnumOf<ClaimerKind>((int)request.Kind)
            ?? throw Refuse.Invalid("CLAIMER_KIND", "请选择以什么身份认领。", new FieldFault("kind", "必选。"));
        Guid? organisationId = request.OrganisationId.Length == 0
            ? null
            : Faults.IdOf("organisation_id", request.OrganisationId);
        if (organisationId is not null && kind != ClaimerKind.OrganisationMember)
        {
            throw Refuse.Invalid(
                "CLAIMER_KIND", "代表组织认领时，身份要选组织成员。", new FieldFault("organisation_id", "身份不符。"));
        }

        Acting? acting = null;
        return await MoveAsync(context, request, request.WishId, WishMove.Claim, note: null,
            m =>
            {
                var wish = m.Sight.Wish;
                Wish.Next(wish.Status, WishMove.Claim);
                if (wish.MakerId == caller.PersonId || (m.Sight.Relation & Relation.Beneficiary) != 0)
                {
                    throw Refuse.Denied("WISH_OWN", "不能认领自己的心愿。");
                }

                if (wish.Visibility == WishVisibility.Private && (m.Sight.Relation & Relation.Offered) == 0)
                {
                    throw Refuse.Denied("OFFER_NEEDED", "私密心愿要由工作人员推荐后才能认领。");
                }

                if (!m.Rules.AllowedClaimers.Contains(kind))
                {
                    throw Refuse.Denied("CLAIMER_KIND_NOT_ALLOWED", "这类心愿不能以这个身份认领。");
                }

                var reach = new ClaimReach(wish, m.Tree, (m.Sight.Relation & Relation.Offered) != 0);
                var credited = acting is null
                    ? reach.CreditedUnit(kind, caller.HomeUnitId, caller.Roles.Where(r => r.IsInForce(m.Now)))
                        ?? throw Refuse.Denied("CLAIMER_KIND_NOT_HELD", "你在这里没有这个身份，或不在可认领的范围。")
                    : reach.Meeting(acting.UnitIds)
                        ?? throw Refuse.Denied("ORGANISATION_OUT_OF_SCOPE", "这个组织不在这里服务。");
                return wish.Claimed(clock.NewId(), caller.PersonId, kind, credited, m.Rules, m.Now) with
                {
                    ClaimerName = caller.ShownName,
                    PartyBadge = caller.ShowPartyBadge && caller.Holds(Role.PartyMember, m.Now),
                    ClaimSuspicion = SuspicionOf(caller, wish),
                    OrganisationId = acting?.OrganisationId,
                    OrganisationName = acting?.Name,
                };
            },
            wish => new Wire.ClaimWishResponse { Wish = wish },
            first: organisationId is null ? null : async db =>
                acting = await db.GetActingAsync(organisationId.Value, caller.PersonId, context.Call().Now),
            also: async (m, claimed) =>
            {
                await m.Db.TakeClaimAsync(caller.PersonId, options.Value.ClaimsMax);
                m.Db.QueueClaim(claimed);
                if ((m.Sight.Relation & Relation.Offered) != 0)
                {
                    m.Db.QueueOfferEnd(claimed.Id, caller.PersonId);
                }
            });
    }

    public override Task<Wire.ReleaseWishResponse> ReleaseWish(
        Wire.ReleaseWishRequest request, ServerCallContext context)
    {
        var caller = context.Call().Caller;
        return MoveAsync(context, request, request.WishId, WishMove.Release, Reason(request.Reason),
            m => m.Sight.Wish.Opened(WishMove.Release, m.Rules, m.CanClimb, m.Now),
            wish => new Wire.ReleaseWishResponse { Wish = wish },
            also: async (m, released) =>
            {
                await GiveBackAsync(m, released);
                if (await m.Db.HasRevealedAsync(released.Id, caller.PersonId))
                {
                    // Giving back is never refused; looking at the next contact is.
                    await m.Db.TakeAsync(RevealReleases, Revealer(caller), m.Now);
                }
            });
    }

    public override Task<Wire.RevokeClaimResponse> RevokeClaim(
        Wire.RevokeClaimRequest request, ServerCallContext context) =>
        MoveAsync(context, request, request.WishId, WishMove.Revoke, Reason(request.Reason),
            m => m.Sight.Wish.Opened(WishMove.Revoke, m.Rules, m.CanClimb, m.Now),
            wish => new Wire.RevokeClaimResponse { Wish = wish }, also: GiveBackAsync);

    public override Task<Wire.DeliverWishResponse> DeliverWish(
        Wire.DeliverWishRequest request, ServerCallContext context)
    {
        var note = Faults.TextOf("note", request.Note, 2, 1_000);
        var place = Faults.TextOf("place", request.Place, 0, 100);
        var doneAt = Faults.TimeOf("done_at", request.DoneAt) ?? context.Call().Now;
        var pictures = Picture.ReadIds("picture_ids", request.PictureIds);
        return MoveAsync(context, request, request.WishId, WishMove.Deliver, note,
            m =>
            {
                var delivered = m.Sight.Wish.Delivered(m.Rules, m.Now);
                if (doneAt > m.Now || doneAt < m.Sight.Wish.ClaimedAt)
                {
                    throw Refuse.Invalid(
                        "WISH_DONE_AT", "完成时间应在认领之后、现在之前。", new FieldFault("done_at", "时间不对。"));
                }

                return delivered;
            },
            wish =>
            {
                (wish.DeliveryNote, wish.DeliveryNoteState) = (note, Wire.ContentState.Waiting);
                return new Wire.DeliverWishResponse { Wish = wish };
            },
            also: (m, _) =>
            {
                m.Db.QueueOpenClaims(m.Sight.Wish.ClaimerId!.Value, -1);
                return Task.CompletedTask;
            },
            detail: step => step with { Place = place, DoneAt = doneAt, Pictures = pictures });
    }

    public override async Task<Wire.RevealContactResponse> RevealContact(
        Wire.RevealContactRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("wish_id", request.WishId);
        var reason = Faults.TextOf("reason", request.Reason, 0, ReasonLengthMax);
        var tree = await units.TreeAsync(context.CancellationToken);
        string? alarm = null;
        try
        {
            return await writer.WriteUnkeptAsync(context, request, async db =>
            {
                var (wish, actor) = await DemandedAsync(db);
                var contact = Contact(wish);
                if (actor != WishActor.Staff && await db.IsSpentAsync(RevealReleases, Revealer(call.Caller), call.Now))
                {
                    alarm = SecurityEvents.ContactHarvesting;
                    throw Refuse.Exhausted(
                        "RELEASES_TOO_MANY", "今天看过联系方式又退回的心愿太多了，请明天再来，或者联系社区工作人员。");
                }

                var quota = actor == WishActor.Staff
                    ? new Limit("reveal-staff", options.Value.StaffRevealsMax, TimeSpan.FromDays(1))
                    : new Limit("reveal-claimer", options.Value.ClaimerRevealsMax, TimeSpan.FromDays(1));
                if (!await db.TakeAsync(quota, Revealer(call.Caller), call.Now))
                {
                    alarm = SecurityEvents.RevealQuotaSpent;
                    throw Refuse.Exhausted("REVEALS_TOO_MANY", "今天查看联系方式的次数用完了。");
                }

                var step = new WishStep(WishMove.Reveal, call.Now, actor, call.Caller.PersonId, reason)
                {
                    Channel = call.Channel,
                };
                var after = wish.After(WishMove.Reveal) with { Version = wish.Version + 1 };
                await db.MoveWishAsync(personalData, wish, after, step, Entry(call, step, after));
                return contact;
            }, read: async db => Contact((await DemandedAsync(db)).Wish));
        }
        catch (RefusedException) when (alarm is not null)
        {
            await events.NoteAsync(alarm, call.Source, call.Caller.PersonId, call.Permission.Rpc);
            throw;
        }

        async Task<(Wish Wish, WishActor Actor)> DemandedAsync(DbSession db)
        {
            var sight = await SeeAsync(db, call, id, tree);
            var actor = sight.Actor(call.Demand(sight.Relation, sight.Unit.Path));
            Wish.Next(sight.Wish.Status, WishMove.Reveal);
            if (sight.Wish.Status == WishStatus.Kept
                && (actor != WishActor.Staff || await db.FindOpenFollowUpAsync(id) is null))
            {
                throw Refuse.Premature("WISH_WRONG_STATUS", "心愿已经实现，不能再看联系方式。");
            }

            return actor != WishActor.Staff || reason.Length >= ReasonLengthMin
                ? (sight.Wish, actor)
                : throw Refuse.Invalid("REASON_REQUIRED", "请说明查看的理由。", new FieldFault("reason", "必填。"));
        }

        Wire.RevealContactResponse Contact(Wish wish)
        {
            var contact = WishContact.Of(wish, personalData);
            var beneficiary = WishBeneficiary.Of(wish, personalData);
            return contact is null && beneficiary is null
                ? throw Refuse.Missing("CONTACT_NONE", "这个心愿没有留联系方式。")
                : new Wire.RevealContactResponse
                {
                    Contact = contact is null ? null : new Wire.Contact
                    {
                        Name = contact.Name,
                        Phone = contact.Phone,
                        Address = contact.Address,
                    },
                    Beneficiary = beneficiary is null ? null : new Wire.Beneficiary
                    {
                        Name = beneficiary.Name,
                        Phone = beneficiary.Phone,
                        Consent = (Wire.Consent)wish.Consent,
                    },
                };
        }
    }

    private Limit RevealReleases => new("reveal-release", options.Value.RevealReleasesMax, TimeSpan.FromDays(1));

    private byte[] Revealer(Caller caller) => personalData.Index("reveal", $"{caller.PersonId}");

    /// <summary>The claim is over, and the claimer has a hand free.</summary>
    private static Task GiveBackAsync(WishMoving m, Wish after)
    {
        var wish = m.Sight.Wish;
        m.Db.QueueClaimEnd(wish.ClaimId!.Value, m.Now);
        m.Db.QueueOpenClaims(wish.ClaimerId!.Value, -1);
        return Task.CompletedTask;
    }

    /// <summary>What looks odd about a claim, for whoever decides on its points later.</summary>
    private Suspicion SuspicionOf(Caller caller, Wish wish) =>
        (wish.CallerIsItsStaff ? Suspicion.StaffForStaff : Suspicion.None)
        | (wish.CallerSharesDevice ? Suspicion.SameDevice : Suspicion.None)
        | (wish.CallerLivesThere ? Suspicion.SameHousehold : Suspicion.None)
        | (caller.PhoneIndex is { } own && WishContact.Of(wish, personalData) is { } contact
            && personalData.PhoneIndex(contact.Phone).AsSpan().SequenceEqual(own)
                ? Suspicion.SamePhone
                : Suspicion.None);
}
