using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Time;

namespace WuWei.Operator.Commands;

public static class SecurityCommands
{
    private const int ShownMax = 200;
    private const int HoursDefault = 24;
    private const int HoursMax = 24 * 180;

    public static Command Security()
    {
        var hours = new Option<int>("--hours")
        {
            Description = $"How far to look back, up to {HoursMax}.",
            DefaultValueFactory = _ => HoursDefault,
        };
        var security = new Command(
            "security",
            $"List refusals worth a look, the last first, at most {ShownMax}: when, how often, why, from where, to whom (the "
            + "id of a person or partner; - when it is not known), of which call.")
        {
            hours,
        };
        security.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var back = TimeSpan.FromHours(Math.Clamp(parsed.GetValue(hours), 1, HoursMax));
            var since = services.GetRequiredService<TimeProvider>().Now() - back;
            var found = await services.GetRequiredService<Database>().ReadAsync(
                db => db.ListSecurityEventsAsync(since, ShownMax), cancel);
            foreach (var refused in found)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{refused.LastAt:yyyy-MM-ddTHH:mmZ}  {refused.Times}  {refused.Kind}  {refused.Source}  "
                    + $"{(refused.PersonId == Guid.Empty ? "-" : refused.PersonId)}  {refused.Rpc}"));
            }

            return Exit.Done;
        });
        return security;
    }
}
