using Microsoft.Extensions.Diagnostics.HealthChecks;
using WuWei.Data;

namespace WuWei.Gateway;

/// <summary>Serving means the database answers. Redis does not count: everything works without it, only slower.</summary>
public sealed class DatabaseCheck(Database database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await database.AnswersAsync(cancellationToken) ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
}
