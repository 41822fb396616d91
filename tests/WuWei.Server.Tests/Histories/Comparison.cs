using MySqlConnector;
using WuWei.Identity;
using WuWei.Tests.Harness;
using Status = WuWei.Protos.V1.WishStatus;

namespace WuWei.Tests.Histories;

/// <summary>All that the server tells after a history beside what the model holds.</summary>
public sealed class Comparison(
    TestServer server, World world, IReadOnlyList<Actor> actors, Model model, IReadOnlyDictionary<int, string> ids)
{
    private static readonly Status[] Statuses = [.. Enum.GetValues<Status>().Skip(1)];

    /// <summary>Those that everybody lists.</summary>
    private static readonly Status[] Public =
        [Status.Open, Status.Claimed, Status.Delivered, Status.Kept, Status.Expired];

    /// <summary>With fewer ratings no average is told.</summary>
    private const int RatingsMin = 5;

    private readonly List<string> _differences = [];
    private readonly Wire.WishService.WishServiceClient _staff = actors[Cast.DistrictStaff].Wishes;

    public async Task<IReadOnlyList<string>> FindAsync()
    {
        foreach (var (number, wish) in model.Wishes)
        {
            await CompareAsync(number, wish);
        }

        foreach (var unit in Enum.GetValues<Place>())
        {
            await CompareCountsAsync(unit);
            await CompareFollowUpsAsync(unit, closed: false);
            await CompareFollowUpsAsync(unit, closed: true);
            foreach (var status in Statuses)
            {
                await CompareListAsync(
                    Cast.DistrictStaff,
                    new() { View = Wire.WishView.Unit, UnitId = $"{world.Id(unit)}", Status = status },
                    w => w.Plan.Unit.IsWithin(unit) && w.Status == status);
            }
        }

        foreach (var status in Public)
        {
            await CompareListAsync(
                Cast.Resident,
                new() { View = Wire.WishView.Unit, UnitId = $"{world.District}", Status = status },
                w => w.Status == status && !w.Plan.Private);
        }

        foreach (var by in Enumerable.Range(0, actors.Count))
        {
            await CompareListAsync(
                by, new() { View = Wire.WishView.Mine }, w => w.Maker == by || w.IsBeneficiary(by));
            await CompareListAsync(by, new() { View = Wire.WishView.OfferedToMe }, w => w.IsOffered(by));
            await CompareListAsync(
                by, new() { View = Wire.WishView.ClaimedByMe },
                w => w.Steps.Any(s => s.Move == Wire.WishMove.Claim && s.By == by) && ModelRights.SeesAsPerson(by, w));
            await CompareSatisfactionAsync(by);
        }

        await CompareClaimsAsync();
        await server.AssertSoundAsync();
        // What everybody earned by it all, act by act.
        await server.AssertPointsAsync();
        await server.Database.AssertJournalTellsTheStepsAsync();
        return _differences;
    }

    private async Task CompareAsync(int number, ModelWish wish)
    {
        var told = (await _staff.GetWishAsync(new() { WishId = ids[number] })).Wish;
        Differ(
            $"wish {number}",
            $"{told.Status} overdue {told.Overdue} rated {told.Rating} auto {told.AutoConfirmed} until "
            + $"{told.DeadlineAt.ToDateTime():O} for {told.AudienceUnitId} claimed by {told.Claim?.ClaimerName} "
            + $"as {told.Claim?.Kind ?? default}",
            $"{wish.Status} overdue {wish.Overdue} rated {wish.Rating} auto {wish.AutoConfirmed} until "
            + $"{wish.DeadlineAt:O} for {world.Id(wish.Audience)} claimed by {NameOf(wish.Claimer)} as {wish.Kind}");

        var journey = await _staff.GetWishJourneyAsync(new() { WishId = ids[number] });
        Differ(
            $"journey of wish {number}",
            string.Join('\n', journey.Steps.Select(s =>
                $"{s.Number} {s.Move} {s.From} → {s.To} {s.At.ToDateTime():O} {s.Actor} {s.ActorName} "
                + $"{s.AudienceUnitId} {s.ClaimerKind} {s.Note}")),
            string.Join('\n', wish.Steps.Index().Select(s =>
                $"{s.Index + 1} {s.Item.Move} {s.Item.From} → {s.Item.To} {s.Item.At:O} {s.Item.Actor} "
                + $"{NameOf(s.Item.By)} {world.Id(s.Item.Audience)} {s.Item.Kind} {s.Item.Note}")));
    }

    private async Task CompareCountsAsync(Place unit)
    {
        var told = (await _staff.CountWishesAsync(new() { UnitId = $"{world.Id(unit)}" })).Counts;
        var here = model.Wishes.Values.Where(w => w.Plan.Unit.IsWithin(unit)).ToList();
        var kept = here.Where(w => w.Status == Status.Kept && !w.AutoConfirmed).ToList();
        Differ(
            $"counts of {unit}",
            $"{told.Made} made, {told.PendingReview} {told.Open} {told.Claimed} {told.Delivered} {told.Kept} "
            + $"{told.KeptByAutoConfirmation} {told.Rejected} {told.Withdrawn} {told.Expired}, "
            + $"{told.Imported} imported, {told.Overdue} overdue, {Show(told.Satisfaction)}, "
            + $"{told.OpenFollowUps} followed up, kept by {Kinds(told.KeptByKind.Select(k => (k.Kind, (int)k.Kept)))}",
            $"{here.Count} made, {In(Status.PendingReview)} {In(Status.Open)} {In(Status.Claimed)} "
            + $"{In(Status.Delivered)} {kept.Count} {here.Count(w => w.AutoConfirmed)} {In(Status.Rejected)} "
            + $"{In(Status.Withdrawn)} {In(Status.Expired)}, 0 imported, {here.Count(w => w.Overdue)} overdue, "
            + $"{Satisfaction(here)}, {here.Count(w => w.IsFollowedUp)} followed up, kept by "
            + Kinds(kept.CountBy(w => w.Kind).Select(k => (k.Key, k.Value))));

        int In(Status status) => here.Count(w => w.Status == status);

        static string Kinds(IEnumerable<(Wire.ClaimerKind Kind, int Kept)> kinds) =>
            string.Join(", ", kinds.Where(k => k.Kept > 0).OrderBy(k => k.Kind).Select(k => $"{k.Kept} {k.Kind}"));
    }

    private async Task CompareFollowUpsAsync(Place unit, bool closed)
    {
        var told = new List<Wire.FollowUp>();
        var request = new Wire.ListFollowUpsRequest { UnitId = $"{world.Id(unit)}", Closed = closed, PageSize = 3 };
        do
        {
            var page = await _staff.ListFollowUpsAsync(request);
            told.AddRange(page.FollowUps);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Differ(
            $"follow-ups of {unit}, closed {closed}",
            Lines(told.Select(f => (f.DueAt.ToDateTime(),
                $"{f.WishId} in {f.UnitId} {f.Rating} {f.Comment} at {f.OpenedAt.ToDateTime():O} overdue {f.Overdue} "
                + $"closed {f.ClosedAt?.ToDateTime():O} by {f.ClosedByName} {f.Outcome} {f.Note}"))),
            Lines(model.Wishes.Where(w => w.Value.Plan.Unit.IsWithin(unit)).SelectMany(w => w.Value.FollowUps
                .Where(f => f.ClosedAt is not null == closed)
                .Select(f => (DueAt: f.OpenedAt.AddHours(72), FollowUp: f))
                .Select(f => (f.DueAt,
                    $"{ids[w.Key]} in {world.Id(w.Value.Plan.Unit)} {f.FollowUp.Rating} {f.FollowUp.Comment} at "
                    + $"{f.FollowUp.OpenedAt:O} overdue {!closed && f.DueAt < model.Now} closed "
                    + $"{f.FollowUp.ClosedAt:O} by {NameOf(f.FollowUp.ClosedBy)} {f.FollowUp.Outcome} "
                    + f.FollowUp.Note)))));
        Assert.Equal(told.OrderBy(f => f.DueAt), told);

        static string Lines(IEnumerable<(DateTime DueAt, string Line)> followUps) =>
            string.Join('\n', followUps.Order().Select(f => $"{f.DueAt:O} {f.Line}"));
    }

    /// <summary>What they read of themselves, and what staff read of them, unit by unit.</summary>
    private async Task CompareSatisfactionAsync(int by)
    {
        var kept = model.Wishes.Values.Where(w => w.Status == Status.Kept && w.Claimer == by).ToList();
        var own = await actors[by].Wishes.GetSatisfactionAsync(new());
        Differ($"satisfaction with {Cast.People[by]}", Show(own.Satisfaction), Satisfaction(kept));
        foreach (var unit in Enum.GetValues<Place>())
        {
            var told = await _staff.GetSatisfactionAsync(
                new() { PersonId = $"{actors[by].PersonId}", UnitId = $"{world.Id(unit)}" });
            Differ(
                $"satisfaction with {Cast.People[by]} in {unit}", Show(told.Satisfaction),
                Satisfaction(kept.Where(w => w.Plan.Unit.IsWithin(unit))));
        }
    }

    private static string Show(Wire.Satisfaction told) =>
        $"{told.Ratings} ratings{(told.HasAverage ? $" of {told.Average:0.######}" : "")}";

    private static string Satisfaction(IEnumerable<ModelWish> wishes)
    {
        var ratings = wishes.Where(w => w.Rating > 0).Select(w => w.Rating).ToList();
        return $"{ratings.Count} ratings{(ratings.Count >= RatingsMin ? $" of {ratings.Average():0.######}" : "")}";
    }

    private async Task CompareListAsync(int by, Wire.ListWishesRequest request, Func<ModelWish, bool> belongs)
    {
        var told = new List<string>();
        request.PageSize = 7;
        do
        {
            var page = await actors[by].Wishes.ListWishesAsync(request);
            told.AddRange(page.Wishes.Select(w => w.Id));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Differ(
            $"list {request.View} {request.Status} of {request.UnitId} for {Cast.People[by]}",
            Numbers(told.Select(id => ids.Single(i => i.Value == id).Key)),
            Numbers(model.Wishes.Where(w => belongs(w.Value)).Select(w => w.Key)));

        static string Numbers(IEnumerable<int> numbers) => string.Join(' ', numbers.Order());
    }

    /// <summary>How many claims the server says that each has in hand.</summary>
    private async Task CompareClaimsAsync()
    {
        await using var connection = new MySqlConnection(server.Database.Owner);
        await connection.OpenAsync();
        await using var command = new MySqlCommand("SELECT id, open_claims FROM person", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var told = new Dictionary<Guid, int>();
        while (await reader.ReadAsync())
        {
            told.Add(reader.GetGuid(0), reader.GetInt32(1));
        }

        foreach (var (by, actor) in actors.Index())
        {
            Differ($"claims in hand of {Cast.People[by]}", $"{told[actor.PersonId]}", $"{model.ClaimsOf(by)}");
        }
    }

    private string NameOf(int? person) => person is { } number ? Person.Mask(actors[number].Name) : "";

    private void Differ(string what, string told, string expected)
    {
        if (told != expected)
        {
            _differences.Add($"{what}:\n{told}\nbut the model says\n{expected}");
        }
    }
}
