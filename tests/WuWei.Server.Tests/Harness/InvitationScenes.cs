namespace WuWei.Tests.Harness;

/// <summary>Calls on invitations.</summary>
public static class InvitationScenes
{
    public static IEnumerable<Scene> All() =>
    [
        new("InvitationService/MakeInvitation", "", _ =>
            Task.FromResult<Google.Protobuf.IMessage>(new Wire.MakeInvitationRequest())),
        new("InvitationService/RedeemInvitation", "", async cast => new Wire.RedeemInvitationRequest
        {
            Code = (await (await cast.World.ResidentAsync()).Invitations.MakeInvitationAsync(new())).Invitation.Code,
        }),
        new("InvitationService/ListMyInvitations", "", _ =>
            Task.FromResult<Google.Protobuf.IMessage>(new Wire.ListMyInvitationsRequest())),
        new("InvitationService/CountInvitations", "", _ =>
            Task.FromResult<Google.Protobuf.IMessage>(new Wire.CountInvitationsRequest())),
    ];
}
