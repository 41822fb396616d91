using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace WuWei.Tests.Harness;

/// <summary>
/// Calls on activities, sign-ups and skills. The claimer of the cast, a volunteer, organises; its maker takes part; what is
/// offered is offered to the one who lives far away.
/// </summary>
public static class ActivityScenes
{
    private const string Reason = "有理由";

    public static IEnumerable<Scene> All() => [.. Life(), .. Reading(), .. SignUps(), .. Skills()];

    private static IEnumerable<Scene> Life() =>
    [
        Plain("ActivityService/MakeActivity", world => new Wire.MakeActivityRequest { Form = world.Activity() }),
        On("MakeActivity", "for an organisation its maker acts for", async cast =>
        {
            var founder = await cast.World.ResidentAsync();
            var form = cast.World.Activity();
            form.OrganisationId = await founder.ListedAsync(cast.World.Community, cast.SecondStaff);
            await founder.AddMemberAsync(form.OrganisationId, cast.Maker, mayAct: true);
            return new Wire.MakeActivityRequest { Form = form };
        }),
        On("EditActivity", "a draft", async cast =>
        {
            var form = cast.World.Activity();
            return new Wire.EditActivityRequest { ActivityId = (await cast.Claimer.DraftAsync(form)).Id, Form = form };
        }),
        On("PublishActivity", "a draft", async cast =>
            new Wire.PublishActivityRequest { ActivityId = (await DraftAsync(cast)).Id }),
        On("ApproveActivity", "in review", async cast =>
            new Wire.ApproveActivityRequest { ActivityId = await InReviewAsync(cast) }),
        On("ReturnActivity", "in review", async cast =>
            new Wire.ReturnActivityRequest { ActivityId = await InReviewAsync(cast), Reason = Reason }),
        On("CancelActivity", "enrolling", async cast =>
            new Wire.CancelActivityRequest { ActivityId = (await OpenAsync(cast)).Id, Reason = Reason }),
        On("SettleActivity", "a draft, which cannot be", async cast =>
            new Wire.SettleActivityRequest { ActivityId = (await DraftAsync(cast)).Id }),
        On("ChangeShift", "enrolling", async cast =>
        {
            var activity = await OpenAsync(cast);
            var request = new Wire.ChangeShiftRequest { ActivityId = activity.Id, ShiftId = activity.Shifts[0].Id };
            request.Capacities.Add(new Wire.RoleCapacity { RoleId = activity.Role(), Capacity = 9 });
            return request;
        }),
        On("AddShift", "enrolling", async cast => new Wire.AddShiftRequest
        {
            ActivityId = (await OpenAsync(cast)).Id,
            Shift = ActivitySteps.ShiftAt(cast.World.NextSlot(), 2),
        }),
        On("CancelShift", "enrolling", async cast =>
        {
            var open = await OpenAsync(cast);
            var activity = (await cast.Claimer.Activities.AddShiftAsync(
                new() { ActivityId = open.Id, Shift = ActivitySteps.ShiftAt(cast.World.NextSlot(), 2) })).Activity;
            return new Wire.CancelShiftRequest
            {
                ActivityId = open.Id,
                ShiftId = activity.Shifts[1].Id,
                Reason = Reason,
            };
        }),
        On("RecordInsurance", "enrolling", async cast =>
        {
            var activity = await OpenAsync(cast);
            return new Wire.RecordInsuranceRequest { ActivityId = activity.Id, InsuredUntil = activity.EndsAt };
        }),
        On("AddOrganiser", "enrolling", async cast => new Wire.AddOrganiserRequest
        {
            ActivityId = (await OpenAsync(cast)).Id,
            PersonId = $"{cast.Other.PersonId}",
        }),
        On("RemoveOrganiser", "enrolling", async cast => new Wire.RemoveOrganiserRequest
        {
            ActivityId = (await OrganisedAsync(cast)).Id,
            PersonId = $"{cast.Beneficiary.PersonId}",
        }),
    ];

