using System.CommandLine;
using System.Diagnostics;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace WuWei.Operator.Commands;

public static class HealthCommands
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);

    public static Command Health()
    {
        var address = new Option<string>("--grpc") { Description = "Such as http://127.0.0.1:5080.", Required = true };
        var wait = new Option<int>("--wait") { Description = "Seconds to wait until it serves." };
        var health = new Command("health", "Ask a server whether it serves. Exit code 2 if it does not.") { address, wait };
        health.SetAction(async (parsed, cancel) =>
        {
            using var channel = GrpcChannel.ForAddress(parsed.GetRequiredValue(address));
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
            return e.StatusCode.ToString();
        }
    }
}
