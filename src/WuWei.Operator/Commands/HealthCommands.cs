using System.CommandLine;
using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace WuWei.Operator.Commands;

public static class HealthCommands
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(5);

    public static Command Health()
    {
        var address = new Option<string>("--grpc") { Description = "Such as http://127.0.0.1:5080.", Required = true };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait until it serves." };
        var certificate = new Option<FileInfo>("--certificate")
        {
            Description = "PEM file of a partner's certificate, for a door that lets in only those.",
        };
        var key = new Option<FileInfo>("--key") { Description = "PEM file of the key of --certificate." };
        var authority = new Option<FileInfo>("--ca")
        {
            Description = "PEM file of the authority that vouches for the door; without it, those that this machine trusts.",
        };
        var health = new Command("health", "Ask a server whether it serves. Exit code 2 if it does not.")
        {
            address, wait, certificate, key, authority,
        };
        health.SetAction(async (parsed, cancel) =>
        {
            using var handler = Handler(parsed.GetValue(certificate), parsed.GetValue(key), parsed.GetValue(authority));
            using var channel = GrpcChannel.ForAddress(
                AddressOf(parsed.GetRequiredValue(address)), new GrpcChannelOptions { HttpHandler = handler });
            var client = new Health.HealthClient(channel);
            var limit = TimeSpan.FromSeconds(parsed.GetValue(wait));
            for (var watch = Stopwatch.StartNew(); ; await Task.Delay(Pause, cancel))
            {
                var status = await StatusAsync(client, cancel);
                if (status == "Serving" || watch.Elapsed >= limit)
                {
                    Console.WriteLine(status);
                    return status == "Serving" ? Exit.Done : Exit.Wrong;
                }
            }
        });
        return health;
    }

    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw new InvalidOperationException($"{text} is no address such as http://127.0.0.1:5080.");

    private static SocketsHttpHandler Handler(FileInfo? certificate, FileInfo? key, FileInfo? authority)
    {
        if (certificate is null != key is null)
        {
            throw new InvalidOperationException("--certificate and --key belong together.");
        }

        var handler = new SocketsHttpHandler();
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates =
                [X509Certificate2.CreateFromPemFile(certificate.FullName, key!.FullName)];
        }

        if (authority is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(authority.FullName) },
                RevocationMode = X509RevocationMode.NoCheck,
            };
        }

        return handler;
    }

    private static async Task<string> StatusAsync(Health.HealthClient client, CancellationToken cancel)
    {
        try
        {
            var reply = await client.CheckAsync(
                new HealthCheckRequest(), deadline: DateTime.UtcNow + AnswerMax, cancellationToken: cancel);
            return reply.Status.ToString();
        }
        catch (RpcException e)
        {
            return $"{e.StatusCode}: {e.Status.Detail}";
        }
    }
}
