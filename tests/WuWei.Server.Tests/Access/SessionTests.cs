using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Organization;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Access;

public sealed class SessionTests : IAsyncLifetime
{
    /// <summary>What product.md promises: over everywhere within this.</summary>
    private static readonly TimeSpan RevokedWithin = TimeSpan.FromSeconds(10);

    private const string RedisThere = "";
    private const string RedisAway = "WUWEI_REDIS=127.0.0.1:1,password=x";
    private const string GetMe = "wuwei.v1.IdentityService/GetMe";

    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Only_the_hash_of_a_token_is_in_the_database()
    {
        var resident = await _world.ResidentAsync();
        await resident.Identity.GetMeAsync(new());

        Assert.Equal(1, await _server.Database.ScalarAsync<int>(
            "SELECT COUNT(*) FROM session WHERE token_hash = @hash", ("hash", Token.Hash(resident.Token))));
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(resident.Token);
        Assert.Empty(await _server.Database.FindAsync([resident.Token, Convert.ToHexString(bytes)], [bytes]));
        Assert.Equal(SHA256.HashData(bytes), Token.Hash(resident.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    public async Task A_malformed_or_unknown_token_is_refused(string token)
    {
        Assert.Equal("SIGN_IN_REQUIRED", await ReasonAsync(token));
    }

    [Fact]
    public async Task A_token_unused_for_thirty_days_is_refused()
    {
        var resident = await _world.ResidentAsync();

        _server.Clock.Advance(TimeSpan.FromDays(30));

        Assert.Equal("SIGN_IN_REQUIRED", await ReasonAsync(resident.Token));
    }

    [Fact]
    public async Task A_token_in_use_is_renewed_daily()
    {
        var resident = await _world.ResidentAsync();
        _server.Clock.Advance(TimeSpan.FromDays(29));
        await resident.Identity.GetMeAsync(new());

        Assert.Equal(_server.Clock.Now.AddDays(30), await _server.Database.ScalarAsync<DateTime>(
            "SELECT expires_at FROM session WHERE token_hash = @hash", ("hash", Token.Hash(resident.Token))));

        _server.Clock.Advance(TimeSpan.FromDays(29));
        await resident.Identity.GetMeAsync(new());
    }

    [Fact]
    public async Task A_token_is_not_renewed_twice_a_day()
    {
        var resident = await _world.ResidentAsync();
        var first = _server.Clock.Now.AddDays(30);

        _server.Clock.Advance(TimeSpan.FromHours(23));
        await resident.Identity.GetMeAsync(new());

        Assert.Equal(first, await _server.Database.ScalarAsync<DateTime>(
            "SELECT expires_at FROM session WHERE token_hash = @hash", ("hash", Token.Hash(resident.Token))));
    }

    [Fact]
    public async Task Signing_out_ends_this_session_and_no_other()
    {
        var resident = await _world.ResidentAsync();
        var other = await SecondSessionAsync(resident);

        await resident.Access.SignOutAsync(new());

        Assert.Equal("SIGN_IN_REQUIRED", await ReasonAsync(resident.Token));
        await _server.Channel.Send(GetMe, [], other);
    }

    [Fact]
    public async Task Signing_out_twice_is_refused_the_second_time()
    {
        var resident = await _world.ResidentAsync();
        await resident.Access.SignOutAsync(new());

        Assert.Equal("SIGN_IN_REQUIRED", await Refusals.ReasonAsync(resident.Access.SignOutAsync(new())));
    }

    [Fact]
    public async Task Ending_all_sessions_ends_this_one_too_and_says_how_many()
    {
        var resident = await _world.ResidentAsync();
        var neighbour = await _world.ResidentAsync();
        var other = await SecondSessionAsync(resident);

        Assert.Equal(2, (await resident.Access.EndMySessionsAsync(new())).Ended);

        Assert.Equal("SIGN_IN_REQUIRED", await ReasonAsync(resident.Token));
        Assert.Equal("SIGN_IN_REQUIRED", await ReasonAsync(other));
        await neighbour.Identity.GetMeAsync(new());
    }

    [Theory]
    [InlineData(RedisThere)]
    [InlineData(RedisAway)]
    public async Task What_is_ended_at_one_copy_is_over_at_the_others_within_ten_seconds(string redis)
    {
        await using var here = await CopyAsync(redis);
        await using var there = await CopyAsync(redis);
        var signedOut = await _world.ResidentAsync();
        var ended = await _world.ResidentAsync();
        var elsewhere = await SecondSessionAsync(ended);
        var formerStaff = await _world.StaffAsync(_world.District);
        var role = (await formerStaff.Identity.GetMeAsync(new())).Me.Roles[0].Id;
        var list = new Wire.ListRolesRequest { UnitId = _world.Street.ToString() };
        var above = await AboveAsync();

        // Every copy remembers them.
        foreach (var copy in new[] { here, there })
        {
            await signedOut.At(copy).Identity.GetMeAsync(new());
            await ended.At(copy).Identity.GetMeAsync(new());
            await copy.Channel.Send(GetMe, [], elsewhere);
            await formerStaff.At(copy).Access.ListRolesAsync(list);
        }

        var watch = Stopwatch.StartNew();
        await signedOut.At(here).Access.SignOutAsync(new());
        await ended.At(here).Access.EndMySessionsAsync(new());
        await above.At(here).Access.EndRoleAsync(new() { RoleId = role, Reason = "调离岗位" });

        // Where it was done at once, elsewhere soon.
        Assert.Equal("SIGN_IN_REQUIRED", await Refusals.ReasonAsync(signedOut.At(here).Identity.GetMeAsync(new())));
        Assert.Equal("SIGN_IN_REQUIRED", await Refusals.ReasonAsync(ended.At(here).Identity.GetMeAsync(new())));
        Assert.Equal("SIGN_IN_REQUIRED", await Refusals.ReasonAsync(here.Channel.Send(GetMe, [], elsewhere)));
        Assert.Equal("NOT_PERMITTED", await Refusals.ReasonAsync(formerStaff.At(here).Access.ListRolesAsync(list)));
        await WithinAsync(watch, () => RefusedAsync(signedOut.At(there).Identity.GetMeAsync(new())));
        await WithinAsync(watch, () => RefusedAsync(ended.At(there).Identity.GetMeAsync(new())));
        await WithinAsync(watch, () => RefusedAsync(there.Channel.Send(GetMe, [], elsewhere)));
        await WithinAsync(watch, () => RefusedAsync(formerStaff.At(there).Access.ListRolesAsync(list)));
    }

    [Theory]
    [InlineData(RedisThere)]
    [InlineData(RedisAway)]
    public async Task A_role_granted_at_one_copy_works_at_the_others_within_ten_seconds(string redis)
    {
        await using var here = await CopyAsync(redis);
        await using var there = await CopyAsync(redis);
        var person = await _world.ResidentAsync();
        var staff = await _world.StaffAsync(_world.District);
        var list = new Wire.ListRolesRequest { UnitId = _world.Community.ToString() };
        Assert.True(await RefusedAsync(person.At(here).Access.ListRolesAsync(list)));
        Assert.True(await RefusedAsync(person.At(there).Access.ListRolesAsync(list)));

        var watch = Stopwatch.StartNew();
        await staff.At(here).Access.GrantRoleAsync(new()
        {
            PersonId = person.PersonId.ToString(),
            Role = Wire.Role.Auditor,
            UnitId = _world.Community.ToString(),
        });

        await person.At(here).Access.ListRolesAsync(list);
        await WithinAsync(watch, async () => !await RefusedAsync(person.At(there).Access.ListRolesAsync(list)));
    }

    [Fact]
    public async Task What_has_served_its_time_is_forgotten()
    {
        await _world.ResidentAsync();
        await new Wire.AccessService.AccessServiceClient(_server.Channel).AskCodeAsync(new() { Phone = "13800000001" });

        _server.Clock.Advance(TimeSpan.FromDays(31));
        await _server.RunJobsAsync();

        foreach (var table in new[] { "session", "sign_in_code", "limit_count" })
        {
            Assert.Equal(0, await _server.Database.ScalarAsync<int>($"SELECT COUNT(*) FROM {table}"));
        }
    }

    /// <summary>
    /// Staff above the district do not exist in the test tree, so the district's own role is ended from one.
    /// </summary>
    private async Task<Actor> AboveAsync()
    {
        var city = _server.Clock.GetUtcNow();
        var id = Guid.CreateVersion7(city);
        await _server.Database.ExecuteAsync(
            """
            INSERT INTO unit (id, parent_id, kind, name, opened_on) VALUES (@id, NULL, 'city', '测试市', '2026-01-01');
            INSERT INTO unit_ancestor (unit_id, ancestor_id, distance) VALUES (@id, @id, 0);
            INSERT INTO unit_ancestor (unit_id, ancestor_id, distance)
              SELECT unit_id, @id, distance + 1 FROM unit_ancestor WHERE ancestor_id = @district AND unit_id <> @id;
            UPDATE data_version SET version = version + 1 WHERE name = 'units'
            """, ("id", id), ("district", _world.District));
        _server.Services.GetRequiredService<Units>().Forget();
        return await _world.StaffAsync(id);
    }

    private Task<TestServer> CopyAsync(string redis) =>
        TestServer.StartAsync(_server.Database, _server.Clock, settings: redis == RedisAway ? [RedisAway] : []);

    private async Task<string> SecondSessionAsync(Actor actor)
    {
        var client = new Wire.AccessService.AccessServiceClient(_server.Channel);
        var asked = await client.AskCodeAsync(new() { Phone = actor.Phone });
        return (await client.SignInAsync(
            new() { ChallengeId = asked.ChallengeId, Code = _server.Sms.Codes[actor.Phone] })).Token;
    }

    private Task<string> ReasonAsync(string token) =>
        Refusals.ReasonAsync(_server.Channel.Send(GetMe, [], token));

    private static async Task<bool> RefusedAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return false;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied)
        {
            return true;
        }
    }

    private static async Task WithinAsync(Stopwatch watch, Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            Assert.True(watch.Elapsed < RevokedWithin, $"not so after {RevokedWithin}");
            await Task.Delay(100);
        }
    }
}
