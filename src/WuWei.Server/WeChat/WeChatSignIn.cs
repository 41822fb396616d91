using WuWei.Access;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.WeChat;

/// <summary>
/// Residents by WeChat. An account that is nobody's yet gets a ticket, and whoever proves a phone with it becomes its
/// owner. A ticket got by a device that told its name is good only there, so that it is worth nothing to others.
/// </summary>
public sealed class WeChatSignIn(
    WeChatOptions options, IWeChat weChat, WeChatCodes codes, WeChatBindings bindings, SignIn signIn, Database database,
    PersonalData personalData, TimeProvider clock)
{
    private static readonly TimeSpan TicketTerm = TimeSpan.FromMinutes(10);

    /// <summary>Who has shown a code of WeChat; null when it was wrong.</summary>
    public Task<WeChatUser?> FindUserAsync(WeChatApp app, string code, Call call, CancellationToken cancel) =>
        codes.TakeAsync(app, code, call, () => weChat.FindUserAsync(app, code, cancel), cancel);

    public async Task<WeChatOutcome> SignInAsync(
        string appId, string code, string? device, Call call, CancellationToken cancel)
    {
        var app = options.Get(appId);
        var user = await FindUserAsync(app, code, call, cancel) ?? throw WrongCode();
        if (await database.ReadAsync(db => bindings.FindOwnerAsync(db, app.Id, user), cancel) is null)
        {
            return await GiveTicketAsync(app, user, device, call, cancel);
        }

        var signedIn = await database.WriteAsync(async db =>
        {
            // Unbound just now: the next code gets a ticket.
            var owner = await bindings.FindOwnerAsync(db, app.Id, user) ?? throw WrongCode();
            await bindings.BindAsync(db, call, owner, app.Id, user);
            return signIn.Start(db, call, await db.GetPersonAsync(personalData, owner), byPassword: false, device);
        }, cancel);
        return new WeChatOutcome(signedIn, null, default);
    }

    public async Task<SignedIn> SignInByPhoneAsync(
        Wire.SignInWeChatPhoneRequest request, string? device, Call call, CancellationToken cancel)
    {
        var ticket = await FindTicketAsync(request.Ticket, device, call, cancel);
        var (phone, sms) = await ProveAsync(options.Get(ticket.AppId), ticket.User.OpenId, request, call, cancel);
        return await database.WriteAsync(async db =>
        {
            if (!await db.UseTicketAsync(ticket.Id, call.Now))
            {
                throw WrongTicket();
            }

            if (sms is not null)
            {
                await SignIn.UseCodeAsync(db, sms, call);
            }

            var person = await signIn.FindOrAddAsync(db, phone, call);
            await bindings.BindAsync(db, call, person.Id, ticket.AppId, ticket.User);
            return signIn.Start(db, call, person, byPassword: false, device);
        }, cancel);
    }

    private async Task<WeChatOutcome> GiveTicketAsync(
        WeChatApp app, WeChatUser user, string? device, Call call, CancellationToken cancel)
    {
        var text = Token.New();
        var ticket = new WeChatTicket(
            clock.NewId(), app.Id, user, signIn.DeviceHash(device), call.Now + TicketTerm);
        await database.HousekeepAsync(db =>
        {
            db.AddTicket(personalData, ticket, Token.Hash(text)!);
            return Task.FromResult(true);
        }, cancel);
        return new WeChatOutcome(null, text, ticket.ExpiresAt);
    }

    private async Task<WeChatTicket> FindTicketAsync(string text, string? device, Call call, CancellationToken cancel)
    {
        await codes.TakeTryAsync(call, cancel);
        var ticket = Token.Hash(text) is { } hash
            ? await database.ReadAsync(db => db.FindTicketAsync(personalData, hash, call.Now), cancel)
            : null;
        if (ticket is null || !(signIn.DeviceHash(device) ?? []).SequenceEqual(ticket.Device ?? []))
        {
            await codes.NoteWrongAsync(call);
            throw WrongTicket();
        }

        await codes.GiveTryBackAsync(call);
        return ticket;
    }

    /// <summary>The phone, and the code that is still to be spent if it came by SMS.</summary>
    private async Task<(string Phone, RightCode? Sms)> ProveAsync(
        WeChatApp app, string openId, Wire.SignInWeChatPhoneRequest request, Call call, CancellationToken cancel)
    {
        switch (request.ProofCase)
        {
            case Wire.SignInWeChatPhoneRequest.ProofOneofCase.Sms:
                var sms = await signIn.CheckCodeAsync(request.Sms.ChallengeId, request.Sms.Code, call, cancel);
                return (sms.Phone, sms);
            case Wire.SignInWeChatPhoneRequest.ProofOneofCase.PhoneCode:
                var phone = await codes.TakeAsync(
                    app, request.PhoneCode, call, () => weChat.FindPhoneAsync(app, openId, request.PhoneCode, cancel), cancel)
                    ?? throw WrongCode();
                return phone.Country == WeChatPhone.Mainland && Faults.IsMobile(phone.Number)
                    ? (phone.Number, null)
                    : throw Refuse.Invalid("PHONE_FORMAT", "微信里的号码不是大陆手机号，请用短信验证码验证手机号。");
            default:
                throw Refuse.Invalid(
                    "PHONE_PROOF_REQUIRED", "请验证手机号。", new FieldFault("phone_code", "与短信验证码二选一。"));
        }
    }

    private static RefusedException WrongCode() =>
        Refuse.Unauthenticated("WECHAT_CODE_WRONG", "微信登录已失效，请重新登录。");

    private static RefusedException WrongTicket() =>
        Refuse.Unauthenticated("WECHAT_TICKET_WRONG", "验证手机号超时了，请重新用微信登录。");
}

/// <summary>Somebody known, or a ticket for somebody who is to prove a phone.</summary>
public sealed record WeChatOutcome(SignedIn? SignedIn, string? Ticket, DateTime TicketExpiresAt);
