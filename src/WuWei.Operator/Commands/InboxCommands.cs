using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Data;
using WuWei.Inbox;
using WuWei.Time;

namespace WuWei.Operator.Commands;

public static class InboxCommands
{
    private const int ShownMax = 200;
    private const int PageMax = 500;

    public static Command Inbox() => new("inbox", "Messages by WeChat and SMS that tell of what is in inboxes.")
    {
        Dead(), Retry(),
    };

    private static Command Dead()
    {
        var dead = new Command(
            "dead",
            $"List the newest {ShownMax} messages that were not sent: dead ones, which were refused for good or too often, "
            + "and lost ones, of which nobody knows whether they arrived. Exit code 2 if there are any.");
        dead.SetAction(async (_, cancel) =>
        {
            await using var services = Installation.Open();
            var found = await services.GetRequiredService<Database>().ReadAsync(db => db.ListDeadAsync(ShownMax), cancel);
            foreach (var delivery in found)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{delivery.Id}  {delivery.At:yyyy-MM-ddTHH:mm:ssZ}  {delivery.State.ToString().ToLowerInvariant()}  "
                    + $"{delivery.Channel.ToString().ToLowerInvariant()}  {delivery.Topic.ToString().ToLowerInvariant()}  "
                    + $"attempts {delivery.Attempts}  {(delivery.Fault is { } fault ? $"said {fault}" : "said nothing")}"));
            }

            Console.WriteLine($"{found.Count} messages were not sent");
            return found.Count == 0 ? Exit.Done : Exit.Wrong;
        });
        return dead;
    }

    private static Command Retry()
    {
        var id = new Argument<Guid?>("ID")
        {
            Description = "One message, as dead lists them.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "All that are dead." };
        var lost = new Option<bool>("--lost")
        {
            Description = "Also a lost one: it may arrive a second time.",
        };
        var retry = new Command(
            "retry",
            "Send dead messages once more; the running servers do it. Those that would tell nothing any more, such as the "
            + "digest of another day, are left out.")
        {
            id, all, lost,
        };
        retry.SetAction(async (parsed, cancel) =>
        {
            var (one, every) = (parsed.GetValue(id), parsed.GetValue(all));
            if (one is null != every)
            {
                throw new InvalidOperationException("Name one message, or --all.");
            }

            await using var services = Installation.Open();
            var now = services.GetRequiredService<TimeProvider>().Now();
            var (database, progress) = (services.GetRequiredService<Database>(), new Progress());
            var (waiting, stale, after, more) = (0, 0, Guid.Empty, true);
            while (more)
            {
                var page = await database.HousekeepAsync(
                    db => db.RetryDeliveriesAsync(one, parsed.GetValue(lost), after, PageMax, now), cancel);
                stale += page.Count(d => d.IsStale(now));
                waiting += page.Count(d => !d.IsStale(now));
                more = page.Count == PageMax;
                after = more ? page[^1].Id : after;
                progress.Show($"{waiting} wait again, {stale} are too old");
            }

            progress.End();
            Console.WriteLine($"{waiting} messages wait again, {stale} were too old and are left out");
            return waiting > 0 || every ? Exit.Done : Exit.Failed;
        });
        return retry;
    }
}
