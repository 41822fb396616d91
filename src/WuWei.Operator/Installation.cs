using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace WuWei.Operator;

/// <summary>The installation that the environment names.</summary>
public static class Installation
{
    public static IConfiguration Settings { get; } = new ConfigurationBuilder().AddEnvironmentVariables().Build();

    /// <summary>Database and keys, for commands that work without a server.</summary>
    public static ServiceProvider Open() =>
        new ServiceCollection().AddLogging().AddWuWeiStorage(Settings).BuildServiceProvider();
}

public static class Exit
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>The command ran, and what it looked at is not in order.</summary>
    public const int Wrong = 2;
}