    private static IEnumerable<Scene> Reading() =>
    [
        On("GetActivity", "a draft", async cast =>
            new Wire.GetActivityRequest { ActivityId = (await DraftAsync(cast)).Id }),
        On("GetActivity", "enrolling", async cast =>
            new Wire.GetActivityRequest { ActivityId = (await OrganisedAsync(cast)).Id }),
        On("GetActivityJourney", "enrolling", async cast =>
            new Wire.GetActivityJourneyRequest { ActivityId = (await OpenAsync(cast)).Id }),
        On("ListActivities", "enrolling", async cast =>
        {
            await OpenAsync(cast);
            return InUnit(cast, Wire.ActivityStatus.Enrolling);
        }),
        On("ListActivities", "in review", async cast =>
        {
            await InReviewAsync(cast);
            return InUnit(cast, Wire.ActivityStatus.InReview);
        }),
        On("ListActivities", "one's own", _ => Task.FromResult<IMessage>(
            new Wire.ListActivitiesRequest { View = Wire.ActivityView.Mine })),
        On("ListActivitiesNear", "enrolling", async cast =>
        {
            var spot = (await OpenAsync(cast)).Spot;
            return new Wire.ListActivitiesNearRequest
            {
                Latitude = spot.Latitude,
                Longitude = spot.Longitude,
                PageSize = 50,
            };
        }),
        Plain("ActivityService/ListCoverage", world => new Wire.ListCoverageRequest { UnitId = $"{world.Community}" }),
    ];

    private static IEnumerable<Scene> SignUps() =>
    [
        Sign("SignUp", "", async cast => new Wire.SignUpRequest { RoleId = (await OpenAsync(cast)).Role() }),
        Sign("SignUpOthers", "", async cast => new Wire.SignUpOthersRequest
        {
            RoleId = (await OrganisedAsync(cast)).Role(),
            People = { new Wire.PersonToSignUp { PersonId = $"{cast.Other.PersonId}", Consent = Wire.SignUpConsent.ByPhone } },
        }),
        Sign("CancelSignUp", "", async cast =>
            new Wire.CancelSignUpRequest { SignUpId = (await PlaceAsync(cast)).Id, Reason = Reason }),
        Sign("AcknowledgeChange", "", async cast =>
        {
            var place = await PlaceAsync(cast);
            var startsAt = cast.World.NextSlot();
            await cast.Staff.Activities.ChangeShiftAsync(new()
            {
                ActivityId = place.ActivityId,
                ShiftId = place.ShiftId,
                StartsAt = Timestamp.FromDateTime(startsAt),
                EndsAt = Timestamp.FromDateTime(startsAt.AddMinutes(50)),
            });
            return new Wire.AcknowledgeChangeRequest { SignUpId = place.Id };
        }),
        Sign("OfferPlace", "", async cast => new Wire.OfferPlaceRequest
        {
            SignUpId = (await PlaceAsync(cast)).Id,
            PersonId = $"{cast.Offered.PersonId}",
        }),
        Sign("AnswerOffer", "", async cast =>
        {
            var offer = await cast.Maker.SignUps.OfferPlaceAsync(new()
            {
                SignUpId = (await PlaceAsync(cast)).Id,
                PersonId = $"{cast.Offered.PersonId}",
            });
            return new Wire.AnswerOfferRequest { OfferId = offer.Offer.Id, Accept = true };
        }) with
        {
            // The offer, the place that was left, and the one that was taken.
            Entries = 3,
        },
        Sign("WithdrawOffer", "", async cast =>
        {
            var offer = await cast.Maker.SignUps.OfferPlaceAsync(new()
            {
                SignUpId = (await PlaceAsync(cast)).Id,
                PersonId = $"{cast.Offered.PersonId}",
            });
            return new Wire.WithdrawOfferRequest { OfferId = offer.Offer.Id };
        }),
        Plain("SignUpService/ListOffers", _ => new Wire.ListOffersRequest()),
        Plain("SignUpService/ListMySignUps", _ => new Wire.ListMySignUpsRequest()),
        Sign("ListSignUps", "", async cast => new Wire.ListSignUpsRequest { RoleId = (await PlaceAsync(cast)).RoleId }),
    ];

