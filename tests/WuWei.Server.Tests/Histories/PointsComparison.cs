using Google.Protobuf;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Histories;

/// <summary>All that the server tells of points beside what the model holds.</summary>
public sealed class PointsComparison(
    World world, IReadOnlyList<Actor> actors, HistoryCalls calls, ModelLedger ledger,
    IReadOnlyDictionary<int, string> ids)
{
    /// <summary>Small, so that statements and lists have many pages.</summary>
    private const int PageSize = 7;

    private readonly Wire.PointsService.PointsServiceClient _staff = actors[Cast.DistrictStaff].Points;

    /// <returns>Where the answer to an operation that succeeded differs; null if it does not.</returns>
    public string? FindIn(IMessage answer, Operation operation)
    {
        var (told, expected) = answer switch
        {
            Wire.PointsAward award => (Show(award), Show(ledger.Award(operation))),
            Wire.PointsRules rules => (Show(rules), Show(ledger.Versions[NumberOf(operation)])),
            Wire.PointsCorrection correction => (
                Show(correction), Show(ledger.Corrections[NumberOf(operation)], operation.By)),
            _ => throw new ArgumentException($"{answer} is not about points."),
        };
        return told == expected ? null : $"\n{told}\nbut the model says\n{expected}";
    }

    public async Task<List<string>> FindInBalancesAsync()
    {
        var differences = new List<string>();
        foreach (var account in Cast.Accounts)
        {
            var told = await calls.BalanceAsync(account);
            Differ(
                differences, $"balance of {Cast.NameOf(account)}", [$"{told.Balance}, held {told.Held}"],
                [$"{ledger.Balance(account)}, held {ledger.Held(account)}"]);
        }

        return differences;
    }

    public async Task<List<string>> FindAsync()
    {
        var differences = await FindInBalancesAsync();
        foreach (var account in Cast.Accounts)
        {
            var lines = await calls.StatementAsync(account, PageSize);
            Assert.Equal(lines.OrderByDescending(l => l.At.ToDateTime()).Select(l => l.At), lines.Select(l => l.At));
            Differ(
                differences, $"statement of {Cast.NameOf(account)}", lines.Select(Show),
                ledger.Awards.Where(a => a.Account == account).Select(ShowLine)
                    .Concat(ledger.Transfers.Where(t => t.Account == account).Select(Show)));
        }

        foreach (var unit in Enum.GetValues<Place>())
        {
            await FindInUnitAsync(differences, unit);
        }

        var rules = await _staff.ListPointsRulesAsync(new() { UnitId = $"{world.Community}", PageSize = 50 });
        Differ(
            differences, "rules", rules.Rules.Select(Show),
            ledger.Versions.Values.OrderByDescending(v => v.Version).Take(50).Select(Show));
        return differences;
    }

    /// <summary>What waits for a decision there, and what was corrected.</summary>
    private async Task FindInUnitAsync(List<string> differences, Place unit)
    {
        var held = new List<Wire.HeldAward>();
        var request = new Wire.ListHeldAwardsRequest { UnitId = $"{world.Id(unit)}", PageSize = PageSize };
        do
        {
            var page = await _staff.ListHeldAwardsAsync(request);
            held.AddRange(page.Awards);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Differ(
            differences, $"held in {unit}", held.Select(h => Show(h.Award)),
            ledger.Awards.Where(a => a.State == Wire.AwardState.Held && a.Unit.IsWithin(unit)).Select(Show));

        var corrections = new List<Wire.PointsCorrection>();
        var asked = new Wire.ListCorrectionsRequest { UnitId = $"{world.Id(unit)}", PageSize = PageSize };
        do
        {
            var page = await _staff.ListCorrectionsAsync(asked);
            corrections.AddRange(page.Corrections);
            asked.PageToken = page.NextPageToken;
        }
        while (asked.PageToken.Length > 0);

        Differ(
            differences, $"corrections in {unit}", corrections.Select(Show),
            ledger.Corrections.Values.Where(c => c.Unit.IsWithin(unit)).Select(c => Show(c, Cast.DistrictStaff)));
    }

    /// <summary>The operation that proposed it.</summary>
    private static int NumberOf(Operation operation) =>
        operation.Deed is Deed.DecideCorrection or Deed.ApproveRules ? operation.Wish : operation.Number;

    private static string Show(Wire.PointsLine line) =>
        $"{line.At.ToDateTime():O} {line.Kind} {line.Points}"
        // Points expire whichever units gave them.
        + (line.Kind == Wire.TransferKind.Expiry ? "" : $" {line.UnitId}")
        + (line.Award is { } award ? $": {Show(award)}" : "");

    private string ShowLine(ModelAward award) =>
        $"{award.At:O} {Wire.TransferKind.Award} {(award.PaidAt is null ? 0 : award.Points)} {world.Id(award.Unit)}: "
        + Show(award);

    private string Show(ModelTransfer transfer) =>
        $"{transfer.At:O} {transfer.Kind} {transfer.Points}"
        + (transfer.Unit is { } unit ? $" {world.Id(unit)}" : "");

    private static string Show(Wire.PointsAward award) =>
        $"{award.Act} of {award.SubjectId} for {award.UnitId} at {award.At.ToDateTime():O} {award.Points} "
        + $"{award.State} [{string.Join(' ', award.HeldFor.Order())}] by version {award.RulesVersion}: "
        + $"{award.BasePoints}, {award.Percent} % after {award.MeetingsBefore}, left {award.DayLeft} and "
        + $"{award.WeekLeft}{(award.CalledBack ? ", called back" : "")}";

    private string Show(ModelAward award) =>
        $"{award.Act} of {ids[award.Source.Wish]} for {world.Id(award.Unit)} at {award.At:O} {award.Points} "
        + $"{award.State} [{string.Join(' ', award.HeldFor)}] by version {award.Version.Version}: "
        + $"{award.Base}, {award.Percent} % after {award.Meetings}, left {award.DayLeft} and {award.WeekLeft}"
        + (award.CalledBack ? ", called back" : "");

    private static string Show(Wire.PointsCorrection told) =>
        $"{told.Kind} of {told.AccountId} in {told.UnitId} by {told.Points}, award {told.AwardId.Length > 0}, "
        + $"{told.Reason} at {told.ProposedAt.ToDateTime():O}, decided {told.Decided} {told.Approved} "
        + $"{told.DecidedAt?.ToDateTime():O}, mine {told.Mine}";

    private string Show(ModelCorrection correction, int reader) =>
        $"{(correction.Award is null ? Wire.TransferKind.Adjustment : Wire.TransferKind.Reversal)} of "
        + $"{calls.AccountId(correction.Account)} in {world.Id(correction.Unit)} by {correction.Points}, award "
        + $"{correction.Award is not null}, {correction.Words} at {correction.ProposedAt:O}, decided "
        + $"{correction.DecidedAt is not null} {correction.Approved} {correction.DecidedAt:O}, "
        + $"mine {correction.ProposedBy == reader}";

    private static string Show(Wire.PointsRules told) =>
        $"{told.Version} approved {told.Approved} from {told.ActiveFrom.ToDateTime():O}: "
        + new ModelRules(
            [0, .. told.Acts.Where(a => (int)a.Act < ModelRules.Default.Points.Length).Select(a => a.Points)],
            told.DayMax, told.WeekMax, [.. told.PairPercents], told.PairDays, told.ValidMonths, told.HeldWithinSeconds,
            told.HeldFromMeeting, told.HeldFromReturn, told.HeldFromOther, told.OrganisationPercent,
            told.OrganisationDayMax, told.OrganisationWeekMax, told.NoShowPoints);

    private static string Show(ModelVersion version) =>
        $"{version.Version} approved {version.Approved} from {version.ActiveFrom:O}: {version.Rules}";

    /// <summary>Of long lists only what the other lacks; at one moment their order is nobody's.</summary>
    private static void Differ(
        List<string> differences, string what, IEnumerable<string> told, IEnumerable<string> expected)
    {
        var here = told.Order(StringComparer.Ordinal).ToList();
        var there = expected.Order(StringComparer.Ordinal).ToList();
        if (!here.SequenceEqual(there))
        {
            differences.Add(
                $"{what}, {here.Count}:\n{string.Join('\n', here.Except(there))}\nbut the model says, {there.Count}:\n"
                + string.Join('\n', there.Except(here)));
        }
    }
}
