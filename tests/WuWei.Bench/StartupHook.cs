/// <summary>
/// Loaded by the runtime into the server that is measured (DOTNET_STARTUP_HOOKS, which wants this name and no namespace):
/// ends it when its input ends, and that the system closes however its parent ends.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => new Thread(EndWithInput) { IsBackground = true }.Start();

    private static void EndWithInput()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
            // Nothing is said on it.
        }

        Environment.Exit(0);
    }
}
