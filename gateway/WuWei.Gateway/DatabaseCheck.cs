using Microsoft.Extensions.Diagnostics.HealthChecks;
using MySqlConnector;

namespace WuWei.Gateway;

/// <summary>Serving means the database answers. Redis does not count: everything works without it, only slower.</summary>
public sealed class DatabaseCheck(MySqlDataSource source) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await connection.PingAsync(cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy();
        }
        catch (MySqlException e)
        {
            return HealthCheckResult.Unhealthy(exception: e);
        }
    }
}
