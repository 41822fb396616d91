using WuWei.Access;
using WuWei.Calls;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Access;

public class PermissionTableTests(SharedServer shared)
{
    /// <summary>They change something, but nothing to be repeated: no key.</summary>
    private static readonly string[] WithoutKey =
    [
        "wuwei.v1.AccessService/AskCode", "wuwei.v1.AccessService/SignIn", "wuwei.v1.AccessService/SignInStaff",
        "wuwei.v1.AccessService/SignOut", "wuwei.v1.AccessService/RenewSession", "wuwei.v1.ViewService/NoteViews",
        "wuwei.v1.ThreadService/MarkThreadRead",
        "wuwei.v1.InboxService/MarkRead",
        "wuwei.v1.WeChatService/SignInWeChat", "wuwei.v1.WeChatService/SignInWeChatPhone",
    ];

    private static readonly string[] ReadingVerbs =
        ["Get", "List", "Count", "Explain", "ReportWishes", "WatchBoard", "Recommend", "Suggest", "Follow", "Head"];

    public static TheoryData<string> Rpcs => [.. Harness.Rpcs.All.Select(m => m.Name())];

    [Fact]
    public void What_is_for_anyone_wants_no_key() => Assert.All(
        Permissions.ByRpc.Values.Where(p => p.Roles is null && p.Rpc.StartsWith("wuwei.", StringComparison.Ordinal)),
        p => Assert.Contains(p.Rpc, WithoutKey));

    [Fact]
    public void Every_call_of_the_protos_is_in_the_table_and_nothing_else()
    {
        var ours = Permissions.ByRpc.Keys.Where(rpc => rpc.StartsWith("wuwei.", StringComparison.Ordinal));

        Assert.NotEmpty(Harness.Rpcs.All);
        Assert.Equal(Harness.Rpcs.All.Select(m => m.Name()), ours.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_streams_on_somebodys_behalf_since_nobody_looks_at_them_meanwhile() => Assert.DoesNotContain(
        Harness.Rpcs.All,
        m => (m.IsServerStreaming || m.IsClientStreaming)
            && Permissions.ByRpc[m.Name()].Partners == PartnerUse.OnBehalf);

    [Fact]
    public void The_table_is_what_it_was_agreed_to_be() =>
        SnapshotFile.AssertSame("permissions.txt", string.Concat(
            Permissions.ByRpc.Values.OrderBy(p => p.Rpc, StringComparer.Ordinal).Select(Line)
                .Prepend("rpc | roles | relations | scope | doors | writes\n")));

    [Theory]
    [MemberData(nameof(Rpcs))]
    public void A_call_named_like_a_change_wants_a_key(string rpc)
    {
        var verb = rpc[(rpc.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var reads = ReadingVerbs.Any(v => verb.StartsWith(v, StringComparison.Ordinal));

        Assert.Equal(!reads && !WithoutKey.Contains(rpc), Permissions.ByRpc[rpc].Writes);
    }

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task Without_a_key_a_change_is_refused(string rpc)
    {
        if (!Permissions.ByRpc[rpc].Writes)
        {
            return;
        }

        var resident = await shared.World.ResidentAsync();
        foreach (var key in new[] { null, "1234567", new string('x', 65), "with space" })
        {
            Assert.Equal("IDEMPOTENCY_KEY_REQUIRED", await Refusals.ReasonAsync(
                shared.Server.Channel.Send(rpc, [], resident.Token, key)));
        }
    }

    [Theory]
    [InlineData("wuwei.v1.WishService/DropWish")]
    [InlineData("wuwei.v1.AdminService/DoAnything")]
    [InlineData("wuwei.v1.wishservice/getwish")]
    [InlineData("grpc.channelz.v1.Channelz/GetServers")]
    public async Task A_call_that_is_not_in_the_table_does_not_exist(string rpc)
    {
        var resident = await shared.World.ResidentAsync();

        var refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await shared.Server.Channel.Send(rpc, [], resident.Token, "12345678"));

        Assert.Equal(StatusCode.Unimplemented, refusal.StatusCode);
    }

    private static string PartnersIn(Permission permission) => permission.Partners switch
    {
        PartnerUse.None => "",
        var use => $", partners {use}",
    };

    private static string Line(Permission permission) => string.Join(" | ",
        permission.Rpc,
        permission.Roles is not { } roles ? "anyone" : roles.Length == 0 ? "-" : string.Join(", ", roles),
        permission.Relations == Relation.None ? "-" : permission.Relations,
        permission.Scope,
        $"{permission.Doors}{(permission.WithoutSignIn ? ", without sign-in" : "")}{PartnersIn(permission)}",
        permission.Writes ? "writes" : "reads") + "\n";
}
