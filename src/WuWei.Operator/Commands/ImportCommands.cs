using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Data;
using WuWei.Organization;
using WuWei.Privacy;
using WuWei.Wishes;

namespace WuWei.Operator.Commands;

public static class ImportCommands
{
    public static Command Import() => new("import", "Load units, or answered messages of another system.")
    {
        ImportUnits(),
        ImportMessages(),
    };

    private static Command ImportUnits()
    {
        var file = File("CSV with the header code,name,level,parent_code; more columns code:SYSTEM add codes of others.");
        var under = new Option<string>("--under") { Description = "Only the unit of this code and what is below it." };
        var system = new Option<string>("--system")
        {
            Description = "What its codes belong to.",
            DefaultValueFactory = _ => UnitImport.System,
        };
        var units = new Command(
            "units", "Add the units of a file that are not there yet; a new district gets the default categories.")
        {
            file, under, system,
        };
        units.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var progress = new Progress();
            var report = await new UnitImport(
                services.GetRequiredService<Database>(), services.GetRequiredService<Units>(),
                services.GetRequiredService<TimeProvider>())
                .ImportAsync(
                    parsed.GetRequiredValue(file), parsed.GetValue(under), parsed.GetRequiredValue(system), progress.Show,
                    cancel);
            progress.End();
            foreach (var difference in report.Differences)
            {
                Console.WriteLine($"left as it is: {difference}");
            }

            Console.WriteLine(report is { Added: 0, Codes: 0, Categories: 0 }
                ? $"nothing changed: all {report.There} units are there already"
                : $"added {report.Added} units, {report.Codes} codes and {report.Categories} categories; "
                    + $"{report.There} units were there already");
            return Exit.Done;
        });
        return units;
    }

    private static Command ImportMessages()
    {
        var file = File("CSV with the header id,author,title,posted_at,body,reply,replied_at; local times of China.");
        var district = new Option<string>("--district") { Description = "Its code; may be left out if there is only one." };
        var messages = new Command(
            "messages", "Take answered messages over as kept wishes, spread over a district's communities; no points.")
        {
            file, district,
        };
        messages.SetAction(async (parsed, cancel) =>
        {
            await using var services = Installation.Open();
            var progress = new Progress();
            var import = new MessageImport(
                services.GetRequiredService<Database>(), services.GetRequiredService<PersonalData>(),
                services.GetRequiredService<Units>(), services.GetRequiredService<Categories>(),
                services.GetRequiredService<TimeProvider>());
            var report = await import.ImportAsync(
                parsed.GetRequiredValue(file), parsed.GetValue(district), progress.Show, cancel);
            progress.End();
            foreach (var (line, reason) in report.Refused)
            {
                Console.WriteLine($"line {line} left out: {reason}");
            }

            Console.WriteLine(
                $"{report.Rows} rows: {report.Added} added, {report.There} there already, {report.Refused.Count} left out");
            return Exit.Done;
        });
        return messages;
    }

    private static Argument<FileInfo> File(string description) =>
        new Argument<FileInfo>("FILE") { Description = description }.AcceptExistingOnly();
}
