using System.CommandLine;
using WuWei.Operator.Demo;

namespace WuWei.Operator.Commands;

public static class DemoCommands
{
    private const string EnvironmentSetting = "DOTNET_ENVIRONMENT";

    public static Command Demo()
    {
        var load = new Command(
            "load",
            "Fill an empty installation with a demo district: people with known sign-ins, a year of wishes. Never in Production.");
        load.SetAction(async (_, cancel) =>
        {
            if (Installation.Settings[EnvironmentSetting] is null or "Production")
            {
                throw new InvalidOperationException(
                    $"The demo has known passwords. Set {EnvironmentSetting}=Demo if this is no production installation.");
            }

            var progress = new Progress();
            var done = await DemoLoader.LoadAsync(
                (moves, total) => progress.Show($"demo: {moves} of {total} moves"), cancel);
            progress.End();
            Console.WriteLine(done);
            return Exit.Done;
        });
        return new Command("demo", "A district to look at.") { load };
    }
}
