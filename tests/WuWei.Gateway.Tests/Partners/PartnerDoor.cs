using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using WuWei.Operator;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Partners;

/// <summary>
/// A district with an authority of its own, and two copies of the server: one as in the demo, by which people come, and one
/// that partners reach with certificates only.
/// </summary>
public sealed class PartnerDoor : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wuwei-partners-");

    public TestServer People { get; private set; } = null!;
    public TestServer Door { get; private set; } = null!;
    public World World { get; private set; } = null!;
    public TestClock Clock => People.Clock;

    /// <summary>Whether it lives now, for programs that have no other clock than the machine's.</summary>
    public bool Now { get; init; }

    /// <summary>Its address for clients.</summary>
    public string Address => AddressOf(Door);

    /// <summary>The file of the authority's certificate.</summary>
    public string AuthorityFile => At("ca/ca.pem");

    public async ValueTask InitializeAsync()
    {
        People = await TestServer.StartAsync();
        Clock.Advance(Now ? DateTime.UtcNow - Clock.Now : TimeSpan.Zero);
        World = await World.CreateAsync(People);
        NewAuthority().Create("测试区");
        using var key = NewKey();
        using var certificate = NewAuthority().IssueForServer(["localhost", "127.0.0.1"], new PublicKey(key), 365);
        Authority.Write(At("door.pem"), certificate.ExportCertificatePem(), Authority.ForAll);
        Authority.Write(At("door-key.pem"), key.ExportPkcs8PrivateKeyPem(), Authority.OwnerOnly);
        Door = await StartAsync();
    }

    /// <summary>One more copy with certificates.</summary>
    public Task<TestServer> StartAsync(params string[] settings) => TestServer.StartAsync(
        People.Database, Clock, keys: null,
        [
            $"WUWEI_GRPC_CERTIFICATE={At("door.pem")}", $"WUWEI_GRPC_CERTIFICATE_KEY={At("door-key.pem")}",
            $"WUWEI_GRPC_CLIENT_CA={At("ca/ca.pem")}", .. settings,
        ]);

    /// <summary>A certificate of the district's authority, as it would have made it some days from now, or before.</summary>
    public X509Certificate2 Issue(int days = 365, int from = 0, bool forServers = false)
    {
        var clock = new TestClock();
        clock.Advance(Clock.Now - clock.Now + TimeSpan.FromDays(from));
        return Issue(new Authority(new DirectoryInfo(At("ca")), clock), days, forServers);
    }

    /// <summary>A certificate that looks the same, of an authority that calls itself the same.</summary>
    public X509Certificate2 IssueElsewhere()
    {
        var elsewhere = new Authority(new DirectoryInfo(At($"{Guid.NewGuid():n}")), Clock);
        elsewhere.Create("测试区");
        return Issue(elsewhere, days: 365, forServers: false);
    }

    public X509Certificate2 SelfSigned()
    {
        using var key = NewKey();
        return new CertificateRequest("CN=partner", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(Clock.Now.AddDays(-1), Clock.Now.AddDays(1));
    }

    /// <summary>A partner that comes with a certificate.</summary>
    public async Task<TestPartner> PartnerAsync(
        string[] scopes, Guid[]? units = null, Guid[]? people = null, int quota = 10_000,
        X509Certificate2? certificate = null, DateTime? startsAt = null, DateTime? endsAt = null)
    {
        var (id, code) = await People.AddPartnerAsync(
            scopes, units ?? [World.Community], people, quota, startsAt, endsAt);
        certificate ??= Issue();
        await RegisterAsync(code, certificate);
        return new TestPartner(id, code, certificate, Channel(certificate));
    }

    public Task RegisterAsync(string code, X509Certificate2 certificate, DateTime? retireAt = null)
    {
        Forget();
        return People.Partners().AddCertificateAsync(
            code, Authority.Fingerprint(certificate), retireAt, CancellationToken.None);
    }

    /// <summary>Past the seconds for which a copy knows what partners there are.</summary>
    public void Forget() => Clock.Advance(TimeSpan.FromSeconds(11));

    /// <summary>A client that shows this certificate, whatever it is, and knows the door by the authority.</summary>
    public GrpcChannel Channel(X509Certificate2? shown, TestServer? copy = null) => GrpcChannel.ForAddress(
        AddressOf(copy ?? Door), new GrpcChannelOptions
        {
            HttpHandler = Handler(shown),
            DisposeHttpClient = true,
        });

    public static string AddressOf(TestServer copy) =>
        $"https://127.0.0.1:{new Uri(copy.Address.Replace("[::]", "127.0.0.1")).Port}";

    public static SocketsHttpHandler Handler(X509Certificate2? shown)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => shown!;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, door, _, _) => door?.Issuer == "CN=测试区";
        return handler;
    }

    public async ValueTask DisposeAsync()
    {
        await Door.DisposeAsync();
        await People.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static X509Certificate2 Issue(Authority authority, int days, bool forServers)
    {
        using var key = NewKey();
        using var certificate = forServers
            ? authority.IssueForServer(["partner.example"], new PublicKey(key), days)
            : authority.IssueForClient("partner", new PublicKey(key), days);
        return certificate.CopyWithPrivateKey(key);
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private Authority NewAuthority() => new(new DirectoryInfo(At("ca")), Clock);

    private string At(string name) => Path.Combine(_folder.FullName, name);
}

/// <summary>A partner and how it calls.</summary>
public sealed record TestPartner(Guid Id, string Code, X509Certificate2 Certificate, GrpcChannel Channel)
{
    public Wire.WishService.WishServiceClient Wishes => new(Channel);
    public Wire.OrganizationService.OrganizationServiceClient Organization => new(Channel);
    public Wire.RegistryService.RegistryServiceClient Registry => new(Channel);
    public Wire.BoardService.BoardServiceClient Boards => new(Channel);

    /// <summary>The metadata of a writing call on somebody's behalf.</summary>
    public static Metadata For(Guid person, string? key = null) => new()
    {
        { "idempotency-key", key ?? Guid.NewGuid().ToString() }, { "x-wuwei-on-behalf-of", person.ToString() },
    };
}