    private static IEnumerable<Scene> Skills() =>
    [
        Plain("SkillService/ListSkills", world => new Wire.ListSkillsRequest { UnitId = $"{world.Community}" }),
        Plain("SkillService/AddSkill", world => NewSkill(world)),
        new("SkillService/VerifySkill", "", async cast => await VerifiedAsync(cast)),
        new("SkillService/RevokeSkill", "", async cast => new Wire.RevokeSkillRequest
        {
            HeldSkillId = (await cast.SecondStaff.Skills.VerifySkillAsync(await VerifiedAsync(cast))).Skill.Id,
            Reason = Reason,
        }),
        new("SkillService/RecordCourse", "", async cast => new Wire.RecordCourseRequest
        {
            UnitId = $"{cast.World.Community}",
            Code = "first-aid",
            PersonId = $"{(await cast.World.ResidentAsync()).PersonId}",
            Reason = Reason,
        }),
        Plain("SkillService/ListMySkills", _ => new Wire.ListMySkillsRequest()),
    ];

    private static Scene Plain(string rpc, Func<World, IMessage> request) =>
        new(rpc, "", cast => Task.FromResult(request(cast.World)));

    private static Scene On(string rpc, string on, Func<WishCast, Task<IMessage>> prepare) =>
        new($"ActivityService/{rpc}", on, prepare);

    private static Scene Sign(string rpc, string on, Func<WishCast, Task<IMessage>> prepare) =>
        new($"SignUpService/{rpc}", on, prepare);

    private static Wire.ListActivitiesRequest InUnit(WishCast cast, Wire.ActivityStatus status) =>
        new() { View = Wire.ActivityView.Unit, UnitId = $"{cast.World.Community}", Status = status, PageSize = 50 };

    private static Task<Wire.Activity> DraftAsync(WishCast cast) => cast.Claimer.DraftAsync(cast.World.Activity());

    private static async Task<string> InReviewAsync(WishCast cast)
    {
        var draft = await DraftAsync(cast);
        return (await cast.Claimer.Activities.PublishActivityAsync(new() { ActivityId = draft.Id })).Activity.Id;
    }

    private static async Task<Wire.Activity> OpenAsync(WishCast cast) => (await cast.SecondStaff.Activities.ApproveActivityAsync(
        new() { ActivityId = await InReviewAsync(cast) })).Activity;

    /// <summary>The beneficiary of the cast organises it, too.</summary>
    private static async Task<Wire.Activity> OrganisedAsync(WishCast cast) => (await cast.Claimer.Activities.AddOrganiserAsync(
        new() { ActivityId = (await OpenAsync(cast)).Id, PersonId = $"{cast.Beneficiary.PersonId}" })).Activity;

    private static async Task<Wire.SignUp> PlaceAsync(WishCast cast) =>
        await cast.Maker.SignUpAsync((await OrganisedAsync(cast)).Role());

    private static Wire.AddSkillRequest NewSkill(World world) =>
        new() { UnitId = $"{world.District}", Code = $"s{Guid.NewGuid():n}"[..20], Name = "急救" };

    private static async Task<Wire.VerifySkillRequest> VerifiedAsync(WishCast cast)
    {
        var chief = await cast.World.StaffAsync(cast.World.District);
        return new Wire.VerifySkillRequest
        {
            UnitId = $"{cast.World.Community}",
            SkillId = (await chief.Skills.AddSkillAsync(NewSkill(cast.World))).Skill.Id,
            PersonId = $"{(await cast.World.ResidentAsync()).PersonId}",
            ValidUntil = Timestamp.FromDateTime(cast.World.Now.AddYears(1)),
        };
    }
}
