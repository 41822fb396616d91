using WuWei.Calls;
using WuWei.Errors;
using WuWei.Organization;

namespace WuWei.Access;

/// <summary>What every way to sign in has in common on the wire.</summary>
public sealed class SignInReply(Sessions sessions, Units units)
{
    private const string DeviceHeader = "x-wuwei-device";
    private const int DeviceLengthMin = 8;
    private const int DeviceLengthMax = 64;

    /// <summary>Who signed in, with the roles that this session has.</summary>
    public async Task<Wire.Me> MeAsync(SignedIn signedIn, ServerCallContext context)
    {
        var caller = await sessions.FindAsync(Token.Hash(signedIn.Token)!, context.CancellationToken);
        var tree = await units.TreeAsync(context.CancellationToken);
        return IdentityService.ToWire(signedIn.Person, tree, caller?.Roles ?? [], context.Call().Now);
    }

    /// <summary>What the device calls itself, if it does.</summary>
    public static string? DeviceOf(ServerCallContext context) => context.Header(DeviceHeader) switch
    {
        null => null,
        { Length: >= DeviceLengthMin and <= DeviceLengthMax } device
            when device.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') => device,
        _ => throw Refuse.Invalid("DEVICE_FORMAT", "设备编号不对，请更新小程序后再试。"),
    };
}
