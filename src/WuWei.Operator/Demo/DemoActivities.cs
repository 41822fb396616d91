using Google.Protobuf.WellKnownTypes;
using WuWei.Organization;
using WuWei.Time;

namespace WuWei.Operator.Demo;

/// <summary>What a community does again and again.</summary>
/// <param name="Hours">How long a shift is.</param>
public sealed record DemoActivity(
    Wire.ActivityKind Kind, string Title, string Text, string Place, bool Remote, string Role, int Hours,
    Wire.AgeBand[] Ages, string? GrantsCourse);

/// <summary>
/// A year of activities, one a week in every community, the last of them still to come: announced, signed up for, attended
/// and confirmed as in life. Made by a fixed rule, so that every load tells the same.
/// </summary>
public sealed class DemoActivities(DemoHost host, DemoContent content, UnitTree tree, Func<string, string, Metadata> sign)
{
    public const int Count = 3_200;

    private const int WeeksAhead = 1;

    /// <summary>More than the last one of next week is away.</summary>
    private const int AnnouncedDays = 14;

    private const int CancelledEach = 50;
    private const int AbsentEach = 14;
    private const int PlacesMax = 8;
    private const int RadiusMetres = 200;

    private readonly Wire.ActivityService.ActivityServiceClient _activities = new(host.Channel);
    private readonly Wire.SignUpService.SignUpServiceClient _signUps = new(host.Channel);
    private readonly Wire.AttendanceService.AttendanceServiceClient _attendance = new(host.Channel);
    private readonly Wire.ServiceRecordService.ServiceRecordServiceClient _records = new(host.Channel);

    /// <summary>What has happened by now.</summary>
    public IEnumerable<DemoMove> Write(DateTime now)
    {
        var communities = content.People.Staff.Select(s => s.Unit)
            .Where(u => u.Length == DemoStory.CommunityCodeLength).ToArray();
        var neighbours = content.People.All.Where(p => p.Role != Wire.Role.GridWorker)
            .ToLookup(p => p.Person.Home[..DemoStory.CommunityCodeLength], p => p.Person.Phone);
        var weeks = (Count + communities.Length - 1) / communities.Length;
        var firstMonday = Clock.Monday(now).AddDays(7 * (1 + WeeksAhead - weeks));
        return Enumerable.Range(0, Count)
            .SelectMany(number =>
            {
                var (week, place) = Math.DivRem(number, communities.Length);
                return Write(
                    number, communities[place], [.. neighbours[communities[place]]],
                    Start(firstMonday.AddDays(7 * week), place));
            })
            .Where(m => m.At < now);
    }

    /// <summary>Wednesday evening, Saturday morning or Sunday afternoon.</summary>
    private static DateTime Start(DateTime monday, int place) => Clock.FromChina((place % 3) switch
    {
        0 => monday.AddDays(2).AddHours(19),
        1 => monday.AddDays(5).AddHours(9),
        _ => monday.AddDays(6).AddHours(14),
    });

