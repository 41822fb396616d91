using System.CommandLine;
using WuWei.Operator.Demo;

namespace WuWei.Operator.Commands;

public static class DemoCommands
{
    private const string EnvironmentSetting = "DOTNET_ENVIRONMENT";

    public static Command Demo()
    {
        var load = new Command(
            "load", "Fill an empty installation with a demo district: people with known sign-ins, 200 wishes. Never in Production.");
        load.SetAction(async (_, cancel) =>
        {
            if (Installation.Settings[EnvironmentSetting] is null or "Production")
            {
                throw new InvalidOperationException(
                    $"The demo has known passwords. Set {EnvironmentSetting}=Demo if this is no production installation.");
            }

            Console.WriteLine(await DemoLoader.LoadAsync(
                (done, total) => Console.Error.Write($"\rdemo: {done} of {total} moves"), cancel));
            return Exit.Done;
        });
        return new Command("demo", "A district to look at.") { load };
    }
}
