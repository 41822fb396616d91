using Microsoft.Extensions.DependencyInjection;
using WuWei.Jobs;

namespace WuWei.ContentChecks;

/// <summary>Puts the checks together; whoever has texts or pictures adds an <see cref="IContentOwner"/>.</summary>
public static class ContentChecksSetup
{
    public static IServiceCollection AddContentChecks(this IServiceCollection services)
    {
        services.AddOptions<ContentCheckOptions>().BindConfiguration("ContentChecks");
        services.AddSingleton<ContentVerdicts>();
        services.AddSingleton<IJob, ContentCheckJob>();
        services.AddSingleton<ContentCheckService>();
        return services;
    }
}
