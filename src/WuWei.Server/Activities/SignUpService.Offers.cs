using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Activities;

/// <summary>Places given to somebody else, and exchanged, when both sides agree.</summary>
public sealed partial class SignUpService
{
    private const int OffersMax = 50;
    private static readonly Limit OffersADay = new("place-offer", 20, TimeSpan.FromDays(1));

    public override async Task<Wire.OfferPlaceResponse> OfferPlace(
        Wire.OfferPlaceRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("sign_up_id", request.SignUpId);
        Guid? forId = request.ForSignUpId.Length == 0 ? null : Faults.IdOf("for_sign_up_id", request.ForSignUpId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var (place, actor) = await DemandSignUpAsync(db, call, id, tree);
            if (forId is not null && place.PersonId != call.Caller.PersonId)
            {
                // Staff may look for a replacement; to take another shift instead is for those two to agree.
                throw Call.Denied();
            }

            var forPlace = forId is { } other
                ? await db.FindSignUpAsync(other, call.Caller.PersonId) ?? throw Unknown()
                : null;
            var toId = forPlace?.PersonId
                ?? (await db.GetAcquaintanceAsync(personalData, request.PersonId, request.Phone)).Id;
            var offer = PlaceOffer.Of(clock.NewId(), place, forPlace, toId, call.Caller.PersonId, call.Now);
            if (!await db.TakeAsync(OffersADay, personalData.Index("person", $"{call.Caller.PersonId}"), call.Now))
            {
                throw Refuse.Exhausted("OFFERS_TOO_MANY", "今天转让的次数太多了，请明天再来。");
            }

            await db.AddOfferAsync(offer);
            db.Record(OfferEntry(call, actor, offer, place.UnitId));
            return new Wire.OfferPlaceResponse { Offer = ToWire(offer, place, forPlace, call) };
        }, again: async (db, first) =>
        {
            await DemandSignUpAsync(db, call, id, tree);
            return first;
        });
    }

    public override async Task<Wire.AnswerOfferResponse> AnswerOffer(
        Wire.AnswerOfferRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("offer_id", request.OfferId);
        // Which places and people it is about never changes, so they are known before the locks.
        var (offer, place, forPlace) = await database.ReadAsync(
            db => OfferedAsync(db, call, id), context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            call.DemandNothing();
            if (!request.Accept)
            {
                var declined = (await OfferedAsync(db, call, id)).Offer.Answered(accept: false, call.Now);
                await db.EndOfferAsync(declined, call.Now);
                db.Record(OfferEntry(call, "participant", declined, place.UnitId));
                return new Wire.AnswerOfferResponse();
            }

            await LockAsync(db, place, offer.ToPersonId, forPlace);
            return await AcceptAsync(db, call, id);
        }, again: (_, first) =>
        {
            call.DemandNothing();
            return Task.FromResult(first);
        });
    }

    public override async Task<Wire.WithdrawOfferResponse> WithdrawOffer(
        Wire.WithdrawOfferRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var id = Faults.IdOf("offer_id", request.OfferId);
        var tree = await units.TreeAsync(context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            var offer = await db.FindOfferAsync(id);
            if (offer?.OfferedBy != call.Caller.PersonId)
            {
                throw UnknownOffer();
            }

            var withdrawn = offer.Withdrawn(call.Now);
            var place = await db.FindSignUpAsync(offer.SignUpId, call.Caller.PersonId) ?? throw Unknown();
            await db.EndOfferAsync(withdrawn, call.Now);
            db.Record(OfferEntry(call, ActorOf(place, call, tree), withdrawn, place.UnitId));
            return new Wire.WithdrawOfferResponse();
        }, again: (_, first) => Task.FromResult(first));
    }

    public override async Task<Wire.ListOffersResponse> ListOffers(
        Wire.ListOffersRequest request, ServerCallContext context)
    {
        var call = context.Call();
        return await database.ReadAsync(async db =>
        {
            var offers = await db.ListOffersToAsync(call.Caller.PersonId, call.Now, OffersMax);
            var places = (await db.ListSignUpsOfferedAsync(call.Caller.PersonId, call.Now, OffersMax))
                .ToDictionary(s => s.Id);
            return new Wire.ListOffersResponse
            {
                Offers =
                {
                    offers.Select(o => ToWire(
                        o, places[o.SignUpId], o.ForSignUpId is { } forId ? places[forId] : null, call)),
                },
            };
        }, context.CancellationToken);
    }

    /// <summary>As whom somebody takes back what they offered: as nobody else, if they are none of these any more.</summary>
    private static string ActorOf(SignUp place, Call call, UnitTree tree) => place.RelationOf(call.Caller) switch
    {
        Relation.None => call.Caller.Covers(Role.Staff, tree.Get(place.UnitId).Path, call.Now) ? "staff" : "self",
        var relation => (relation & Relation.Self) != 0 ? "participant" : "organiser",
    };

    /// <summary>Both places change hands, each looked at anew for who gets it, without the place they give.</summary>
    private async Task<Wire.AnswerOfferResponse> AcceptAsync(DbSession db, Call call, Guid id)
    {
        var (offer, place, forPlace) = await OfferedAsync(db, call, id);
        var accepted = offer.Answered(accept: true, call.Now);
        foreach (var given in new[] { place, forPlace }.OfType<SignUp>())
        {
            if (given.Status != SignUpStatus.SignedUp || given.CheckedIn)
            {
                throw PlaceOffer.Over();
            }
        }

        var taken = await TakeOverAsync(db, call, place, offer.ToPersonId, forPlace?.Id) with
        {
            PersonName = call.Caller.ShownName,
        };
        var inExchange = forPlace is null ? null : await TakeOverAsync(db, call, forPlace, place.PersonId, place.Id);
        await db.EndOfferAsync(accepted, call.Now);
        db.Record(OfferEntry(call, "participant", accepted, place.UnitId));
        // Both are left before either is taken: nobody is twice in a shift, not even for a moment.
        foreach (var given in new[] { place, forPlace }.OfType<SignUp>())
        {
            var left = given.Replaced(call.Caller.PersonId, call.Now);
            db.QueueLeft(left);
            db.Record(Entry(call, "participant", left));
        }

        foreach (var signUp in new[] { taken, inExchange }.OfType<SignUp>())
        {
            db.QueueSignUp(signUp);
            db.Record(Entry(call, "participant", signUp));
        }

        return new Wire.AnswerOfferResponse { SignUp = ToWire(taken, call) };
    }

    /// <summary>Somebody's place as the other's, if they may have it by the rules of signing up.</summary>
    private async Task<SignUp> TakeOverAsync(DbSession db, Call call, SignUp place, Guid personId, Guid? without)
    {
        var seat = await db.FindSeatAsync(place.RoleId, personId, call.Caller.PersonId, call.Now, without)
            ?? throw Unknown();
        seat.Demand(call.Now);
        return seat.Taken(clock.NewId(), personId, SignUpStatus.SignedUp, place.Number, call.Now);
    }

    /// <summary>The offer, if it is to the caller, and the places it is about.</summary>
    private static async Task<(PlaceOffer Offer, SignUp Place, SignUp? ForPlace)> OfferedAsync(
        DbSession db, Call call, Guid id)
    {
        var me = call.Caller.PersonId;
        var offer = await db.FindOfferAsync(id);
        return offer?.ToPersonId == me
            ? (offer, await db.FindSignUpAsync(offer.SignUpId, me) ?? throw Unknown(),
                offer.ForSignUpId is { } forId ? await db.FindSignUpAsync(forId, me) ?? throw Unknown() : null)
            : throw UnknownOffer();
    }

    private static async Task LockAsync(DbSession db, SignUp place, Guid toPersonId, SignUp? forPlace)
    {
        foreach (var person in new[] { place.PersonId, toPersonId }.Order())
        {
            await db.LockPersonAsync(person);
        }

        foreach (var role in new[] { place.RoleId, forPlace?.RoleId ?? place.RoleId }.Distinct().Order())
        {
            await db.LockRoleAsync(role);
        }

        foreach (var signUp in new[] { place, forPlace }.OfType<SignUp>().Select(s => s.Id).Order())
        {
            await db.LockSignUpAsync(signUp);
        }
    }

    private static RefusedException UnknownOffer() => Refuse.Missing("OFFER_UNKNOWN", "没有找到这个转让。");

    private static JournalEntry OfferEntry(Call call, string actor, PlaceOffer offer, Guid unitId) => JournalEntry.By(
        call, actor, $"PLACE_OFFER_{offer.Status.ToString().ToUpperInvariant()}", "place_offer", offer.Id, unitId,
        new { offer.SignUpId, offer.ToPersonId, offer.ForSignUpId, offer.LapsesAt });

    private Wire.PlaceOffer ToWire(PlaceOffer offer, SignUp place, SignUp? forPlace, Call call) => new()
    {
        Id = offer.Id.ToString(),
        Place = ToWire(place, call),
        ForPlace = forPlace is null ? null : ToWire(forPlace, call),
        Status = (Wire.OfferStatus)offer.Status,
        OfferedAt = ActivitySight.Time(offer.OfferedAt),
        LapsesAt = ActivitySight.Time(offer.LapsesAt),
    };
}
