using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using WuWei.Access;
using WuWei.Calls;
using WuWei.Partners;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Partners;

/// <summary>
/// What is looked at while a stream on somebody's behalf runs. There is no such call yet, so the question is asked as the
/// interceptor asks it.
/// </summary>
public sealed class OnBehalfStreamTests(PartnerDoor door) : IClassFixture<PartnerDoor>
{
    [Fact]
    public async Task It_is_over_when_the_person_serves_there_no_longer()
    {
        var person = await door.World.ResidentAsync();
        await door.World.GrantAsync(person, Role.GridWorker, door.World.Street, endsAt: door.Clock.Now.AddMinutes(5));
        var partner = await PartnerAsync(person);
        Assert.Null(await OverAsync(partner, person));

        door.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("ON_BEHALF_OF_REFUSED", await OverAsync(partner, person));
    }

    [Fact]
    public async Task It_is_over_when_the_person_is_not_the_partners_any_more()
    {
        var (person, other) = (
            await door.World.StaffAsync(door.World.Street), await door.World.StaffAsync(door.World.Street));
        var partner = await PartnerAsync(person);
        Assert.Null(await OverAsync(partner, person));

        var terms = await door.People.Partners().GetAsync(partner.Code, CancellationToken.None);
        await door.People.Partners().ChangeAsync(
            partner.Code, terms with { People = [other.PersonId] }, CancellationToken.None);
        door.Forget();

        Assert.Equal("ON_BEHALF_OF_REFUSED", await OverAsync(partner, person));
    }

    private async Task<Partner> PartnerAsync(Actor person)
    {
        var (id, _) = await door.People.AddPartnerAsync(
            ["WishService/MakeWish"], [door.World.Street], [person.PersonId]);
        door.Forget();
        return (await door.Door.Services.GetRequiredService<PartnerBook>().GetAsync(CancellationToken.None)).Find(id)!;
    }

    /// <summary>Why it may not go on; null while it may.</summary>
    private async Task<string?> OverAsync(Partner partner, Actor person)
    {
        var context = new CallOf(person.PersonId);
        var caller = Caller.Nobody with { PersonId = person.PersonId };
        var permission = Permissions.ByRpc["wuwei.v1.WishService/MakeWish"];
        var call = new Call(permission, caller, source: "", Channel.Unknown, key: null, door.Clock.Now)
        {
            Partner = partner,
        };
        var calls = door.Door.Services.GetRequiredService<PartnerCalls>();
        return (await calls.OverAsync(context, call, partner, CancellationToken.None))?.Reason;
    }

    /// <summary>A call on somebody's behalf, as far as it is looked at.</summary>
    private sealed class CallOf : ServerCallContext
    {
        public CallOf(Guid person)
        {
            RequestHeadersCore = TestPartner.For(person);
            // Where Grpc.AspNetCore looks for the request.
            UserState["__HttpContext"] = new DefaultHttpContext();
        }

        protected override string MethodCore => "/wuwei.v1.WishService/MakeWish";

        protected override string HostCore => "";

        protected override string PeerCore => "";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore { get; }

        protected override CancellationToken CancellationTokenCore => CancellationToken.None;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore { get; } = new("", []);

        protected override IDictionary<object, object> UserStateCore { get; } = new Dictionary<object, object>();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
            throw new NotSupportedException();
    }
}
