namespace WuWei.Gateway.Public.Open311;

/// <summary>What a district says of its view.</summary>
public sealed class Open311Options
{
    /// <summary>Whom to ask, in words.</summary>
    public string Contact { get; set; } = "请联系本区五微平台的管理单位。";

    /// <summary>How to get a key, in words.</summary>
    public string KeyService { get; set; } = "上报需要密钥，由本区五微平台的管理单位登记发放；查询不需要。";

    /// <summary>
    /// Where people's programs find the public door, such as <c>https://wuwei.example.gov.cn</c>; otherwise as asked.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>When what is said here, or how the view behaves, changed last.</summary>
    public string Changeset { get; set; } = "2026-11-28 00:00";
}

/// <summary>The discovery document, which every server of Open311 has.</summary>
public static class Open311Discovery
{
    private const string Specification = "http://wiki.open311.org/GeoReport_v2";

    public static Spark Of(HttpRequest request, Open311Options options, IHostEnvironment environment)
    {
        var address = (options.Address ?? $"{request.Scheme}://{request.Host}").TrimEnd('/');
        return Spark.Of(
            ("changeset", Spark.Of(options.Changeset)),
            ("contact", Spark.Of(options.Contact)),
            ("key_service", Spark.Of(options.KeyService)),
            ("endpoints", Spark.Of("endpoint",
            [
                Spark.Of(
                    ("specification", Spark.Of(Specification)),
                    ("url", Spark.Of($"{address}{Open311Pages.Path}/v2")),
                    ("changeset", Spark.Of(options.Changeset)),
                    ("type", Spark.Of(environment.IsProduction() ? "production" : "test")),
                    ("formats", Spark.Of("format", [Spark.Of("text/xml"), Spark.Of("application/json")]))),
            ])));
    }
}
