using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Operator;

/// <summary>Partners as an operator registers them, with the built program.</summary>
public sealed class PartnerCommandTests : IAsyncLifetime
{
    private static readonly string[] Terms =
    [
        "--name", "12345 热线", "--purpose", "转来居民的心愿", "--contact", "王科长 025-12345678", "--unit", "999900001",
        "--scope", "public", "WishService/MakeWish=500",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wuwei-partner-");
    private TestServer _server = null!;
    private World _world = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_partner_is_added_rotated_listed_and_revoked_and_its_certificate_is_the_authoritys()
    {
        Assert.Equal(0, (await RunAsync("ca")).Code);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("ca/ca-key.pem")));
        var authority = await File.ReadAllTextAsync(At("ca/ca-key.pem"));
        // Never a second one in its place.
        Assert.Equal(1, (await RunAsync("ca")).Code);
        Assert.Equal(authority, await File.ReadAllTextAsync(At("ca/ca-key.pem")));

        var (added, output) = await RunAsync(["add", "hotline", .. Terms]);
        Assert.True(added == 0, output);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("hotline-key.pem")));
        using var certificate = X509Certificate2.CreateFromPemFile(At("hotline.pem"), At("hotline-key.pem"));
        Assert.Contains(Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)), output);
        Assert.Equal(1, (await RunAsync(["add", "hotline", .. Terms, "--out", "elsewhere"])).Code);

        Assert.Equal(1, (await RunAsync("rotate", "hotline")).Code);
        Assert.Equal(0, (await RunAsync("rotate", "hotline", "--out", "next")).Code);
        var (listed, list) = await RunAsync("list");
        Assert.Equal(0, listed);
        Assert.Contains("hotline  12345 热线  let in", list);
        Assert.Equal(2, list.Split('\n').Count(l => l.TrimStart().StartsWith("certificate", StringComparison.Ordinal)));
        Assert.DoesNotContain("王科长", list);
        Assert.Equal(1, (await RunAsync("rotate", "hotline", "--out", "third")).Code);
        Assert.Equal(0, (await RunAsync("rotate", "hotline", "--out", "fourth", "--retire", "now")).Code);

        var (keyed, key) = await RunAsync("key", "hotline");
        Assert.Equal((0, 43), (keyed, key.Trim().Length));
        Assert.DoesNotContain(key.Trim(), (await RunAsync("list")).Output);
        Assert.Equal(0, (await RunAsync("change", "hotline", "--quota", "7", "--until", "2099-12-31")).Code);
        Assert.Contains(", 2100-01-01 00:00", (await RunAsync("list")).Output);
        Assert.Equal(0, (await RunAsync("change", "hotline", "--until", "never", "--person", "nobody")).Code);
        Assert.DoesNotContain("2100", (await RunAsync("list")).Output);
        Assert.Contains("7 a day", (await RunAsync("list")).Output);
        Assert.Contains("WishService/MakeWish=500", (await RunAsync("list")).Output);
        Assert.Equal(0, (await RunAsync("revoke", "hotline", "--reason", "合同到期")).Code);
        Assert.Contains("PARTNER_REVOKED", (await RunAsync("list")).Output);
        Assert.Equal(1, (await RunAsync("revoke", "hotline", "--reason", "合同到期")).Code);
        Assert.Equal(1, (await RunAsync("change", "hotline", "--quota", "8")).Code);
        // What is over for good gets no certificate that would never be let in.
        Assert.Equal(1, (await RunAsync("rotate", "hotline", "--out", "fifth", "--retire", "now")).Code);
        Assert.Equal(1, (await RunAsync("key", "hotline")).Code);
        Assert.Equal(
            "PARTNER_ADDED PARTNER_CERTIFICATE_ADDED*3 PARTNER_CHANGED*2 PARTNER_KEY_ADDED PARTNER_REVOKED",
            await KindsAsync());
    }

    [Fact]
    public async Task A_partner_may_keep_its_key_or_come_with_a_certificate_of_another_authority()
    {
        await RunAsync("ca");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=boss, O=everything", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        await File.WriteAllTextAsync(At("asked.csr"), request.CreateSigningRequestPem());
        await File.WriteAllTextAsync(At("csr-key.pem"), "the partner's");
        using var weak = RSA.Create(1_024);
        await File.WriteAllTextAsync(At("weak.csr"), new CertificateRequest(
            "CN=weak", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem());
        await File.WriteAllTextAsync(At("none.csr"), "nonsense");

        Assert.Equal(0, (await RunAsync(["add", "csr", .. Terms, "--csr", "asked.csr"])).Code);
        using var issued = X509CertificateLoader.LoadCertificateFromFile(At("csr.pem"));
        // Of the request only the key is believed.
        Assert.Equal("CN=csr", issued.Subject);
        Assert.False(issued.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal("the partner's", await File.ReadAllTextAsync(At("csr-key.pem")));
        Assert.Equal(0, (await RunAsync(["add", "print", .. Terms, "--fingerprint", new string('a', 64)])).Code);
        Assert.Equal(0, (await RunAsync(["add", "none", .. Terms, "--without-certificate"])).Code);

        foreach (var wrong in new string[][]
        {
            ["--csr", "weak.csr"], ["--csr", "none.csr"], ["--csr", "missing.csr"], ["--fingerprint", "abc"],
            ["--certificate", "none.csr"], ["--fingerprint", new string('a', 64)], ["--ca", "nowhere"],
            ["--csr", "asked.csr", "--without-certificate"], ["--without-certificate", "--scope", "EverythingService/*"],
            ["--without-certificate", "--unit", "000000"], ["--without-certificate", "--person", "somebody"],
            ["--without-certificate", "--quota", "0"], ["--without-certificate", "--scope", "journal/wishes=5"],
            ["--without-certificate", "--until", "2020-01-01", "--from", "2026-01-01"],
        })
        {
            var (code, output) = await RunAsync(["add", "wrong", .. Terms, .. wrong]);
            Assert.True(code == 1, $"{string.Join(' ', wrong)}: {output}");
            Assert.DoesNotContain("   at WuWei", output);
        }
    }

    [Fact]
    public async Task What_somebody_else_changed_meanwhile_is_not_overwritten()
    {
        var (_, code) = await _server.AddPartnerAsync(["public"], [_world.Street]);
        var read = await _server.Partners().GetAsync(code, CancellationToken.None);
        Assert.Equal(0, (await RunAsync("change", code, "--quota", "7")).Code);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _server.Partners().ChangeAsync(
            code, read with { Name = "市民热线二" }, CancellationToken.None));

        Assert.Contains("meanwhile", refused.Message);
        var now = await _server.Partners().GetAsync(code, CancellationToken.None);
        Assert.Equal((read.Name, 7), (now.Name, now.QuotaPerDay));
        Assert.Equal("PARTNER_ADDED PARTNER_CHANGED", await KindsAsync());
        // Read again, it goes through.
        Assert.Equal(0, (await RunAsync("change", code, "--name", "市民热线二")).Code);
    }

    [Fact]
    public async Task Of_many_who_change_it_at_once_each_success_is_there()
    {
        var (_, code) = await _server.AddPartnerAsync(["public"], [_world.Street]);
        var read = await _server.Partners().GetAsync(code, CancellationToken.None);

        var changed = await Task.WhenAll(Enumerable.Range(1, 8).Select(async quota =>
        {
            try
            {
                await _server.Partners().ChangeAsync(code, read with { QuotaPerDay = quota }, CancellationToken.None);
                return quota;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }));

        var now = await _server.Partners().GetAsync(code, CancellationToken.None);
        Assert.Equal(Assert.Single(changed, q => q > 0), now.QuotaPerDay);
    }

    [Fact]
    public async Task The_door_gets_a_certificate_for_its_names_and_addresses()
    {
        await RunAsync("ca");

        Assert.Equal(0, (await RunAsync("door", "wuwei.example", "127.0.0.1")).Code);

        using var door = X509Certificate2.CreateFromPemFile(At("door.pem"), At("door-key.pem"));
        Assert.True(door.MatchesHostname("wuwei.example"));
        Assert.True(door.MatchesHostname("127.0.0.1"));
        Assert.False(door.MatchesHostname("other.example"));
        Assert.Equal(1, (await RunAsync("door", "wuwei.example")).Code);
    }

    [Fact]
    public async Task The_scopes_there_are_are_listed()
    {
        var (code, output) = await RunAsync("scopes");

        Assert.Equal(0, code);
        Assert.Contains("public", output);
        Assert.Contains("WishService/MakeWish", output);
        Assert.DoesNotContain("RevealContact", output);
    }

    private async Task<string> KindsAsync() => await _server.Database.ScalarAsync<string>(
        """
        SELECT GROUP_CONCAT(k ORDER BY k SEPARATOR ' ') FROM (
          SELECT CONCAT(kind, IF(COUNT(*) > 1, CONCAT('*', COUNT(*)), '')) AS k
          FROM journal_entry WHERE subject = 'partner' GROUP BY kind) AS kinds
        """) ?? "";

    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "wuwei.dll"), "partner", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.FullName,
        };
        start.Environment["WUWEI_MYSQL"] = _server.Database.Service;
        start.Environment["WUWEI_REDIS"] = TestDatabase.Redis;
        start.Environment["WUWEI_KEYS"] = TestKeys.Path;
        start.Environment["WUWEI_LOCAL"] = _folder.FullName;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
