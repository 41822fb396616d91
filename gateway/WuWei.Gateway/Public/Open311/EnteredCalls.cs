using Grpc.Core;
using WuWei.Access;
using WuWei.Calls;

namespace WuWei.Gateway.Public.Open311;

/// <summary>
/// Enters a request of another form as one of our calls: by the same door, rights, limits and security events, in the
/// one place where they are decided.
/// </summary>
public sealed class EnteredCalls(AccessInterceptor access)
{
    private const string IdempotencyKey = "idempotency-key";

    /// <param name="rpc">As whose call, such as <c>WishService/GetWish</c>.</param>
    /// <param name="shown">By which a partner is known; null: a stranger calls.</param>
    /// <param name="idempotencyKey">Of a call that writes.</param>
    public Task<T> EnterAsync<T>(
        HttpContext http, string rpc, ShownKey? shown, string? idempotencyKey, Func<ServerCallContext, Task<T>> act)
        where T : class
    {
        // What else the request has in its headers says nothing here.
        var metadata = new Metadata();
        if (idempotencyKey is not null)
        {
            metadata.Add(IdempotencyKey, idempotencyKey);
        }

        var call = new EnteredCall(http, $"/wuwei.v1.{rpc}", metadata);
        shown?.On(call);
        return access.UnaryServerHandler(rpc, call, (_, context) => act(context));
    }

    private sealed class EnteredCall : ServerCallContext, IEnteredCall
    {
        /// <summary>Where Grpc.AspNetCore looks for the request that a context is about.</summary>
        private const string HttpContextKey = "__HttpContext";

        private readonly HttpContext _http;
        private readonly string _method;
        private readonly Metadata _metadata;

        public EnteredCall(HttpContext http, string method, Metadata metadata)
        {
            (_http, _method, _metadata) = (http, method, metadata);
            UserState[HttpContextKey] = http;
        }

        protected override string MethodCore => _method;

        protected override string HostCore => $"{_http.Request.Host}";

        protected override string PeerCore => $"{_http.Connection.RemoteIpAddress}";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore => _metadata;

        protected override CancellationToken CancellationTokenCore => _http.RequestAborted;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore { get; } = new("", []);

        protected override IDictionary<object, object> UserStateCore { get; } = new Dictionary<object, object>();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            throw new NotSupportedException("A call that was entered is not handed on.");
    }
}
