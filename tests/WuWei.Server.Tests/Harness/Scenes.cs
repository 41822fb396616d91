using Google.Protobuf;
using WuWei.Calls;
using WuWei.Operator;
using WuWei.Wishes;

namespace WuWei.Tests.Harness;

/// <summary>Every rpc, with each kind of object that makes a difference to who may call it.</summary>
public static class Scenes
{
    private static readonly Kind[] Kinds =
    [
        new("public", Wire.WishVisibility.Public, "misc"), new("private", Wire.WishVisibility.Private, "misc"),
        new("sensitive", Wire.WishVisibility.Public, "rights"),
    ];

    private static readonly WishStatus[] Statuses = [WishStatus.PendingReview, WishStatus.Open, WishStatus.Claimed];

    public static IReadOnlyList<Scene> All { get; } =
    [
        .. Access(), .. Ground(), .. Categories(), .. Making(), .. WishCalls.All.SelectMany(Move), .. Reading(),
        .. UnitScenes.All(), .. PointsScenes.All(), .. BoardScenes.All(), .. RegistryScenes.All(), .. ActivityScenes.All(),
        .. SeriesScenes.All(), .. AttendanceScenes.All(), .. ServiceRecordScenes.All(),
        .. RecommendationScenes.All(), .. InvitationScenes.All(), .. CampaignScenes.All(), .. ScreenScenes.All(),
        .. WeChatScenes.All(), .. ContentScenes.All(), .. WatchScenes.All(), .. ThreadScenes.All(), .. InboxScenes.All(),
        .. NoticeScenes.All(), .. PictureScenes.All(), .. JournalScenes.All(),
    ];

    private static IEnumerable<Scene> Access() =>
    [
        Plain("AccessService/AskCode", _ => new Wire.AskCodeRequest { Phone = World.NewPhone() }),
        new("AccessService/SignIn", "", async cast => await cast.World.CodeSignInAsync(World.NewPhone())),
        new("AccessService/SignInStaff", "", async cast => await cast.World.StaffSignInAsync()),
        Plain("AccessService/RenewSession", _ => new Wire.RenewSessionRequest()) with { AnswersAnew = true },
        Plain("AccessService/SignOut", _ => new Wire.SignOutRequest()) with { Entries = 1, EndsSession = true },
        Plain("AccessService/EndMySessions", _ => new Wire.EndMySessionsRequest()) with { EndsSession = true },
        new("AccessService/GrantRole", "a volunteer", cast => GrantAsync(cast, Wire.Role.Volunteer)),
        new("AccessService/GrantRole", "staff", cast => GrantAsync(cast, Wire.Role.Staff)),
        new("AccessService/EndRole", "a volunteer's", cast => EndAsync(cast, Role.Volunteer)),
        new("AccessService/EndRole", "a staff member's", cast => EndAsync(cast, Role.Staff)),
        Plain("AccessService/ListRoles", world => new Wire.ListRolesRequest { UnitId = $"{world.Community}" }),
    ];

    private static IEnumerable<Scene> Ground() =>
    [
        Plain("IdentityService/GetMe", _ => new Wire.GetMeRequest()),
        Plain("IdentityService/UpdateMe", _ => new Wire.UpdateMeRequest { ShowPartyBadge = true }),
        Plain("OrganizationService/GetUnit", world => new Wire.GetUnitRequest { UnitId = $"{world.Community}" }),
        Plain("OrganizationService/GetUnitByCode",
            _ => new Wire.GetUnitByCodeRequest { System = UnitImport.System, Code = "999900001001" }),
        Plain("OrganizationService/ListUnits", world => new Wire.ListUnitsRequest { ParentId = $"{world.Street}" }),
        Plain("OrganizationService/ListUnitKinds", _ => new Wire.ListUnitKindsRequest()),
        Plain("ViewService/NoteViews", _ => new Wire.NoteViewsRequest
        {
            Views = { new Wire.View { Id = $"{Guid.NewGuid()}", Module = Wire.ViewModule.Home } },
        }),
        Plain("ViewService/CountViews", world => new Wire.CountViewsRequest
        {
            UnitId = $"{world.Community}",
            FromDay = "2026-01-01",
            ToDay = "2026-01-31",
        }),
    ];

    private static IEnumerable<Scene> Categories() =>
    [
        Plain("CategoryService/ListCategories",
            world => new Wire.ListCategoriesRequest { UnitId = $"{world.Community}" }),
        Plain("CategoryService/AddCategory", world => new Wire.AddCategoryRequest { Category = NewCategory(world) }),
        new("CategoryService/UpdateCategory", "", async cast =>
        {
            var staff = await cast.World.StaffAsync(cast.World.District);
            var added = await staff.Categories.AddCategoryAsync(new() { Category = NewCategory(cast.World) });
            return new Wire.UpdateCategoryRequest { Category = added.Category };
        }),
    ];

    private static IEnumerable<Scene> Making()
    {
        foreach (var origin in new[]
        {
            Wire.WishOrigin.Resident, Wire.WishOrigin.Family, Wire.WishOrigin.GridWorker, Wire.WishOrigin.Staff,
        })
        {
            yield return new(
                "WishService/MakeWish", $"as {origin}", cast => Task.FromResult<IMessage>(Made(cast, origin)));
        }

        yield return new("WishService/RemakeWish", "a wish made by staff", async cast =>
        {
            var id = await cast.Staff.MakeAsync(Made(cast, Wire.WishOrigin.Staff));
            await cast.Staff.Wishes.CallAsync("WithdrawWish", id, cast.Other);
            return new Wire.RemakeWishRequest { WishId = id };
        });
    }

