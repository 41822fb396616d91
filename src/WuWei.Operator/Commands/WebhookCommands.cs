using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Feeds;
using WuWei.Webhooks;

namespace WuWei.Operator.Commands;

public static class WebhookCommands
{
    private static readonly Argument<Guid> Id = new("ID") { Description = "As `webhook list` shows it." };

    public static Command Webhooks() =>
        new(
            "webhook", "Where the journal is delivered to partners that cannot hold a stream. Exit codes: 0 done, 1 failed, "
            + "2 (of list) an endpoint has stopped because it failed.")
        {
            Add(), List(), Stop(), Resume(), Rotate(), Remove(),
        };

    private static Command Add()
    {
        var partner = new Option<string>("--partner") { Description = "Code of the partner.", Required = true };
        var url = new Option<string>("--url")
        {
            Description = "Its https address, at a public host or in a network of Webhooks__Networks; in the demo also "
                + "http://127.0.0.1:PORT/….",
            Required = true,
        };
        var topics = new Option<EntryTopic[]>("--topics")
        {
            Description = "Only these of the partner's topics: Wishes, Activities, Service, Points, Units, Organisations.",
            AllowMultipleArgumentsPerToken = true,
        };
        var after = After("The last number the partner has; 0 for all there is. Without it: what comes from now on.");
        var add = new Command("add", "Add an endpoint; prints its secret, once.") { partner, url, topics, after };
        add.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var (webhook, secret) = await Desk(services).AddAsync(
                parsed.GetRequiredValue(partner), parsed.GetRequiredValue(url), parsed.GetValue(topics) ?? [],
                parsed.GetValue(after), cancel);
            Console.WriteLine($"id      {webhook.Id}");
            Console.WriteLine($"after   {webhook.SeenUntil}");
            Console.WriteLine($"secret  {secret}");
            return Exit.Done;
        });
        return add;
    }

    private static Command List()
    {
        var list = new Command(
            "list", "Show every endpoint, how far it is, and why it stopped; exit code 2 if one has because it failed.");
        list.SetAction(async (_, cancel) =>
        {
            await using var services = Installation.Open();
            var all = await Desk(services).ListAsync(cancel);
            foreach (var (webhook, partner) in all)
            {
                Console.WriteLine(string.Join("  ",
                    webhook.Id, partner, webhook.State, $"after {webhook.SeenUntil}", webhook.Place,
                    webhook.TopicList.Count == 0 ? "all topics" : string.Join(',', webhook.TopicList), Trouble(webhook)));
            }

            return all.Any(w => HasFailed(w.Webhook)) ? Exit.Wrong : Exit.Done;
        });
        return list;
    }

    private static Command Stop() => Act(
        "stop", "Deliver nothing more to an endpoint until it is resumed.", [],
        async (desk, _, id, cancel) => await desk.StopAsync(id, cancel));

    private static Command Resume()
    {
        var after = After("Go on after this number instead of where it stopped.");
        return Act(
            "resume", "Deliver to an endpoint again, where it stopped.", [after],
            async (desk, parsed, id, cancel) => await desk.ResumeAsync(id, parsed.GetValue(after), cancel));
    }

    private static Command Remove() => Act(
        "remove", "Remove an endpoint for good.", [], async (desk, _, id, cancel) => await desk.RemoveAsync(id, cancel));

    private static Command Rotate()
    {
        var hours = new Option<int>("--hours")
        {
            Description = "So long deliveries are signed with the secret before, too.",
            DefaultValueFactory = _ => 24,
        };
        var rotate = new Command("rotate", "Make a new secret for an endpoint; prints it, once.") { Id, hours };
        rotate.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var beside = TimeSpan.FromHours(Math.Clamp(parsed.GetValue(hours), 0, 24 * 30));
            var (webhook, secret) = await Desk(services).RotateAsync(parsed.GetRequiredValue(Id), beside, cancel);
            Console.WriteLine($"id      {webhook.Id}");
            Console.WriteLine($"secret  {secret}");
            Console.WriteLine($"both    until {webhook.OldUntil:yyyy-MM-dd HH:mm:ss}Z");
            return Exit.Done;
        });
        return rotate;
    }

    private static Command Act(
        string name, string description, Option[] options,
        Func<WebhookDesk, ParseResult, Guid, CancellationToken, Task<Webhook>> act)
    {
        var command = new Command(name, description) { Id };
        foreach (var option in options)
        {
            command.Add(option);
        }

        command.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var webhook = await act(Desk(services), parsed, parsed.GetRequiredValue(Id), cancel);
            Console.WriteLine($"{webhook.Id} {webhook.State}, after {webhook.SeenUntil}");
            return Exit.Done;
        });
        return command;
    }

    private static Option<long?> After(string description) => new("--after") { Description = description };

    private static WebhookDesk Desk(ServiceProvider services) => services.GetRequiredService<WebhookDesk>();

    private static bool HasFailed(Webhook webhook) =>
        webhook is { State: WebhookState.Stopped, Fault: not WebhookFault.None };

    private static string Trouble(Webhook webhook) => webhook.Fault == WebhookFault.None ? ""
        : $"{(HasFailed(webhook) ? "STOPPED: " : "")}{webhook.Fault} {webhook.Status}, {webhook.Failures} failures since "
            + $"{webhook.FailingSince:yyyy-MM-dd HH:mm}Z";
}
