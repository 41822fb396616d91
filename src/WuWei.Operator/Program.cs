using System.CommandLine;
using System.Security.Cryptography;
using MySqlConnector;
using WuWei.Errors;
using WuWei.Operator;
using WuWei.Operator.Commands;

// An operator's command. Settings come from the environment: WUWEI_MYSQL, WUWEI_MYSQL_OWNER, WUWEI_KEYS (README.md).
var root = new RootCommand("wuwei: looks after a WuWei installation. Exit codes: 0 done, 1 failed, 2 something is wrong.")
{
    KeysCommands.Keys(),
    SchemaCommands.Migrate(),
    ImportCommands.Import(),
    StaffCommands.CreateStaff(),
    StaffCommands.Totp(),
    PartnerCommands.Partner(),
    VerifyCommands.Journal(),
    VerifyCommands.Counts(),
    VerifyCommands.Points(),
    BoardCommands.Boards(),
    InboxCommands.Inbox(),
    SecurityCommands.Security(),
    DemoCommands.Demo(),
    HealthCommands.Health(),
    WebhookCommands.Webhooks(),
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("wuwei: stopped");
    return Exit.Failed;
}
catch (Exception e) when (e is RefusedException or MySqlException or InvalidOperationException or InvalidDataException
    or CryptographicException or IOException or UnauthorizedAccessException or Grpc.Core.RpcException)
{
    await Console.Error.WriteLineAsync($"wuwei: {(e as RefusedException)?.Reason ?? e.Message}");
    return Exit.Failed;
}
