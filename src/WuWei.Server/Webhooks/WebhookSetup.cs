using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace WuWei.Webhooks;

/// <summary>What an operator's command needs of webhooks, and servers, too.</summary>
public static class WebhookSetup
{
    private const string Demo = "Demo";
    private const string Production = "Production";

    public static IServiceCollection AddWebhookDesk(this IServiceCollection services, IConfiguration settings)
    {
        var environment = settings["DOTNET_ENVIRONMENT"] ?? settings["environment"] ?? Production;
        services.AddOptions<WebhookOptions>().Bind(settings.GetSection("Webhooks"))
            .PostConfigure(options => options.Loopback |= environment == Demo)
            .Validate(
                options => !options.Loopback || environment != Production,
                "Webhooks__Loopback is for demos, outside Production only.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsCheck>();
        services.AddSingleton<WebhookAddresses>();
        services.AddSingleton<WebhookDesk>();
        return services;
    }
}