    private List<DemoMove> Write(int number, string community, string[] neighbours, DateTime start)
    {
        var what = content.Activities[number * 7 % content.Activities.Count];
        var end = start.AddHours(what.Hours);
        var people = Some(neighbours, number);
        var there = people.Where((_, i) => ((number * 3) + i) % AbsentEach != 0).ToArray();
        var place = DemoPlaces.Middle(community);
        var position = new Wire.Position { Latitude = place.Latitude, Longitude = place.Longitude, AccuracyMetres = 20 };
        var (id, shift, role) = ("", "", "");
        var signUps = new Dictionary<string, string>();
        var moves = new List<DemoMove>();

        Move(start.AddDays(-AnnouncedDays), async (key, cancel) =>
        {
            var made = await _activities.MakeActivityAsync(
                Form(what, community, start, end), sign(community, key), cancellationToken: cancel);
            id = made.Activity.Id;
            (shift, role) = (made.Activity.Shifts[0].Id, made.Activity.Shifts[0].Roles[0].Id);
        });
        Move(start.AddDays(-AnnouncedDays), (key, cancel) => _activities.PublishActivityAsync(
            new() { ActivityId = id }, sign(community, key), cancellationToken: cancel).ResponseAsync);
        if (number % 2 == 0)
        {
            Move(start.AddDays(-3), async (key, cancel) =>
            {
                var request = new Wire.SignUpOthersRequest { RoleId = role };
                request.People.Add(people.Select(p =>
                    new Wire.PersonToSignUp { Phone = p, Consent = Wire.SignUpConsent.ByPhone }));
                var reply = await _signUps.SignUpOthersAsync(request, sign(community, key), cancellationToken: cancel);
                foreach (var (phone, outcome) in people.Zip(reply.Outcomes))
                {
                    signUps[phone] = outcome.SignUp.Id;
                }
            });
        }
        else
        {
            foreach (var phone in people)
            {
                Move(start.AddDays(-3), async (key, cancel) => signUps[phone] = (await _signUps.SignUpAsync(
                    new() { RoleId = role }, sign(phone, key), cancellationToken: cancel)).SignUp.Id);
            }
        }

        if (number % CancelledEach == CancelledEach / 2)
        {
            Move(start.AddDays(-1), (key, cancel) => _activities.CancelActivityAsync(
                new() { ActivityId = id, Reason = "场地临时检修，改期另行通知。" }, sign(community, key),
                cancellationToken: cancel).ResponseAsync);
            return moves;
        }

        var code = "";
        Move(start, Show);
        foreach (var phone in there)
        {
            Move(start, (key, cancel) => _attendance.CheckInAsync(
                new() { ShiftId = shift, Code = code, Device = $"demo-{phone}", Position = position }, sign(phone, key),
                cancellationToken: cancel).ResponseAsync);
        }

        Move(end, Show);
        foreach (var phone in there)
        {
            Move(end, (key, cancel) => _attendance.CheckOutAsync(
                new() { ShiftId = shift, Code = code, Device = $"demo-{phone}", Position = position }, sign(phone, key),
                cancellationToken: cancel).ResponseAsync);
        }

        Move(end.AddDays(1), async (key, cancel) =>
        {
            var request = new Wire.ConfirmAttendanceRequest { ShiftId = shift };
            request.People.Add(there.Select(p => new Wire.AttendanceWord { SignUpId = signUps[p], Attended = true }));
            await _attendance.ConfirmAttendanceAsync(request, sign(community, key), cancellationToken: cancel);
        });
        foreach (var phone in there.Where((_, i) => (number + i) % 3 == 0))
        {
            Move(end.AddDays(3), (key, cancel) => _records.GiveFeedbackAsync(
                new() { ActivityId = id, Rating = number % 9 == 0 ? 4 : 5 }, sign(phone, key),
                cancellationToken: cancel).ResponseAsync);
        }

        Move(end.AddDays(3), (key, cancel) => _activities.SettleActivityAsync(
            new() { ActivityId = id }, sign(community, key), cancellationToken: cancel).ResponseAsync);
        return moves;

        void Move(DateTime at, Func<string, CancellationToken, Task> act)
        {
            var key = $"demo-activity-{number:D4}-{moves.Count}";
            moves.Add(new DemoMove(at, $"activity {number}", cancel => act(key, cancel)));
        }

        async Task Show(string key, CancellationToken cancel) => code = (await _attendance.GetCheckInCodeAsync(
            new() { ShiftId = shift }, sign(community, key), cancellationToken: cancel)).Code;
    }

    /// <summary>Three to five of a community's people, others each week.</summary>
    private static string[] Some(string[] neighbours, int number) =>
    [
        .. Enumerable.Range(0, 3 + (number % 3)).Select(i => neighbours[(number + i) % neighbours.Length]).Distinct(),
    ];

    private static Wire.Spot Spot(Wire.Point point) =>
        new() { Latitude = point.Latitude, Longitude = point.Longitude, RadiusMetres = RadiusMetres };

    private Wire.MakeActivityRequest Form(DemoActivity what, string community, DateTime start, DateTime end) => new()
    {
        Form = new()
        {
            UnitId = $"{tree.Find(new UnitCode(UnitImport.System, community))!.Id}",
            Kind = what.Kind,
            Title = what.Title,
            Text = what.Text,
            Place = what.Place,
            Spot = what.Remote ? null : Spot(DemoPlaces.Middle(community)),
            Remote = what.Remote,
            Ages = { what.Ages },
            GrantsCourse = what.GrantsCourse ?? "",
            Contact = new() { Name = "社区值班室", Phone = "025-00000000" },
            Shifts =
            {
                new Wire.ShiftForm
                {
                    StartsAt = Timestamp.FromDateTime(start),
                    EndsAt = Timestamp.FromDateTime(end),
                    Roles = { new Wire.RoleForm { Name = what.Role, Capacity = PlacesMax } },
                },
            },
        },
    };
}
