using WuWei.Calls;

namespace WuWei.Access;

/// <summary>The whole permission table. What is not listed here does not exist, at any door.</summary>
public static class Permissions
{
    private static readonly Role[] SignedIn = [Role.Resident];
    private static readonly Role[] Staff = [Role.Staff];
    private static readonly Role[] Overseers = [Role.Staff, Role.Auditor];
    private static readonly Role[] None = [];

    /// <summary>What the website of the district shows to everybody.</summary>
    private static readonly string[] WithoutSignIn =
    [
        Name("OrganizationService/GetUnit"), Name("OrganizationService/GetUnitByCode"), Name("OrganizationService/ListUnits"),
        Name("OrganizationService/ListUnitKinds"), Name("CategoryService/ListCategories"),
        Name("WishService/GetWish"), Name("WishService/ListWishes"), Name("WishService/ListWishesNear"),
        Name("WishService/CountWishes"), Name("ActivityService/GetActivity"), Name("ActivityService/ListActivities"),
        Name("ActivityService/ListActivitiesNear"),
        Name("ServiceRecordService/CountActivities"), Name("CampaignService/GetCampaignBoard"),
        Name("RegistryService/GetOrganisation"), Name("RegistryService/ListOrganisations"),
        Name("RegistryService/CountOrganisations"), Name("BoardService/GetBoard"),
    ];

    /// <summary>What is about no unit in particular, and no person.</summary>
    private static readonly string[] ForPartnersAnywhere =
    [
        Name("OrganizationService/GetUnit"), Name("OrganizationService/GetUnitByCode"), Name("OrganizationService/ListUnits"),
        Name("OrganizationService/ListUnitKinds"), Name("CategoryService/ListCategories"),
        Name("JournalService/Follow"), Name("JournalService/Get"), Name("JournalService/Head"),
    ];

    /// <summary>What other systems may have in their units, as strangers: nobody's contact, nobody's place.</summary>
    private static readonly string[] ForPartnersInUnits =
    [
        Name("WishService/GetWish"), Name("WishService/ListWishes"), Name("WishService/CountWishes"),
        Name("ActivityService/GetActivity"), Name("ActivityService/ListActivities"),
        Name("ServiceRecordService/CountActivities"), Name("CampaignService/GetCampaignBoard"),
        Name("RegistryService/ListOrganisations"), Name("RegistryService/CountOrganisations"), Name("BoardService/GetBoard"),
        Name("BoardService/WatchBoard"),
    ];

    /// <summary>What other systems bring for somebody who asked there.</summary>
    private static readonly string[] ForPartnersOnBehalf = [Name("WishService/MakeWish")];

    private const Relation Owner = Relation.Maker | Relation.Beneficiary;
    private const Relation Parties = Owner | Relation.Claimer;
    private const Relation Organising = Relation.Maker | Relation.Organiser;

