using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Partners;
using WuWei.Time;

namespace WuWei.Operator.Commands;

/// <summary>Certificates and keys of partners, and of the door they come by.</summary>
public static class PartnerCredentials
{
    private const int DaysDefault = 397;
    private const int DaysMax = 3_650;
    private const int RetireDays = 30;
    private const string Now = "now";

    private static readonly Option<DirectoryInfo> Folder = new("--ca")
    {
        Description = "Folder of the authority; `ca` in WUWEI_LOCAL unless told otherwise.",
        DefaultValueFactory = _ => new DirectoryInfo(
            Path.Combine(Environment.GetEnvironmentVariable("WUWEI_LOCAL") ?? ".local", "ca")),
    };

    private static readonly Option<DirectoryInfo> Out = new("--out")
    {
        Description = "Folder for the files that are made.",
        DefaultValueFactory = _ => new DirectoryInfo("."),
    };

    private static readonly Option<int> Days = new("--days")
    {
        Description = "How long the certificate is good.",
        DefaultValueFactory = _ => DaysDefault,
    };

    private static readonly Option<FileInfo> Request = new("--csr") { Description = "A request of the partner's, in PEM." };
    private static readonly Option<FileInfo> Given = new("--certificate") { Description = "A certificate in PEM." };
    private static readonly Option<string> Print = new("--fingerprint") { Description = "The SHA-256 of a certificate." };
    private static readonly Option<bool> None = new("--without-certificate") { Description = "For keys only." };

    private static readonly Option<string> Retire = new("--retire")
    {
        Description = $"First day on which what it has is refused, or {Now}; in {RetireDays} days unless told otherwise.",
    };

    public static void AddOptions(Command command)
    {
        foreach (var option in new Option[] { Request, Given, Print, None, Folder, Out, Days })
        {
            command.Add(option);
        }
    }