    private static IEnumerable<Scene> Move(string rpc) => Kinds.Select(kind => new Scene(
        $"WishService/{rpc}", $"a {kind.Name} wish", async cast => WishCalls.Request(
            rpc, await OfferedAsync(cast, await kind.Of(cast).WishForAsync(rpc)), cast.Other))
    {
        // A follow-up has an entry of its own.
        Entries = rpc is "RateWish" or "CloseFollowUp" ? 2 : 1,
    });

    private static IEnumerable<Scene> Reading()
    {
        foreach (var kind in Kinds)
        {
            foreach (var status in Statuses)
            {
                var name = $"a {kind.Name} wish, {status}";
                yield return new("WishService/GetWish", name, async cast =>
                    new Wire.GetWishRequest { WishId = await WishAsync(cast, kind, status) });
                yield return new("WishService/GetWishJourney", name, async cast =>
                    new Wire.GetWishJourneyRequest { WishId = await WishAsync(cast, kind, status) });
                yield return new("WishService/ListWishes", $"{kind.Name} ones, {status}", async cast =>
                {
                    await WishAsync(cast, kind, status);
                    return InUnit(cast.World, (Wire.WishStatus)status);
                });
            }
        }

        foreach (var kind in Kinds)
        {
            yield return new("WishService/ListWishesNear", $"a {kind.Name} wish", async cast =>
            {
                var here = new Wire.Point { Latitude = 32_003_000, Longitude = 118_732_000 };
                await WishAsync(cast with { Detail = request => request.Point = here }, kind, WishStatus.Open);
                return new Wire.ListWishesNearRequest
                {
                    Latitude = here.Latitude,
                    Longitude = here.Longitude,
                    PageSize = 50,
                };
            });
        }

        yield return Plain("WishService/ListWishes", world =>
        {
            var request = InUnit(world, Wire.WishStatus.Open);
            request.Overdue = true;
            return request;
        }) with
        { On = "overdue" };
        foreach (var view in new[] { Wire.WishView.Mine, Wire.WishView.ClaimedByMe, Wire.WishView.OfferedToMe })
        {
            yield return new("WishService/ListWishes", $"{view}", async cast =>
            {
                await WishAsync(cast, Kinds[1], WishStatus.Open);
                return new Wire.ListWishesRequest { View = view };
            });
        }

        yield return new("WishService/ListFollowUps", "", async cast =>
        {
            await cast.WishForAsync("CloseFollowUp");
            return new Wire.ListFollowUpsRequest { UnitId = $"{cast.World.Community}" };
        });
        yield return Plain("WishService/GetSatisfaction", _ => new Wire.GetSatisfactionRequest()) with { On = "their own" };
        yield return new("WishService/GetSatisfaction", "somebody's", cast => Task.FromResult<IMessage>(
            new Wire.GetSatisfactionRequest { PersonId = $"{cast.Claimer.PersonId}", UnitId = $"{cast.World.Community}" }));
        yield return Plain("WishService/ReportWishes", world => new Wire.ReportWishesRequest
        {
            UnitId = $"{world.Community}",
            FromDay = world.Today,
            ToDay = world.Today,
        });
        yield return Plain(
            "WishService/CountWishes", world => new Wire.CountWishesRequest { UnitId = $"{world.Community}" });
    }

    /// <summary>A call whose object is always there.</summary>
    private static Scene Plain(string rpc, Func<World, IMessage> request) =>
        new(rpc, "", cast => Task.FromResult(request(cast.World)));

    private static async Task<IMessage> GrantAsync(WishCast cast, Wire.Role role) => new Wire.GrantRoleRequest
    {
        PersonId = $"{(await cast.World.ResidentAsync()).PersonId}",
        Role = role,
        UnitId = $"{cast.World.Community}",
    };

    private static async Task<IMessage> EndAsync(WishCast cast, Role role)
    {
        var holder = await cast.World.WithRoleAsync(role, cast.World.Community);
        return new Wire.EndRoleRequest
        {
            RoleId = (await holder.Identity.GetMeAsync(new())).Me.Roles.Single().Id,
            Reason = "调离岗位",
        };
    }

    private static Wire.Category NewCategory(World world) => new()
    {
        DistrictId = $"{world.District}",
        Code = $"c{Guid.NewGuid():n}"[..20],
        Name = "新的类别",
        Active = true,
    };

    private static Wire.MakeWishRequest Made(WishCast cast, Wire.WishOrigin origin)
    {
        var request = cast.Request();
        request.Origin = origin;
        if (origin == Wire.WishOrigin.Resident)
        {
            request.Beneficiary = null;
        }

        return request;
    }

    private static async Task<string> WishAsync(WishCast cast, Kind kind, WishStatus status) =>
        await OfferedAsync(cast, await kind.Of(cast).WishAsync(status));

    /// <summary>An open wish is offered to somebody already.</summary>
    private static async Task<string> OfferedAsync(WishCast cast, string id)
    {
        if ((await cast.Staff.Wishes.GetWishAsync(new() { WishId = id })).Wish.Status == Wire.WishStatus.Open)
        {
            await cast.Staff.Wishes.CallAsync("OfferWish", id, cast.Offered);
        }

        return id;
    }

    private static Wire.ListWishesRequest InUnit(World world, Wire.WishStatus status) =>
        new() { View = Wire.WishView.Unit, UnitId = $"{world.Community}", Status = status, PageSize = 50 };

    private sealed record Kind(string Name, Wire.WishVisibility Visibility, string Category)
    {
        public WishCast Of(WishCast cast) => cast with { Visibility = Visibility, Category = Category };
    }
}