    public static IReadOnlyDictionary<string, Permission> ByRpc { get; } = new Permission[]
    {
        // Anyone, signed in or not.
        new("grpc.health.v1.Health/Check", null, Relation.None, Scope.Own, Doors.Both, Writes: false),
        new("grpc.health.v1.Health/List", null, Relation.None, Scope.Own, Doors.Both, Writes: false),
        new("grpc.health.v1.Health/Watch", null, Relation.None, Scope.Own, Doors.Systems, Writes: false),
        new("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", null, Relation.None, Scope.Own, Doors.Systems,
            Writes: false),
        new("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", null, Relation.None, Scope.Own,
            Doors.Systems, Writes: false),
        Anyone("AccessService/AskCode"),
        Anyone("AccessService/SignIn"),
        Anyone("AccessService/SignInStaff"),
        Anyone("WeChatService/SignInWeChat"),
        Anyone("WeChatService/SignInWeChatPhone"),

        // The caller's own affairs.
        Own("AccessService/RenewSession", writes: false),
        Own("AccessService/SignOut", writes: false),
        Own("AccessService/EndMySessions", writes: true),
        Own("IdentityService/GetMe", writes: false),
        Own("IdentityService/UpdateMe", writes: true),
        Own("WeChatService/BindWeChat", writes: true),
        Own("WeChatService/UnbindWeChat", writes: true),
        Own("WeChatService/ListMyWeChat", writes: false),

        Own("InboxService/ListInbox", writes: false),
        Own("InboxService/CountUnread", writes: false),
        Own("InboxService/MarkRead", writes: false),
        Own("InboxService/GetInboxPreferences", writes: false),
        Own("InboxService/SetInboxPreferences", writes: true),
        Own("InboxService/AllowMessages", writes: true),

        // Notices. Whoever one is not for does not find it.
        Write("NoticeService/PublishNotice", Staff, Relation.None, Scope.Subtree),
        Write("NoticeService/WithdrawNotice", Staff, Relation.None, Scope.Subtree),
        Read("NoticeService/ListNotices", SignedIn, Relation.None, Scope.All),
        Read("NoticeService/GetNotice", SignedIn, Relation.None, Scope.All),
        Read("NoticeService/CountNoticeReads", Overseers, Relation.None, Scope.Subtree),
        Read("NoticeService/ListNoticeUnread", Staff, Relation.None, Scope.Subtree),
        Write("NoticeService/RevealNoticePhone", Staff, Relation.None, Scope.Subtree),

        // The tree and its roles.
        Own("OrganizationService/GetUnit", writes: false),
        Own("OrganizationService/GetUnitByCode", writes: false),
        Own("OrganizationService/ListUnits", writes: false),
        Own("OrganizationService/ListUnitKinds", writes: false),
        Write("OrganizationService/RenameUnit", Staff, Relation.None, Scope.Subtree),
        Write("OrganizationService/CloseUnit", Staff, Relation.None, Scope.Subtree),
        Write("OrganizationService/MergeUnits", Staff, Relation.None, Scope.Subtree),
        Write("OrganizationService/SplitUnit", Staff, Relation.None, Scope.Subtree),
        Write("OrganizationService/ApproveUnitChange", Staff, Relation.None, Scope.Subtree),
        Write("OrganizationService/DeclineUnitChange", Staff, Relation.None, Scope.Subtree),
        Write("OrganizationService/CancelUnitChange", Staff, Relation.None, Scope.Subtree),
        Read("OrganizationService/ListUnitChanges", Overseers, Relation.None, Scope.Subtree),
        Read("OrganizationService/ListUnitResidents", Staff, Relation.None, Scope.Subtree),
        Write("OrganizationService/RehomePeople", Staff, Relation.None, Scope.Subtree),
        Write("AccessService/GrantRole", Staff, Relation.None, Scope.Subtree),
        Write("AccessService/EndRole", Staff, Relation.None, Scope.Subtree),
        Read("AccessService/ListRoles", Overseers, Relation.None, Scope.Subtree),

        // Categories.
        Own("CategoryService/ListCategories", writes: false),
        Write("CategoryService/AddCategory", Staff, Relation.None, Scope.Subtree),
        Write("CategoryService/UpdateCategory", Staff, Relation.None, Scope.Subtree),

        // Wishes. Whoever may not see one does not find it; see Wish.VisibleTo.
        Write("WishService/MakeWish", [Role.Resident, Role.GridWorker, Role.Staff], Relation.None, Scope.All),
        Write("WishService/ApproveWish", Staff, Relation.None, Scope.Subtree),
        Write("WishService/RejectWish", Staff, Relation.None, Scope.Subtree),
        Write("WishService/OfferWish", Staff, Relation.None, Scope.Subtree),
        Write("WishService/ClaimWish",
            [Role.PartyMember, Role.Volunteer, Role.OrganisationMember, Role.Resident], Relation.Offered, Scope.All),
        Write("WishService/ReleaseWish", None, Relation.Claimer, Scope.Subtree),
        Write("WishService/RevokeClaim", Staff, Relation.None, Scope.Subtree),
        Write("WishService/RevealContact", Staff, Relation.Claimer, Scope.Subtree),
        Write("WishService/DeliverWish", None, Relation.Claimer, Scope.Subtree),
        Write("WishService/ConfirmWish", Staff, Owner, Scope.Subtree),
        Write("WishService/RateWish", None, Owner, Scope.Subtree),
        Write("WishService/CloseFollowUp", Staff, Relation.None, Scope.Subtree),
        Write("WishService/DisputeWish", Staff, Owner, Scope.Subtree),
        Write("WishService/ProposeOverturn", Staff, Relation.None, Scope.Subtree),
        Write("WishService/OverturnWish", Staff, Relation.None, Scope.Subtree),
        Write("WishService/WithdrawWish", Staff, Relation.Maker, Scope.Subtree),
        Write("WishService/EscalateWish", Staff, Relation.None, Scope.Subtree),
        Write("WishService/RehomeWish", Staff, Relation.None, Scope.Subtree),
        Write("WishService/RemakeWish", Staff, Relation.Maker, Scope.Subtree),
        Read("WishService/GetWish", [Role.Resident], Relation.None, Scope.All),
        Read("WishService/GetWishJourney", [Role.Resident], Relation.None, Scope.All),
        Read("WishService/ListWishes", [Role.Resident], Relation.None, Scope.All),
        Own("WishService/ListWishesNear", writes: false),
        Read("WishService/CountWishes", [Role.Resident], Relation.None, Scope.All),
        Read("WishService/ListFollowUps", Overseers, Relation.None, Scope.Subtree),
        Read("WishService/GetSatisfaction", [Role.Resident], Relation.None, Scope.All),
        Read("WishService/ReportWishes", Overseers, Relation.None, Scope.Subtree),

        // Who follows wishes, and those that are alike.
        Write("WatchService/WatchWish", SignedIn, Relation.None, Scope.All),
        Own("WatchService/UnwatchWish", writes: true),
        Own("WatchService/ListWatched", writes: false),
        Own("WatchService/SuggestDuplicates", writes: false),
        Write("WatchService/MergeWish", Staff, Relation.None, Scope.Subtree),

        // Threads. To whoever is no party of one there is none; staff read it for a report.
        Read("ThreadService/GetThread", None, Parties, Scope.Subtree),
        Own("ThreadService/ListMyThreads", writes: false),
        Read("ThreadService/ListMessages", None, Parties, Scope.Subtree),
        Write("ThreadService/SendMessage", None, Parties, Scope.Subtree),
        Read("ThreadService/MarkThreadRead", None, Parties, Scope.Subtree),
        Write("ThreadService/AgreeToShowContacts", None, Parties, Scope.Subtree),
        Write("ThreadService/ReportMessage", None, Parties, Scope.Subtree),
        Read("ThreadService/ListThreadReports", Staff, Relation.None, Scope.Subtree),
        Write("ThreadService/RevealReportedThread", Staff, Relation.None, Scope.Subtree),
        Write("ThreadService/DecideThreadReport", Staff, Relation.None, Scope.Subtree),

        // Activities. Whoever may not see one does not find it; see Activity.VisibleTo.
        Write("ActivityService/MakeActivity",
            [Role.Staff, Role.GridWorker, Role.PartyMember, Role.Volunteer], Relation.Member, Scope.Subtree),
        Write("ActivityService/EditActivity", Staff, Organising, Scope.Subtree),
        Write("ActivityService/PublishActivity", Staff, Organising, Scope.Subtree),
        Write("ActivityService/ApproveActivity", Staff, Relation.None, Scope.Subtree),
        Write("ActivityService/ReturnActivity", Staff, Relation.None, Scope.Subtree),
        Write("ActivityService/CancelActivity", Staff, Organising, Scope.Subtree),
        Write("ActivityService/SettleActivity", Staff, Organising, Scope.Subtree),
        Write("ActivityService/ChangeShift", Staff, Organising, Scope.Subtree),
        Write("ActivityService/AddShift", Staff, Organising, Scope.Subtree),
        Write("ActivityService/CancelShift", Staff, Organising, Scope.Subtree),
        Write("ActivityService/RecordInsurance", Staff, Organising, Scope.Subtree),
        Write("ActivityService/AddOrganiser", Staff, Relation.Maker, Scope.Subtree),
        Write("ActivityService/RemoveOrganiser", Staff, Relation.Maker, Scope.Subtree),
        Read("ActivityService/GetActivity", SignedIn, Relation.None, Scope.All),
        Read("ActivityService/GetActivityJourney", SignedIn, Relation.None, Scope.All),
        Read("ActivityService/ListActivities", SignedIn, Relation.None, Scope.All),
        Own("ActivityService/ListActivitiesNear", writes: false),
        Read("ActivityService/ListCoverage", Overseers, Relation.None, Scope.Subtree),
        Write("SeriesService/MakeSeries", Staff, Relation.None, Scope.Subtree),
        Write("SeriesService/EditSeries", Staff, Relation.None, Scope.Subtree),
        Write("SeriesService/SkipOccurrence", Staff, Relation.None, Scope.Subtree),
        Write("SeriesService/EndSeries", Staff, Relation.None, Scope.Subtree),
        Read("SeriesService/ListSeries", Overseers, Relation.None, Scope.Subtree),
        Write("SignUpService/SignUp", SignedIn, Relation.None, Scope.All),
        Write("SignUpService/SignUpOthers", Staff, Organising, Scope.Subtree),
        Write("SignUpService/CancelSignUp", Staff, Relation.Self | Organising, Scope.Subtree),
        Write("SignUpService/AcknowledgeChange", None, Relation.Self, Scope.Subtree),
        Write("SignUpService/OfferPlace", Staff, Relation.Self | Organising, Scope.Subtree),
        Write("SignUpService/AnswerOffer", SignedIn, Relation.None, Scope.All),
        Own("SignUpService/WithdrawOffer", writes: true),
        Own("SignUpService/ListOffers", writes: false),
        Own("SignUpService/ListMySignUps", writes: false),
        Read("SignUpService/ListSignUps", Overseers, Organising, Scope.Subtree),
        Read("AttendanceService/GetCheckInCode", Staff, Organising, Scope.Subtree),
        Own("AttendanceService/CheckIn", writes: true),
        Own("AttendanceService/CheckOut", writes: true),
        Own("AttendanceService/AppealCheckIn", writes: true),
        Read("AttendanceService/ListAppeals", Overseers, Organising, Scope.Subtree),
        Write("AttendanceService/DecideAppeal", Staff, Organising, Scope.Subtree),
        Read("AttendanceService/ListAttendance", Overseers, Organising, Scope.Subtree),
        Write("AttendanceService/ConfirmAttendance", Staff, Organising, Scope.Subtree),
        Read("ServiceRecordService/GetServiceRecord", Overseers, Relation.Self, Scope.Subtree),
        Read("ServiceRecordService/ListServiceLines", Overseers, Relation.Self, Scope.Subtree),
        Write("ServiceRecordService/ProposeHours", Staff, Relation.None, Scope.Subtree),
        Write("ServiceRecordService/DecideHours", Staff, Relation.None, Scope.Subtree),
        Read("ServiceRecordService/ListHandHours", Overseers, Relation.None, Scope.Subtree),
        Own("ServiceRecordService/GiveFeedback", writes: true),
        Read("ServiceRecordService/GetFeedback", SignedIn, Relation.None, Scope.All),
        Read("ServiceRecordService/CountActivities", SignedIn, Relation.None, Scope.All),
        Own("SkillService/ListSkills", writes: false),
        Write("SkillService/AddSkill", Staff, Relation.None, Scope.Subtree),
        Write("SkillService/VerifySkill", Staff, Relation.None, Scope.Subtree),
        Write("SkillService/RevokeSkill", Staff, Relation.None, Scope.Subtree),
        Write("SkillService/RecordCourse", Staff, Relation.None, Scope.Subtree),
        Own("SkillService/ListMySkills", writes: false),

        // Boards of festivals and campaigns. Whoever may not see one does not find it.
        Read("CampaignService/GetCampaignBoard", SignedIn, Relation.None, Scope.All),
        Read("CampaignService/ListAroundMeInCampaign", SignedIn, Relation.None, Scope.All),

        // Recommendations.
        Own("RecommendationService/RecommendForMe", writes: false),
        Read("RecommendationService/RecommendHelpers", Staff, Relation.None, Scope.Subtree),

        // Invitations.
        Own("InvitationService/MakeInvitation", writes: true),
        Own("InvitationService/RedeemInvitation", writes: true),
        Own("InvitationService/ListMyInvitations", writes: false),
        Own("InvitationService/CountInvitations", writes: false),

        // Pictures, as long as they are their author's own.
        Own("PictureService/UploadPicture", writes: true),
        Own("PictureService/GetPicture", writes: false),
        Own("PictureService/DiscardPicture", writes: true),

        // Points.
        Own("PointsService/GetPoints", writes: false),
        Own("PointsService/ListPoints", writes: false),
        Read("PointsService/ExplainAward", Overseers, Relation.Self, Scope.Subtree),
        Read("PointsService/ListHeldAwards", Overseers, Relation.None, Scope.Subtree),
        Write("PointsService/DecideHeldAward", Staff, Relation.None, Scope.Subtree),
        Write("PointsService/ProposeReversal", Staff, Relation.None, Scope.Subtree),
        Write("PointsService/ProposeAdjustment", Staff, Relation.None, Scope.Subtree),
        Write("PointsService/DecideCorrection", Staff, Relation.None, Scope.Subtree),
        Read("PointsService/ListCorrections", Overseers, Relation.None, Scope.Subtree),
        Own("PointsService/ListPointsRules", writes: false),
        Write("PointsService/ProposePointsRules", Staff, Relation.None, Scope.Subtree),
        Write("PointsService/ApprovePointsRules", Staff, Relation.None, Scope.Subtree),

        // Views are counted once by their own ids, which need no key.
        Own("ViewService/NoteViews", writes: false),
        Read("ViewService/CountViews", [Role.Resident], Relation.None, Scope.All),

        // Boards, which name nobody who does not want it.
        Own("BoardService/GetBoard", writes: false),
        Own("BoardService/GetMyRank", writes: false),
        Own("BoardService/ListAroundMe", writes: false),
        Own("BoardService/WatchBoard", writes: false),
        // The register of organisations.
        Own("RegistryService/RegisterOrganisation", writes: true),
        Read("RegistryService/GetOrganisation", [Role.Resident], Relation.None, Scope.All),
        Read("RegistryService/ListOrganisations", [Role.Resident], Relation.None, Scope.All),
        Own("RegistryService/CountOrganisations", writes: false),
        Write("RegistryService/DecideOrganisation", Staff, Relation.None, Scope.Subtree),
        Write("RegistryService/RenewOrganisation", Staff, Relation.None, Scope.Subtree),
        Write("RegistryService/SuspendOrganisation", Staff, Relation.None, Scope.Subtree),
        Write("RegistryService/ApplyForScope", None, Relation.Member, Scope.Subtree),
        Write("RegistryService/DecideScope", Staff, Relation.None, Scope.Subtree),
        Write("RegistryService/AddMember", Staff, Relation.Member, Scope.Subtree),
        Write("RegistryService/EndMember", Staff, Relation.Member | Relation.Self, Scope.Subtree),
        Read("RegistryService/ListMembers", Overseers, Relation.Member, Scope.Subtree),
        Own("RegistryService/ListMyMemberships", writes: false),

        // Content checks.
        Read("ContentCheckService/ListContentReviews", Overseers, Relation.None, Scope.Subtree),
        Write("ContentCheckService/ReviewContent", Staff, Relation.None, Scope.Subtree),
        Own("ContentCheckService/ListMyContent", writes: false),
        Own("ContentCheckService/AppealContent", writes: true),
        Read("ContentCheckService/ListContentAppeals", Overseers, Relation.None, Scope.Subtree),
        Write("ContentCheckService/DecideContentAppeal", Staff, Relation.None, Scope.Subtree),

        // Screens in halls. What they show is in no call: their tokens are nobody's.
        Write("ScreenService/AddScreen", Staff, Relation.None, Scope.Subtree),
        Write("ScreenService/EndScreen", Staff, Relation.None, Scope.Subtree),
        Read("ScreenService/ListScreens", Overseers, Relation.None, Scope.Subtree),

        // The journal for others. A reader is given what is theirs and nothing else; see FeedReach.
        Read("JournalService/Follow", Overseers, Relation.None, Scope.All),
        Read("JournalService/Get", Overseers, Relation.None, Scope.All),
        Read("JournalService/Head", Overseers, Relation.None, Scope.All),
    }.ToDictionary(p => p.Rpc, p => p with { WithoutSignIn = WithoutSignIn.Contains(p.Rpc), Partners = UseOf(p.Rpc) });

