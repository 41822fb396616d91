using Microsoft.Extensions.DependencyInjection;
using WuWei.Operator;
using WuWei.Organization;
using WuWei.Tests.Harness;
using WuWei.Wishes;

namespace WuWei.Tests.Operator;

public sealed class MessageImportTests : IAsyncLifetime
{
    private const string Header = "id,author,title,posted_at,body,reply,replied_at\n";
    private const string Good = "A1,某人,测试标题,2020-01-02T08:00:00,测试正文,测试答复,2020-01-03T08:00:00\n";
    private static readonly string Long = new('长', 10_000);

    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Odd_rows_are_reported_by_line_and_left_out()
    {
        var recent = _server.Clock.Now.AddHours(8).AddDays(-6).ToString("yyyy-MM-ddTHH:mm:ss");
        string[] odd =
        [
            ",a,题,2020-01-02T08:00:00,文,复,2020-01-03T08:00:00",
            "B-1,a,题,2020-01-02T08:00:00,文,复,2020-01-03T08:00:00",
            "B2,a,,2020-01-02T08:00:00,文,复,2020-01-03T08:00:00",
            "B3,a,题,2020-01-02T08:00:00, ,复,2020-01-03T08:00:00",
            "B4,a,题,2020-01-02T08:00:00,文,,2020-01-03T08:00:00",
            $"B5,a,{Long},2020-01-02T08:00:00,文,复,2020-01-03T08:00:00",
            $"B6,a,题,2020-01-02T08:00:00,{Long},复,2020-01-03T08:00:00",
            $"B7,a,题,2020-01-02T08:00:00,文,{Long},2020-01-03T08:00:00",
            "B8,a,题\u0007,2020-01-02T08:00:00,文,复,2020-01-03T08:00:00",
            "B9,a,题,2020-01-02T08:00:00,文\u202e,复,2020-01-03T08:00:00",
            "B10,a,题,2020/01/02 08:00,文,复,2020-01-03T08:00:00",
            "B11,a,题,,文,复,2020-01-03T08:00:00",
            "B12,a,题,2020-01-02T08:00:00,文,复,2020-02-30T08:00:00",
            "B13,a,题,2020-01-02T08:00:00,文,复,2020-01-01T08:00:00",
            $"B14,a,题,2020-01-02T08:00:00,文,复,{recent}",
            "A1,a,题,2020-01-02T08:00:00,文,复,2020-01-03T08:00:00",
            "B15",
        ];

        var report = await ImportAsync(Header + Good + string.Join('\n', odd) + "\n");

        Assert.Equal(Enumerable.Range(3, odd.Length), report.Refused.Select(r => r.Line));
        Assert.All(report.Refused, r => Assert.NotEmpty(r.Reason));
        Assert.Equal((1, 0, odd.Length + 1), (report.Added, report.There, report.Rows));
        Assert.Equal(1, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM wish"));
    }

    [Fact]
    public async Task Quotes_and_line_breaks_are_kept_and_lines_still_counted_right()
    {
        var report = await ImportAsync(
            Header + "C1,某人,\"题\"\"目\",2020-01-02T08:00:00,\"第一行\r\n第二行\",答复,2020-01-03T08:00:00\nC2,,,,,,\n");

        Assert.Equal(4, Assert.Single(report.Refused).Line);
        Assert.Equal("题\"目", await _server.Database.ScalarAsync<string>("SELECT title FROM wish"));
        Assert.Equal("第一行\n第二行", await _server.Database.ScalarAsync<string>("SELECT text FROM wish"));
    }

    [Fact]
    public async Task Importing_twice_changes_nothing_the_second_time()
    {
        await ImportAsync(Header + Good);
        var entries = await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM journal_entry");

        var report = await ImportAsync(Header + Good);

        Assert.Equal((0, 1), (report.Added, report.There));
        Assert.Equal(entries, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM journal_entry"));
    }

    [Fact]
    public async Task Imported_wishes_are_kept_counted_apart_and_left_alone()
    {
        await ImportAsync(Header + Good);
        await _server.RunJobsAsync();
        var version = await _server.Database.ScalarAsync<int>("SELECT version FROM wish");
        _server.Clock.Advance(TimeSpan.FromDays(400));
        await _server.AssertSoundAsync();

        Assert.Equal(version, await _server.Database.ScalarAsync<int>("SELECT version FROM wish"));
        var resident = await _world.ResidentAsync();
        var counts = (await resident.Wishes.CountWishesAsync(new() { UnitId = _world.District.ToString() })).Counts;
        Assert.Equal((1, 0, 0, 0), (counts.Imported, counts.Made, counts.Kept, counts.KeptByAutoConfirmation));

        var id = new Guid(Convert.FromHexString(
            (await _server.Database.ScalarAsync<string>("SELECT HEX(id) FROM wish"))!), bigEndian: true).ToString();
        var wish = (await resident.Wishes.GetWishAsync(new() { WishId = id })).Wish;
        Assert.Equal((Wire.WishStatus.Kept, Wire.WishOrigin.Import, true), (wish.Status, wish.Origin,
            wish.AutoConfirmed));
        Assert.Equal(new DateTime(2020, 1, 2, 0, 0, 0, DateTimeKind.Utc), wish.MadeAt.ToDateTime());
        Assert.Null(wish.Claim);
        var steps = (await resident.Wishes.GetWishJourneyAsync(new() { WishId = id })).Steps;
        Assert.Equal(
            [Wire.WishMove.Make, Wire.WishMove.Deliver, Wire.WishMove.AutoConfirm], steps.Select(s => s.Move));
    }

    [Fact]
    public async Task A_message_always_goes_to_the_same_community()
    {
        var rows = Header + string.Concat(Enumerable.Range(1, 60).Select(i =>
            $"D{i},某人,标题{i},2020-01-02T08:00:00,测试正文,测试答复,2020-01-03T08:00:00\n"));
        await ImportAsync(rows);
        await using var other = await TestServer.StartAsync();
        await World.CreateAsync(other);
        await ImportAsync(rows, other);

        const string where =
            """
            SELECT GROUP_CONCAT(CONCAT(w.import_ref, '=', c.code) ORDER BY w.import_ref)
            FROM wish w JOIN unit_code c ON c.unit_id = w.unit_id
            """;
        Assert.Equal(
            await _server.Database.ScalarAsync<string>(where), await other.Database.ScalarAsync<string>(where));
        Assert.Equal(3, await _server.Database.ScalarAsync<int>("SELECT COUNT(DISTINCT unit_id) FROM wish"));
    }

    [Fact]
    public async Task Nobody_rates_what_another_system_answered()
    {
        await ImportAsync(Header + Good);
        var id = new Guid(Convert.FromHexString(
            (await _server.Database.ScalarAsync<string>("SELECT HEX(id) FROM wish"))!), bigEndian: true).ToString();

        foreach (var anybody in new[] { await _world.ResidentAsync(), await _world.StaffAsync(_world.District) })
        {
            Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(
                anybody.Wishes.RateWishAsync(new() { WishId = id, Rating = 5 })));
        }
    }

    private async Task<MessageReport> ImportAsync(string content, TestServer? at = null)
    {
        var server = at ?? _server;
        var file = new FileInfo(Path.GetTempFileName());
        await File.WriteAllTextAsync(file.FullName, content);
        try
        {
            return await new MessageImport(
                server.Db, server.PersonalData, server.Services.GetRequiredService<Units>(),
                server.Services.GetRequiredService<Categories>(), server.Clock)
                .ImportAsync(file, null, (_, _) => { }, CancellationToken.None);
        }
        finally
        {
            file.Delete();
        }
    }
}
