using Google.Protobuf;

namespace WuWei.Tests.Harness;

/// <summary>Calls on invitations.</summary>
public static class InvitationScenes
{
    public static IEnumerable<Scene> All() =>
    [
        Plain("MakeInvitation", new Wire.MakeInvitationRequest()),
        new("InvitationService/RedeemInvitation", "", async cast => new Wire.RedeemInvitationRequest
        {
            Code = (await (await cast.World.ResidentAsync()).Invitations.MakeInvitationAsync(new())).Invitation.Code,
        }),
        Plain("ListMyInvitations", new Wire.ListMyInvitationsRequest()),
        Plain("CountInvitations", new Wire.CountInvitationsRequest()),
    ];

    private static Scene Plain(string rpc, IMessage request) =>
        new($"InvitationService/{rpc}", "", _ => Task.FromResult(request));
}
