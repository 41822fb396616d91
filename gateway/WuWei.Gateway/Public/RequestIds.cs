namespace WuWei.Gateway.Public;

/// <summary>
/// Each call has an id of ours, in the header <c>x-request-id</c> of its answer and in the log of a fault: what a resident
/// reads out on the phone.
/// </summary>
public static class RequestIds
{
    public const string Header = "x-request-id";

    public static IApplicationBuilder UseRequestIds(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        http.TraceIdentifier = Guid.NewGuid().ToString("n");
        http.Response.Headers[Header] = http.TraceIdentifier;
        return next(http);
    });
}
