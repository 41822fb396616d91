using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;

namespace WuWei.Gateway.Tests.Partners;

/// <summary>The built program asks a door that wants client certificates.</summary>
public sealed class HealthCommandTests : IAsyncLifetime
{
    private readonly PartnerDoor _door = new() { Now = true };

    public ValueTask InitializeAsync() => _door.InitializeAsync();

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task A_door_with_client_certificates_is_asked_with_one()
    {
        var probe = await _door.PartnerAsync(["public"]);
        var folder = Directory.CreateTempSubdirectory("wuwei-health-");
        var (certificate, key) = (Path.Combine(folder.FullName, "probe.pem"), Path.Combine(folder.FullName, "key.pem"));
        await File.WriteAllTextAsync(certificate, probe.Certificate.ExportCertificatePem());
        using var secret = probe.Certificate.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(key, secret.ExportPkcs8PrivateKeyPem());
        string[] shown = ["--certificate", certificate, "--key", key];

        Assert.Equal((0, "Serving"), await RunAsync([.. shown, "--ca", _door.AuthorityFile, "--wait", "60"]));
        Assert.Equal(2, (await RunAsync(["--ca", _door.AuthorityFile])).Code);
        // The door itself is not believed either.
        Assert.Equal(2, (await RunAsync(shown)).Code);
        Assert.Equal(1, (await RunAsync(["--certificate", certificate])).Code);
        folder.Delete(recursive: true);
    }

    private async Task<(int Code, string Output)> RunAsync(string[] options)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "wuwei.dll"), "health", "--grpc", _door.Address, .. options])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await output + await errors).Trim());
    }
}
