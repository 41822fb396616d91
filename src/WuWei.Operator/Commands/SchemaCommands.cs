using System.CommandLine;
using WuWei.Data;

namespace WuWei.Operator.Commands;

public static class SchemaCommands
{
    public static Command Migrate()
    {
        var migrate = new Command(
            "migrate", "Create or update the schema as WUWEI_MYSQL_OWNER, and grant WUWEI_MYSQL's user its tables.");
        migrate.SetAction(async (_, cancel) =>
        {
            var applied = await Schema.MigrateAsync(
                WuWeiServices.Required(Installation.Settings, "WUWEI_MYSQL_OWNER"),
                WuWeiServices.Required(Installation.Settings, "WUWEI_MYSQL"),
                Console.Error.WriteLine, cancel);
            Console.WriteLine($"schema {Schema.Version}, {applied} migrations applied");
            return Exit.Done;
        });
        return migrate;
    }
}
