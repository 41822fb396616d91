using System.Text.Json;
using System.Text.Json.Serialization;
using WuWei.Wishes;

namespace WuWei.Operator.Demo;

/// <summary>The demo's people, wishes and activities, as its files tell them.</summary>
public sealed record DemoContent(
    DemoPeople People, IReadOnlyList<DemoWish> Wishes, IReadOnlyList<DemoActivity> Activities, FileInfo Units)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper) },
    };

    /// <summary>Everybody with an account: the people, and who rates a wish that somebody made for them.</summary>
    public IEnumerable<DemoPerson> Accounts => People.All.Select(p => p.Person).Concat(Wishes
        .Where(w => w.Beneficiary is not null && w.Rating > 0)
        .Select(w => new DemoPerson(w.Beneficiary!.Name, w.Beneficiary.Phone, w.Unit, Scope: null, ShowBadge: false)));

    public static DemoContent Load()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Demo");
        var story = new DemoContent(
            Read<DemoPeople>("people.json"), Read<List<DemoWish>>("wishes.json"), Read<List<DemoActivity>>("activities.json"),
            new FileInfo(Path.Combine(folder, "units-320105.csv")));
        return DemoYear.AddTo(story, Read<List<DemoEveryday>>("year.json"));

        T Read<T>(string name)
        {
            using var stream = File.OpenRead(Path.Combine(folder, name));
            return JsonSerializer.Deserialize<T>(stream, Json)!;
        }
    }
}

public sealed record DemoPeople(
    DemoPerson[] Residents, DemoPerson[] PartyMembers, DemoPerson[] Volunteers, DemoPerson[] OrganisationMembers,
    DemoPerson[] GridWorkers, DemoStaff[] Staff)
{
    public IEnumerable<(DemoPerson Person, Wire.Role Role)> All =>
        Residents.Select(p => (p, Wire.Role.Resident))
            .Concat(PartyMembers.Select(p => (p, Wire.Role.PartyMember)))
            .Concat(Volunteers.Select(p => (p, Wire.Role.Volunteer)))
            .Concat(OrganisationMembers.Select(p => (p, Wire.Role.OrganisationMember)))
            .Concat(GridWorkers.Select(p => (p, Wire.Role.GridWorker)));

    public DemoPerson Claimer(DemoWish wish) => wish.Claimer switch
    {
        ClaimerKind.PartyMember => PartyMembers[wish.ClaimerIndex],
        ClaimerKind.Volunteer => Volunteers[wish.ClaimerIndex],
        ClaimerKind.OrganisationMember => OrganisationMembers[wish.ClaimerIndex],
        _ => Residents[wish.ClaimerIndex],
    };
}

/// <param name="Home">Code of a community or grid.</param>
/// <param name="Scope">Code of the unit where the role holds.</param>
public sealed record DemoPerson(string Name, string Phone, string Home, string? Scope, bool ShowBadge);

public sealed record DemoStaff(string Unit, string Name);

public sealed record DemoWish(
    string Category, string Title, string Text, int EffortMinutes, bool Remote, bool Private, WishOrigin Maker,
    int MakerIndex, string Unit, DemoBeneficiary? Beneficiary, DemoContact Contact,
    Dictionary<string, string>? Answers, string State, ClaimerKind? Claimer, int ClaimerIndex, string? Note, int Rating,
    string? Comment, string? Reason, DemoFollowUp? FollowUp)
{
    /// <summary>How much longer ago than its state says.</summary>
    public int DaysAgo { get; init; }
}

public sealed record DemoFollowUp(FollowUpOutcome Outcome, string Note);

public sealed record DemoBeneficiary(string Name, string Phone, Consent Consent);

public sealed record DemoContact(string Name, string Phone, string Address);
