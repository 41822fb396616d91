using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MySqlConnector;
using WuWei.Data;
using WuWei.Journal;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Operator.Commands;

public static class KeysCommands
{
    private static readonly Option<int> Settle = new("--settle")
    {
        Description = "Seconds after which every server has noticed the key file and every call that began before is over. "
            + "Less only while no server runs.",
        DefaultValueFactory = _ => (int)Privacy.Resealing.Settled.TotalSeconds,
    };

    public static Command Keys() =>
        new("keys", "The keys that personal data is sealed with.") { Create(), Rotate(), Retire() };

    private static Command Create()
    {
        var create = new Command("create", "Make the key file that WUWEI_KEYS names, if there is none.");
        create.SetAction(_ =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(KeyPath))!);
            Console.WriteLine(KeyFile.Create(KeyPath)
                ? $"made {KeyPath}; back it up apart from the database: without it, personal data is lost"
                : $"{KeyPath} is there already");
            return Exit.Done;
        });
        return create;
    }

    private static Command Rotate()
    {
        var prepare = new Option<bool>("--prepare")
        {
            Description = "Only make the next key, so that the file can be backed up, and copied to servers on other "
                + "machines, before anything is sealed with it.",
        };
        var rotate = new Command(
            "rotate",
            "Make a new key and seal everything anew with it, as WUWEI_MYSQL_OWNER, while the servers run: they follow "
            + "the file within two seconds. Stopped at any moment, it goes on when run again. Old keys stay in the file "
            + "until `keys retire`. The index key is never changed: people are found by it, and the journal holds hashes "
            + "made with it.")
        {
            prepare, Settle,
        };
        rotate.SetAction(async (parsed, cancel) =>
        {
            using var file = new KeyFileEditor(KeyPath);
            if (parsed.GetValue(prepare))
            {
                return Prepare(file);
            }

            if (file.NextKey is not null || file.OldKeys.Count == 0)
            {
                file.Use(file.NextKey ?? file.Add());
                Console.WriteLine($"key {file.CurrentKey} is in use; back up {KeyPath} now");
            }

            await using var services = Installation.Open();
            await using var owner = OwnerSource(services);
            var progress = new Progress();
            var report = await Resealing(owner, services).RunAsync(
                TimeSpan.FromSeconds(parsed.GetValue(Settle)),
                (column, seen, resealed) => progress.Show($"{column.Name}: {seen} rows, {resealed} sealed anew"),
                cancel);
            progress.End();
            await RecordAsync(
                services, "KEY_ROTATED", file.CurrentKey, new { file.CurrentKey, report.Resealed }, cancel);
            foreach (var fault in report.Faults)
            {
                Console.WriteLine($"WRONG {fault}");
            }

            Console.WriteLine($"{report.Resealed} values sealed anew, "
                + (report.Faults.Count == 0 ? $"all by key {file.CurrentKey} now" : "but these could not be"));
            return report.Faults.Count == 0 ? Exit.Done : Exit.Wrong;
        });
        return rotate;
    }

    private static Command Retire()
    {
        var retire = new Command(
            "retire",
            "Remove the old keys from the file for good, if nothing in the database is sealed with one; exit code 2 if "
            + "something is. Every server must have read the file: look for \"key file\" in their logs first. Keep a copy of the "
            + "file as it was as long as backups of the database from before `keys rotate`.")
        {
            Settle,
        };
        retire.SetAction(async (parsed, cancel) =>
        {
            using var file = new KeyFileEditor(KeyPath);
            var old = string.Join(", ", file.OldKeys);
            if (file.OldKeys.Count == 0)
            {
                Console.WriteLine("there is no old key");
                return Exit.Done;
            }

            await using var services = Installation.Open();
            await using var owner = OwnerSource(services);
            var progress = new Progress();
            progress.Show("waiting until calls that began before have ended");
            await Task.Delay(TimeSpan.FromSeconds(parsed.GetValue(Settle)), cancel);
            var left = await Resealing(owner, services).FindOldAsync(
                (column, seen, _) => progress.Show($"{column.Name}: {seen} rows"), cancel);
            progress.End();
            if (left is not null)
            {
                Console.WriteLine($"WRONG {left}; run `keys rotate` first. No key was removed");
                return Exit.Wrong;
            }

            // First, because a record without its deed is better than a deed without its record.
            await RecordAsync(services, "KEYS_RETIRED", file.CurrentKey, new { file.CurrentKey, file.OldKeys }, cancel);
            file.Retire();
            Console.WriteLine($"removed key {old}; key {file.CurrentKey} seals and opens everything");
            return Exit.Done;
        });
        return retire;
    }

    private static int Prepare(KeyFileEditor file)
    {
        if (file.OldKeys.Count > 0)
        {
            throw new InvalidOperationException(
                "The last rotation is not over: finish it with `keys rotate` and `keys retire` first.");
        }

        Console.WriteLine($"key {file.NextKey ?? file.Add()} is in {KeyPath} and not in use yet: back the file up, copy "
            + "it to every server on another machine, then run `keys rotate`, and copy it again");
        return Exit.Done;
    }

    private static MySqlDataSource OwnerSource(ServiceProvider services) => DataSource.Build(
        WuWeiServices.Required(Installation.Settings, "WUWEI_MYSQL_OWNER"), services.GetService<ILoggerFactory>());

    private static Resealing Resealing(MySqlDataSource owner, ServiceProvider services) => new(
        new Database(owner, services.GetRequiredService<ILogger<Database>>()),
        services.GetRequiredService<PersonalData>(), services.GetRequiredService<IKeyModule>());

    /// <summary>A key's number stands for the object that changed.</summary>
    private static async Task RecordAsync(
        ServiceProvider services, string kind, byte key, object detail, CancellationToken cancel) =>
        await services.GetRequiredService<Database>().WriteAsync(db =>
        {
            db.Record(JournalEntry.BySystem(
                services.GetRequiredService<TimeProvider>().Now(), "operator", kind, "key",
                new Guid(key, 0, 0, new byte[8]), null, detail));
            return Task.FromResult(true);
        }, cancel);

    private static string KeyPath => WuWeiServices.Required(Installation.Settings, "WUWEI_KEYS");
}