    public static Command MakeAuthority()
    {
        var name = new Option<string>("--name")
        {
            Description = "Whose it is.",
            DefaultValueFactory = _ => "WuWei partners",
        };
        var make = new Command(
            "ca",
            "Make an authority for a district that has none: ca.pem, and ca-key.pem, which only you can read. Keep the folder "
            + "apart from the servers; they need ca.pem only, as WUWEI_GRPC_CLIENT_CA.")
        {
            Folder, name,
        };
        make.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(Folder);
            new Authority(folder, TimeProvider.System).Create(parsed.GetRequiredValue(name));
            Console.WriteLine($"made {Path.Combine(folder.FullName, Authority.CertificateFile)}, good for ten years");
            return Exit.Done;
        });
        return make;
    }

    public static Command MakeDoor()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = "Names and addresses by which partners reach the door.",
            Arity = ArgumentArity.OneOrMore,
        };
        var make = new Command("door", "Make a certificate for the gRPC door: door.pem and door-key.pem in --out.")
        {
            names, Folder, Out, Days,
        };
        make.SetAction(parsed =>
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = Opened(parsed).IssueForServer(
                parsed.GetRequiredValue(names), new PublicKey(key), DaysOf(parsed));
            var path = FileAt(parsed, "door", withKey: true);
            new Credential(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), [], path).Save();
            return Exit.Done;
        });
        return make;
    }

    public static Command Rotate(Argument<string> code)
    {
        var rotate = new Command(
            "rotate",
            "Give a partner one more certificate, as `partner add` does, and refuse those it has from a day on: until then "
            + "both are good. --retire now is for one that fell into other hands.")
        {
            code, Retire,
        };
        AddOptions(rotate);
        rotate.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var name = parsed.GetRequiredValue(code);
            var credential = Take(parsed, name) ?? throw new InvalidOperationException("There is nothing to rotate to.");
            await services.GetRequiredService<PartnerRegister>().AddCertificateAsync(
                name, credential.Fingerprint, RetireAt(parsed, services), cancel);
            credential.Save();
            return Exit.Done;
        });
        return rotate;
    }

    public static Command AddKey(Argument<string> code)
    {
        var key = new Command(
            "key",
            "Make a key for doors without client certificates and show it once; only its hash is kept. Those it has are "
            + "refused from --retire on.")
        {
            code, Retire,
        };
        key.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            Console.WriteLine(await services.GetRequiredService<PartnerRegister>().AddKeyAsync(
                parsed.GetRequiredValue(code), RetireAt(parsed, services), cancel));
            return Exit.Done;
        });
        return key;
    }

    /// <summary>The certificate that the options speak of, made if need be; null for none.</summary>
    public static Credential? Take(ParseResult parsed, string code)
    {
        var (request, given, print) = (parsed.GetValue(Request), parsed.GetValue(Given), parsed.GetValue(Print));
        if (new[] { request is not null, given is not null, print is not null, parsed.GetValue(None) }.Count(o => o) > 1)
        {
            throw new InvalidOperationException("Only one of --csr, --certificate, --fingerprint and --without-certificate.");
        }

        if (parsed.GetValue(None))
        {
            return null;
        }

        if (print is not null)
        {
            var hex = print.Replace(":", "", StringComparison.Ordinal);
            return hex.Length == 64 && hex.All(char.IsAsciiHexDigit)
                ? new Credential(null, null, Convert.FromHexString(hex), null)
                : throw new InvalidOperationException("A fingerprint is 64 hexadecimal digits.");
        }

        if (given is not null)
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(given.FullName));
            return new Credential(null, null, Authority.Fingerprint(certificate), null);
        }

        // With a request the key is not ours, and may lie where ours would.
        var path = FileAt(parsed, code, withKey: request is null);
        if (request is not null)
        {
            using var issued = Opened(parsed).IssueForClient(
                code, Authority.KeyOfRequest(File.ReadAllText(request.FullName)), DaysOf(parsed));
            return new Credential(issued.ExportCertificatePem(), null, Authority.Fingerprint(issued), path);
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Opened(parsed).IssueForClient(code, new PublicKey(key), DaysOf(parsed));
        return new Credential(
            made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), Authority.Fingerprint(made), path);
    }

    private static DateTime RetireAt(ParseResult parsed, IServiceProvider services)
    {
        var now = services.GetRequiredService<TimeProvider>().Now();
        return parsed.GetValue(Retire) switch
        {
            null => now.AddDays(RetireDays),
            Now => now,
            var day => PartnerCommands.DayOf(day),
        };
    }

    private static Authority Opened(ParseResult parsed) => new(parsed.GetRequiredValue(Folder), TimeProvider.System);

    private static int DaysOf(ParseResult parsed) => parsed.GetValue(Days) is var days and > 0 and <= DaysMax
        ? days
        : throw new InvalidOperationException($"--days is 1 to {DaysMax}.");

    /// <summary>Where the files go, without ending; none that is to be written may be there.</summary>
    private static string FileAt(ParseResult parsed, string name, bool withKey)
    {
        var folder = parsed.GetRequiredValue(Out);
        folder.Create();
        var path = Path.Combine(folder.FullName, name);
        string[] files = withKey ? [$"{path}.pem", $"{path}-key.pem"] : [$"{path}.pem"];
        return Array.Find(files, File.Exists) is { } there
            ? throw new InvalidOperationException($"{there} is there already.")
            : path;
    }
}

/// <summary>A certificate, with what of it is to be written to files.</summary>
/// <param name="Path">Without ending; null when there is nothing to write.</param>
public sealed record Credential(string? Certificate, string? Key, byte[] Fingerprint, string? Path)
{
    public void Save()
    {
        if (Path is null)
        {
            Console.WriteLine($"fingerprint  {Convert.ToHexStringLower(Fingerprint)}");
            return;
        }

        if (Key is not null)
        {
            Authority.Write($"{Path}-key.pem", Key, Authority.OwnerOnly);
            Console.WriteLine($"key          {Path}-key.pem");
        }

        Authority.Write($"{Path}.pem", Certificate!, Authority.ForAll);
        Console.WriteLine($"certificate  {Path}.pem");
        if (Fingerprint.Length > 0)
        {
            Console.WriteLine($"fingerprint  {Convert.ToHexStringLower(Fingerprint)}");
        }
    }
}