    private static PartnerUse UseOf(string rpc) =>
        // Its stream is the framework's own, and would go on after its partner was revoked.
        rpc == "grpc.health.v1.Health/Watch" ? PartnerUse.None
        : !rpc.StartsWith("wuwei.", StringComparison.Ordinal) ? PartnerUse.Always
        : ForPartnersAnywhere.Contains(rpc) ? PartnerUse.Anywhere
        : ForPartnersInUnits.Contains(rpc) ? PartnerUse.InUnits
        : ForPartnersOnBehalf.Contains(rpc) ? PartnerUse.OnBehalf
        : PartnerUse.None;

    private static Permission Anyone(string rpc) =>
        new(Name(rpc), null, Relation.None, Scope.Own, Doors.Both, Writes: false);

    private static Permission Own(string rpc, bool writes) =>
        new(Name(rpc), SignedIn, Relation.None, Scope.Own, Doors.Both, writes);

    private static Permission Read(string rpc, Role[] roles, Relation relations, Scope scope) =>
        new(Name(rpc), roles, relations, scope, Doors.Both, Writes: false);

    private static Permission Write(string rpc, Role[] roles, Relation relations, Scope scope) =>
        new(Name(rpc), roles, relations, scope, Doors.Both, Writes: true);

    private static string Name(string rpc) => $"wuwei.v1.{rpc}";
}
