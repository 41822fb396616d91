using WuWei.Access;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Journal;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace WuWei.WeChat;

/// <summary>The wire of wechat.proto.</summary>
public sealed class WeChatService(
    WeChatOptions options, WeChatSignIn signIn, WeChatBindings bindings, SignInReply reply, Database database,
    KeyedWriter writer)
    : Wire.WeChatService.WeChatServiceBase
{
    public override async Task<Wire.SignInWeChatResponse> SignInWeChat(
        Wire.SignInWeChatRequest request, ServerCallContext context)
    {
        var outcome = await signIn.SignInAsync(
            request.AppId, request.Code, SignInReply.DeviceOf(context), context.Call(), context.CancellationToken);
        return outcome.SignedIn is { } signedIn
            ? new Wire.SignInWeChatResponse { Session = await SessionAsync(signedIn, context) }
            : new Wire.SignInWeChatResponse
            {
                PhoneNeeded = new Wire.PhoneNeeded
                {
                    Ticket = outcome.Ticket,
                    ExpiresAt = Timestamp.FromDateTime(outcome.TicketExpiresAt),
                },
            };
    }

    public override async Task<Wire.SignInWeChatPhoneResponse> SignInWeChatPhone(
        Wire.SignInWeChatPhoneRequest request, ServerCallContext context)
    {
        var signedIn = await signIn.SignInByPhoneAsync(
            request, SignInReply.DeviceOf(context), context.Call(), context.CancellationToken);
        return new Wire.SignInWeChatPhoneResponse { Session = await SessionAsync(signedIn, context) };
    }

    public override async Task<Wire.BindWeChatResponse> BindWeChat(
        Wire.BindWeChatRequest request, ServerCallContext context)
    {
        var call = context.Call();
        var app = options.Get(request.AppId);
        if (await writer.FindReplyAsync<Wire.BindWeChatResponse>(context, request) is { } first)
        {
            // Its code is spent.
            return first;
        }

        // Outside of the transaction, which may run again.
        var user = await signIn.FindUserAsync(app, request.Code, call, context.CancellationToken);
        return await writer.WriteAsync(context, request, async db =>
        {
            if (user is null)
            {
                throw Refuse.Invalid("WECHAT_CODE_WRONG", "微信授权已失效，请重新授权。");
            }

            var (binding, isNew) = await bindings.BindAsync(db, call, call.Caller.PersonId, app.Id, user);
            if (!isNew)
            {
                db.Record(Entry(call, "WECHAT_SHOWN", app.Id));
            }

            return new Wire.BindWeChatResponse { Binding = ToWire(binding) };
        }, again: (_, reply) => Task.FromResult(reply));
    }

    public override Task<Wire.UnbindWeChatResponse> UnbindWeChat(
        Wire.UnbindWeChatRequest request, ServerCallContext context)
    {
        var call = context.Call();
        return writer.WriteAsync(context, request, async db =>
        {
            var binding = await db.FindBindingAsync(request.AppId, call.Caller.PersonId);
            if (binding is null || !await db.RemoveBindingAsync(binding))
            {
                throw Refuse.Missing("WECHAT_NOT_BOUND", "你没有在这里绑定微信。");
            }

            db.Record(Entry(call, "WECHAT_UNBOUND", binding.AppId));
            return new Wire.UnbindWeChatResponse();
        }, again: (_, first) => Task.FromResult(first));
    }

    public override async Task<Wire.ListMyWeChatResponse> ListMyWeChat(
        Wire.ListMyWeChatRequest request, ServerCallContext context)
    {
        var mine = await database.ReadAsync(
            db => db.ListBindingsAsync(context.Call().Caller.PersonId), context.CancellationToken);
        return new Wire.ListMyWeChatResponse { Bindings = { mine.Select(ToWire) } };
    }

    private async Task<Wire.Session> SessionAsync(SignedIn signedIn, ServerCallContext context) => new()
    {
        Token = signedIn.Token,
        ExpiresAt = Timestamp.FromDateTime(signedIn.ExpiresAt),
        Me = await reply.MeAsync(signedIn, context),
    };

    private static JournalEntry Entry(Call call, string kind, string appId) =>
        JournalEntry.By(call, "self", kind, "person", call.Caller.PersonId, null, new { appId });

    private static Wire.WeChatBinding ToWire(WeChatBinding binding) => new()
    {
        AppId = binding.AppId,
        BoundAt = Timestamp.FromDateTime(binding.BoundAt),
    };
}
