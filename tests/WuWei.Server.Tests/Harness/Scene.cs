using Google.Protobuf;
using WuWei.Access;

namespace WuWei.Tests.Harness;

/// <summary>One rpc on one kind of object: a call that is right, and due, in all but who makes it.</summary>
/// <param name="On">What kind of object; empty when there is only one.</param>
/// <param name="PrepareAsync">Makes a fresh object and the request that names it.</param>
public sealed record Scene(string Rpc, string On, Func<WishCast, Task<IMessage>> PrepareAsync)
{
    public string FullRpc => $"wuwei.v1.{Rpc}";

    /// <summary>What the call itself leaves in the journal in its caller's name when it succeeds.</summary>
    public int Entries { get; init; } = Permissions.ByRpc[$"wuwei.v1.{Rpc}"].Writes ? 1 : 0;

    /// <summary>Whether callers cannot make any other call afterwards.</summary>
    public bool EndsSession { get; init; }

    /// <summary>Whether no two answers are the same, although nothing is changed.</summary>
    public bool AnswersAnew { get; init; }

    /// <summary>Whether callers are somebody else afterwards: signed out, or the maker or claimer of a wish.</summary>
    public bool ChangesCaller => EndsSession || Rpc is "WishService/MakeWish" or "WishService/ClaimWish";

    /// <summary>Whether a success leaves the object as it was.</summary>
    public bool Reads => Entries == 0 && !IsForAnyone;

    public bool IsForAnyone => Permissions.ByRpc[FullRpc].Roles is null;

    public Task<IMessage> AskAsync(Asker asker, IMessage request)
    {
        if (request is Wire.ClaimWishRequest claim)
        {
            claim.Kind = asker.Kind;
        }

        return asker.Actor.CallAsync(FullRpc, request);
    }

    public override string ToString() => On.Length == 0 ? Rpc : $"{Rpc}: {On}";
}
