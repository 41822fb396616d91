using WuWei.Errors;
using WuWei.Open311;

namespace WuWei.Gateway.Public.Open311;

/// <summary>What the view tells, in the names of GeoReport v2.</summary>
public static class Open311Answers
{
    public const string Services = "services";
    public const string Definition = "service_definition";
    public const string Requests = "service_requests";
    public const string Errors = "errors";
    public const string Discovery = "discovery";

    public static Spark Of(IEnumerable<ServiceType> services) => Spark.Of("service", services.Select(service => Spark.Of(
        ("service_code", Spark.Of(service.Code)),
        ("service_name", Spark.Of(service.Name)),
        ("description", Spark.Of(service.Description)),
        ("metadata", Spark.Of(service.HasAttributes)),
        ("type", Spark.Of("realtime")),
        ("keywords", Spark.Of(string.Join(", ", service.Keywords))),
        ("group", Spark.Of(service.Group)))));

    public static Spark Of(string serviceCode, IEnumerable<ServiceAttribute> attributes) => Spark.Of(
        ("service_code", Spark.Of(serviceCode)),
        ("attributes", Spark.Of("attribute", attributes.Select(Of))));

    /// <param name="extended">With what the standard has no name for.</param>
    public static Spark Of(IEnumerable<ServiceRequest> requests, bool extended) =>
        Spark.Of("request", requests.Select(request => Of(request, extended)));

    public static Spark Made(string id, string notice) => Spark.Of("request", [Spark.Of(
        ("service_request_id", Spark.Of(id)),
        ("service_notice", Spark.Of(notice)),
        ("account_id", Spark.Of((string?)null)))]);

    /// <summary>One error, or one for each field at fault.</summary>
    public static Spark Of(int code, RefusedException refused) => Spark.Of(
        "error",
        (refused.Fields.Count == 0 ? [refused.Message] : refused.Fields.Select(f => $"{f.Field}：{f.Description}"))
        .Select(description => Spark.Of(("code", Spark.Of(code)), ("description", Spark.Of(description)))));

    private static Spark Of(ServiceAttribute attribute) => Spark.Of(
        ("variable", Spark.Of(true)),
        ("code", Spark.Of(attribute.Code)),
        ("datatype", Spark.Of(attribute.DataType)),
        ("required", Spark.Of(attribute.Required)),
        ("datatype_description", Spark.Of(attribute.Hint)),
        ("order", Spark.Of(attribute.Order)),
        ("description", Spark.Of(attribute.Label)),
        ("values", Spark.Of("value", attribute.Choices.Select(
            choice => Spark.Of(("key", Spark.Of(choice)), ("name", Spark.Of(choice)))))));

    private static Spark Of(ServiceRequest request, bool extended)
    {
        (string, Spark)[] fields =
        [
            ("service_request_id", Spark.Of($"{request.Id}")),
            ("status", Spark.Of(request.Open ? "open" : "closed")),
            ("status_notes", Spark.Of(request.Notes)),
            ("service_name", Spark.Of(request.ServiceName)),
            ("service_code", Spark.Of(request.ServiceCode)),
            ("description", Spark.Of(request.Description)),
            ("agency_responsible", Spark.Of(request.Agency)),
            ("service_notice", Spark.Of((string?)null)),
            ("requested_datetime", Spark.Of(request.RequestedAt)),
            ("updated_datetime", Spark.Of(request.UpdatedAt)),
            ("expected_datetime", Spark.Of(request.ExpectedAt)),
            ("address", Spark.Of(request.Address)),
            ("address_id", Spark.Of(request.AddressId)),
            ("zipcode", Spark.Of((string?)null)),
            ("lat", Spark.Of(request.At?.Latitude)),
            ("long", Spark.Of(request.At?.Longitude)),
            ("media_url", Spark.Of((string?)null)),
        ];
        return Spark.Of(extended
            ? [.. fields, ("extended_attributes", Spark.Of(("state", Spark.Of(StateOf(request)))))]
            : fields);
    }

    /// <summary>Such as <c>pending_review</c>.</summary>
    private static string StateOf(ServiceRequest request) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(
        $"{request.Status}");
}
