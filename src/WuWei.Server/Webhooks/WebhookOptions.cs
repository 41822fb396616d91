using System.Net;
using Microsoft.Extensions.Options;

namespace WuWei.Webhooks;

/// <summary>The settings <c>Webhooks__…</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Where endpoints may be beside public addresses: networks such as 10.20.0.0/16.</summary>
    public IList<string> Networks { get; init; } = [];

    /// <summary>Whether endpoints may be on this machine, also without TLS: for demos and tests.</summary>
    public bool Loopback { get; set; }

    /// <summary>How long one delivery may take.</summary>
    public TimeSpan RequestTime { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>One copy of the server delivers to an endpoint; if it dies, another goes on after this.</summary>
    public TimeSpan LeaseTerm => RequestTime * 2;

    /// <summary>After failing for so long an endpoint is stopped.</summary>
    public TimeSpan StopAfter { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>Wrong settings are said at the start, not at the first delivery.</summary>
public sealed class WebhookOptionsCheck : IValidateOptions<WebhookOptions>
{
    private static readonly TimeSpan RequestTimeMax = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, WebhookOptions options) =>
        options.Networks.FirstOrDefault(n => !IPNetwork.TryParse(n, out _)) is { } wrong
            ? ValidateOptionsResult.Fail($"Webhooks__Networks: {wrong} is no network such as 10.20.0.0/16.")
            : options.RequestTime <= TimeSpan.Zero || options.RequestTime > RequestTimeMax
                ? ValidateOptionsResult.Fail($"Webhooks__RequestTime must be over 0 and at most {RequestTimeMax}.")
                : ValidateOptionsResult.Success;
}
