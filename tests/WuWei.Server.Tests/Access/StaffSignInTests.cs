using OtpNet;
using WuWei.Access;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Access;

public sealed class StaffSignInTests : IAsyncLifetime
{
    private const string Name = "li.wei";
    private const string Password = "a long enough password";
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 20).Select(i => (byte)i)];

    private TestServer _server = null!;
    private World _world = null!;

    private Wire.AccessService.AccessServiceClient Nobody => new(_server.Channel);
    private string Now => new Totp(Secret).ComputeTotp(_server.Clock.Now);

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        await new StaffAccounts(_server.Db, _server.PersonalData, _server.Clock).AddAsync(
            Name, "李伟", _world.Community, Passwords.Hash(Password), Secret, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Staff_sign_in_by_name_password_and_authenticator()
    {
        var signedIn = await Nobody.SignInStaffAsync(new() { Name = Name, Password = Password, Totp = Now });

        Assert.Equal("李伟", signedIn.Me.Name);
        Assert.Equal("", signedIn.Me.MaskedPhone);
        var role = Assert.Single(signedIn.Me.Roles);
        Assert.Equal(Wire.Role.Staff, role.Role);
        Assert.Equal(_world.Community.ToString(), role.UnitId);
    }

    [Fact]
    public async Task Whichever_of_the_three_is_wrong_is_not_said()
    {
        Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync("nobody", Password, Now));
        Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync(Name, "another password", Now));
        Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync(Name, Password, Now == "000000" ? "000001" : "000000"));
        Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync(new string('x', 100), Password, Now));
    }

    [Fact]
    public async Task An_empty_or_overlong_field_is_just_wrong()
    {
        Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync("", "", ""));
        Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync(Name, new string('x', 10_000), Now));
        Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync(Name, Password, "动态口令不对"));
    }

    [Fact]
    public async Task An_authenticator_code_is_good_once()
    {
        var totp = Now;
        await Nobody.SignInStaffAsync(new() { Name = Name, Password = Password, Totp = totp });

        Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync(Name, Password, totp));

        _server.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync(Name, Password, totp));
        await Nobody.SignInStaffAsync(new() { Name = Name, Password = Password, Totp = Now });
    }

    [Fact]
    public async Task Of_many_who_use_the_same_authenticator_code_at_once_one_gets_in()
    {
        var totp = Now;
        using var channels = new Disposables();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            var there = new Wire.AccessService.AccessServiceClient(channels.Add(_server.From($"127.0.1.{i + 1}")));
            try
            {
                await there.SignInStaffAsync(new() { Name = Name, Password = Password, Totp = totp });
                return "in";
            }
            catch (RpcException refusal)
            {
                return refusal.Reason();
            }
        }));

        Assert.Single(outcomes, "in");
        // Where the machine is slow, the last of them have waited long enough.
        Assert.Equal(5, outcomes.Count(o => o is "CREDENTIALS_WRONG" or "SIGN_IN_BUSY"));
    }

    [Fact]
    public async Task Five_failures_block_their_source_for_this_name_and_nobody_else()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync(Name, "a wrong password", Now));
        }

        Assert.Equal("SIGN_IN_TOO_OFTEN", await ReasonAsync(Name, Password, Now));

        using var elsewhere = _server.From("127.0.0.2");
        await new Wire.AccessService.AccessServiceClient(elsewhere).SignInStaffAsync(
            new() { Name = Name, Password = Password, Totp = Now });
        Assert.Equal("CREDENTIALS_WRONG", await ReasonAsync("somebody-else", Password, Now));

        _server.Clock.Advance(TimeSpan.FromMinutes(15));
        await Nobody.SignInStaffAsync(new() { Name = Name, Password = Password, Totp = Now });
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Li.Wei")]
    [InlineData("li wei")]
    [InlineData("li.wei")]
    public async Task A_sign_in_name_is_plain_and_nobody_elses(string name)
    {
        var people = await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM person");

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            new StaffAccounts(_server.Db, _server.PersonalData, _server.Clock).AddAsync(
                name, "王芳", _world.Street, Passwords.Hash(Password), Secret, CancellationToken.None));

        // All or nothing: no person is left without a login.
        Assert.Equal(people, await _server.Database.ScalarAsync<int>("SELECT COUNT(*) FROM person"));
    }

    private Task<string> ReasonAsync(string name, string password, string totp) =>
        Refusals.ReasonAsync(Nobody.SignInStaffAsync(new() { Name = name, Password = password, Totp = totp }));

    private sealed class Disposables : IDisposable
    {
        private readonly List<IDisposable> _things = [];

        public T Add<T>(T thing)
            where T : IDisposable
        {
            lock (_things)
            {
                _things.Add(thing);
            }

            return thing;
        }

        public void Dispose() => _things.ForEach(t => t.Dispose());
    }
}
