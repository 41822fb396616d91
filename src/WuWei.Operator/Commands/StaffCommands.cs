using System.CommandLine;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;
using WuWei.Access;
using WuWei.Data;
using WuWei.Organization;
using WuWei.Privacy;

namespace WuWei.Operator.Commands;

public static class StaffCommands
{
    private const int SecretBytes = 20;
    private const int PasswordBytes = 12;

    public static Command CreateStaff()
    {
        var name = new Argument<string>("NAME") { Description = "What they sign in with: 3 to 40 of a-z, 0-9, . and -." };
        var unit = new Option<string>("--unit") { Description = "Code of the unit they serve.", Required = true };
        var shown = new Option<string>("--person") { Description = "Their own name.", Required = true };
        var system = new Option<string>("--system")
        {
            Description = "Code system of --unit.",
            DefaultValueFactory = _ => UnitImport.System,
        };
        var create = new Command("create-staff", "Make a staff account; prints its password and authenticator secret once.")
        {
            name, unit, shown, system,
        };
        create.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var tree = await services.GetRequiredService<Units>().TreeAsync(cancel);
            var code = new UnitCode(parsed.GetRequiredValue(system), parsed.GetRequiredValue(unit));
            var place = tree.Find(code) ?? throw new InvalidOperationException($"No unit has the code {code.Code}.");
            var password = Convert.ToBase64String(RandomNumberGenerator.GetBytes(PasswordBytes));
            var secret = RandomNumberGenerator.GetBytes(SecretBytes);
            var accounts = new StaffAccounts(
                services.GetRequiredService<Database>(), services.GetRequiredService<PersonalData>(),
                services.GetRequiredService<TimeProvider>());
            var login = parsed.GetRequiredValue(name);
            await accounts.AddAsync(
                login, parsed.GetRequiredValue(shown), place.Id, Passwords.Hash(password), secret, cancel);
            Console.WriteLine($"name      {login}");
            Console.WriteLine($"unit      {place.Name} ({code.Code})");
            Console.WriteLine($"password  {password}");
            Console.WriteLine($"secret    {Base32Encoding.ToString(secret)}");
            Console.WriteLine($"for an authenticator: {new OtpUri(OtpType.Totp, secret, login, "WuWei")}");
            return Exit.Done;
        });
        return create;
    }

    public static Command Totp()
    {
        var secret = new Argument<string>("SECRET") { Description = "Base32, as create-staff printed it." };
        var totp = new Command("totp", "Show the authenticator's current 6 digits for a secret, for walks through a demo.")
        {
            secret,
        };
        totp.SetAction(parsed =>
        {
            Console.WriteLine(new Totp(Base32Encoding.ToBytes(parsed.GetRequiredValue(secret))).ComputeTotp());
            return Exit.Done;
        });
        return totp;
    }
}
