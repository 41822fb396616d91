using Microsoft.Extensions.DependencyInjection;
using WuWei.Pictures;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Pictures;

public sealed class PictureCollectingTests : IAsyncLifetime
{
    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_was_attached_to_nothing_for_a_day_is_forgotten_with_its_files()
    {
        var maker = await _world.ResidentAsync();
        var request = _world.Request();
        request.PictureIds.Add(await maker.UploadAsync());
        await maker.MakeAsync(request);
        var forgotten = await maker.UploadAsync();
        Assert.Equal(4, Files.Length);

        _server.Clock.Advance(TimeSpan.FromHours(23));
        await _server.RunJobsAsync();
        Assert.Equal(4, Files.Length);

        _server.Clock.Advance(TimeSpan.FromHours(2));
        await _server.RunJobsAsync();
        Assert.Equal(2, Files.Length);
        Assert.Equal("PICTURE_UNKNOWN", await Refusals.ReasonAsync(
            maker.Pictures.GetPictureAsync(new() { PictureId = forgotten })));
        Assert.Equal("PICTURE_FORGET", await _server.Database.ScalarAsync<string>(
            "SELECT kind FROM journal_entry WHERE subject_id = @id AND kind <> 'PICTURE_UPLOAD'",
            ("id", Guid.Parse(forgotten))));
        await _server.AssertSoundAsync();
    }

    [Fact]
    public async Task Files_whose_picture_was_never_stored_are_collected_after_an_hour()
    {
        var (name, half) = (Picture.NewName(), Picture.NewName());
        await Storage.WriteAsync(name, PictureSize.Large, new byte[] { 1 }, CancellationToken.None);
        await Storage.WriteAsync(half, PictureSize.Large, new byte[] { 1 }, CancellationToken.None);
        // As a crash in the middle of writing leaves it.
        File.Move(Files.Single(f => f.Contains(half, StringComparison.Ordinal)),
            Path.Join(_server.Database.Pictures, half[..2], $"{half}.1.jpg.{Guid.NewGuid():n}"));

        await _server.RunJobsAsync();
        Assert.Equal(2, Files.Length);

        _server.Clock.Advance(TimeSpan.FromHours(2));
        await _server.RunJobsAsync();
        Assert.Empty(Files);
    }

    [Fact]
    public async Task A_picture_whose_files_are_away_is_not_shown_until_they_are_back()
    {
        var maker = await _world.ResidentAsync();
        var staff = await _world.StaffAsync(_world.Community);
        var request = _world.Request();
        request.PictureIds.Add(await maker.UploadAsync());
        var wish = await maker.MakeAsync(request);
        Directory.Move(_server.Database.Pictures, $"{_server.Database.Pictures}.away");

        await _server.RunJobsAsync();
        Assert.Empty(await SeenAsync());

        Directory.Move($"{_server.Database.Pictures}.away", _server.Database.Pictures);
        await _server.RunJobsAsync();
        Assert.Single(await SeenAsync());

        async Task<IEnumerable<Wire.Picture>> SeenAsync() =>
            (await staff.Wishes.GetWishAsync(new() { WishId = wish })).Wish.Pictures;
    }

    private IPictureStorage Storage => _server.Services.GetRequiredService<IPictureStorage>();

    private string[] Files => Directory.Exists(_server.Database.Pictures)
        ? Directory.GetFiles(_server.Database.Pictures, "*", SearchOption.AllDirectories)
        : [];
}
