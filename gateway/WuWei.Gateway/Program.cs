using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using WuWei.Gateway;

try
{
    await using var app = GatewayHost.Build(args);
    await app.Services.GetRequiredService<SchemaGate>().WaitAsync(app.Lifetime.ApplicationStopping);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (e is InvalidOperationException or InvalidDataException or IOException or CryptographicException
    or OptionsValidationException)
{
    // What an operator can mend: a missing setting, an unreadable key file, a taken port.
    await Console.Error.WriteLineAsync($"wuwei: {e.Message}");
    return 1;
}
