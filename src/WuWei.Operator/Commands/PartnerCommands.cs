using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Feeds;
using WuWei.Organization;
using WuWei.Partners;
using WuWei.Time;

namespace WuWei.Operator.Commands;

/// <summary>Other systems: what they may have, and what they are known by. See PartnerCredentials for certificates.</summary>
public static class PartnerCommands
{
    private const int QuotaDefault = 10_000;
    private const string Never = "never";
    private const string Nobody = "nobody";

    private static readonly Argument<string> Code = new("CODE")
    {
        Description = "What you call the partner: 2 to 40 of a-z, 0-9, . and -.",
    };

    private static readonly Option<string> Name = new("--name") { Description = "Its name, such as 12345 热线." };
    private static readonly Option<string> Purpose = new("--purpose") { Description = "What it is let in for." };
    private static readonly Option<string> Contact = new("--contact")
    {
        Description = "Who is responsible there, and how to reach them; kept sealed.",
    };

    private static readonly Option<string[]> Scopes = new("--scope")
    {
        Description = "What it may: one of `wuwei partner scopes`, or SCOPE=N for N a day at most.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string[]> UnitCodes = new("--unit")
    {
        Description = "Where, with everything below: the code of a unit.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string[]> People = new("--person")
    {
        Description = $"On whose behalf it may act: the sign-in name of staff, or a person's id; or {Nobody}.",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int?> Quota = new("--quota")
    {
        Description = $"Calls a day, all together; {QuotaDefault} unless told otherwise.",
    };

    private static readonly Option<string> From = new("--from") { Description = "Its first day, such as 2026-07-01; today." };
    private static readonly Option<string> Until = new("--until") { Description = $"Its last day; or {Never}." };

    public static Command Partner() => new("partner", "Other systems that may call, and the authority for their certificates.")
    {
        PartnerCredentials.MakeAuthority(),
        PartnerCredentials.MakeDoor(),
        Add(),
        Change(),
        PartnerCredentials.Rotate(Code),
        PartnerCredentials.AddKey(Code),
        Revoke(),
        PartnerLists.List(),
        PartnerLists.ListScopes(),
    };

    private static Command Add()
    {
        var add = new Command(
            "add",
            "Register a partner and give it a certificate. By default makes a key and a certificate for it in --out; with "
            + "--csr the key stays with the partner; --certificate and --fingerprint take one that another authority gave.")
        {
            Code, Name, Purpose, Contact, Scopes, UnitCodes, People, Quota, From, Until,
        };
        PartnerCredentials.AddOptions(add);
        add.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var code = parsed.GetRequiredValue(Code);
            var nothing = new PartnerTerms("", "", "", [], [], [], QuotaDefault, null, null);
            var terms = await ReadAsync(parsed, services, nothing, cancel);
            var register = services.GetRequiredService<PartnerRegister>();
            var credential = PartnerCredentials.Take(parsed, code);
            var id = await register.AddAsync(code, terms, cancel);
            Console.WriteLine($"partner      {code}");
            Console.WriteLine($"id           {id}");
            if (credential is not null)
            {
                await register.AddCertificateAsync(code, credential.Fingerprint, retireAt: null, cancel);
                credential.Save();
            }

            return Exit.Done;
        });
        return add;
    }

    private static Command Change()
    {
        var change = new Command("change", "Change what is said of a partner; what is not given stays as it is.")
        {
            Code, Name, Purpose, Contact, Scopes, UnitCodes, People, Quota, From, Until,
        };
        change.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var register = services.GetRequiredService<PartnerRegister>();
            var code = parsed.GetRequiredValue(Code);
            var terms = await ReadAsync(parsed, services, await register.GetAsync(code, cancel), cancel);
            await register.ChangeAsync(code, terms, cancel);
            Console.WriteLine($"changed {code}; in force everywhere within a minute");
            return Exit.Done;
        });
        return change;
    }

    private static Command Revoke()
    {
        var reason = new Option<string>("--reason") { Description = "Why; kept sealed.", Required = true };
        var revoke = new Command(
            "revoke", "Let a partner in no more, for good; open connections end within a minute on every copy.")
        {
            Code, reason,
        };
        revoke.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var code = parsed.GetRequiredValue(Code);
            await services.GetRequiredService<PartnerRegister>().RevokeAsync(code, parsed.GetRequiredValue(reason), cancel);
            Console.WriteLine($"revoked {code}; over everywhere within a minute");
            return Exit.Done;
        });
        return revoke;
    }

    /// <summary>The terms as they are, with what was given in their place.</summary>
    private static async Task<PartnerTerms> ReadAsync(
        ParseResult parsed, IServiceProvider services, PartnerTerms before, CancellationToken cancel)
    {
        var tree = await services.GetRequiredService<Units>().TreeAsync(cancel);
        var people = new List<Guid>();
        var given = parsed.GetValue(People) ?? [];
        foreach (var named in given.Where(n => n != Nobody))
        {
            people.Add(await PersonAsync(services.GetRequiredService<Database>(), named, cancel));
        }

        return before with
        {
            Name = parsed.GetValue(Name) ?? before.Name,
            Purpose = parsed.GetValue(Purpose) ?? before.Purpose,
            Contact = parsed.GetValue(Contact) ?? before.Contact,
            Scopes = parsed.GetValue(Scopes) is { Length: > 0 } scopes ? [.. scopes.Select(ScopeOf)] : before.Scopes,
            Units = parsed.GetValue(UnitCodes) is { Length: > 0 } units
                ? [.. units.Select(code => tree.Find(new UnitCode(UnitImport.System, code))?.Id
                    ?? throw new InvalidOperationException($"No unit has the code {code}."))]
                : before.Units,
            People = given.Length > 0 ? people : before.People,
            QuotaPerDay = parsed.GetValue(Quota) ?? before.QuotaPerDay,
            StartsAt = parsed.GetValue(From) is { } from ? DayOf(from) : before.StartsAt,
            EndsAt = parsed.GetValue(Until) switch
            {
                null => before.EndsAt,
                Never => null,
                var until => DayOf(until).AddDays(1),
            },
        };
    }

    private static PartnerScope ScopeOf(string text)
    {
        var parts = text.Split('=', 2);
        return !PartnerScopes.Exists(parts[0])
            ? throw new InvalidOperationException($"There is no scope {parts[0]}; see `wuwei partner scopes`.")
            : parts.Length == 1 ? new PartnerScope(parts[0], null)
            : parts[0].StartsWith(FeedReach.ScopePrefix, StringComparison.Ordinal)
                ? throw new InvalidOperationException(
                    $"{text}: {parts[0]} says which entries are seen and has no quota; give one to JournalService/Get.")
            : int.TryParse(parts[1], out var quota) ? new PartnerScope(parts[0], quota)
            : throw new InvalidOperationException($"{text}: what is after = is no number.");
    }

    private static async Task<Guid> PersonAsync(Database database, string named, CancellationToken cancel) =>
        Guid.TryParseExact(named, "D", out var id)
            ? id
            : (await database.ReadAsync(db => db.FindStaffLoginAsync(named), cancel))?.PersonId
                ?? throw new InvalidOperationException($"No staff sign in as {named}.");

    /// <summary>The beginning of a day of China's.</summary>
    internal static DateTime DayOf(string text) =>
        DateTime.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? Clock.FromChina(day)
            : throw new InvalidOperationException($"{text} is no day such as 2026-07-01.");
}
