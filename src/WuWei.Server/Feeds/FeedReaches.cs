using WuWei.Calls;
using WuWei.Partners;
using WuWei.Time;

namespace WuWei.Feeds;

/// <summary>What of the journal whoever calls may see now; asked again while a stream runs.</summary>
public sealed class FeedReaches(PartnerBook partners, TimeProvider clock)
{
    public async ValueTask<FeedReach> OfAsync(Call call, CancellationToken cancel)
    {
        if (!call.IsPartners)
        {
            return FeedReach.Of(call.CallerNow, clock.Now());
        }

        var partner = (await partners.GetAsync(cancel)).Find(call.Partner!.Id);
        return partner?.Refusal(clock.Now()) is { } refused ? throw refused : FeedReach.Of(partner ?? call.Partner);
    }
}
