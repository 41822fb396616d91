using System.Text.RegularExpressions;
using WuWei.Feeds;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Feeds;

/// <summary>What is told of an entry.</summary>
public sealed partial class ToldEntryTests : FeedDistrict
{
    [Fact]
    public async Task Every_move_of_a_wish_comes_in_order_with_where_it_was_and_where_it_is()
    {
        var partner = await Server.PartnerAsync([World.Street], "journal/wishes");
        var (wish, _, _) = await KeptAsync();
        await Server.SealAsync();
        await using var follower = Following(partner, after: 0);

        var entries = await follower.NextAsync(5);

        Assert.All(entries, e => Assert.Equal(
            (wish, "wish", $"{World.Community}", "misc", Wire.EntryTopic.Wishes),
            (e.SubjectId, e.Subject, e.UnitId, e.Wish.CategoryCode, e.Topic)));
        Assert.Equal(
            [
                (Wire.EntryKind.WishMake, "maker", Wire.WishStatus.Unspecified, Wire.WishStatus.PendingReview),
                (Wire.EntryKind.WishApprove, "staff", Wire.WishStatus.PendingReview, Wire.WishStatus.Open),
                (Wire.EntryKind.WishClaim, "claimer", Wire.WishStatus.Open, Wire.WishStatus.Claimed),
                (Wire.EntryKind.WishDeliver, "claimer", Wire.WishStatus.Claimed, Wire.WishStatus.Delivered),
                (Wire.EntryKind.WishConfirm, "maker", Wire.WishStatus.Delivered, Wire.WishStatus.Kept),
            ],
            entries.Select(e => (e.Kind, e.ActorRole, e.Wish.From, e.Wish.To)));
        Assert.Equal((Wire.WishOrigin.Resident, 30), (entries[0].Wish.Origin, entries[0].Wish.EffortMinutes));
        Assert.Equal(Wire.ClaimerKind.Neighbour, entries[2].Wish.ClaimerKind);
        Assert.Equal(entries.Select(e => e.Number).Order(), entries.Select(e => e.Number));
        Assert.Equal([1, 2, 3, 4, 5], entries.Select(e => e.Wish.Step));
    }

    [Fact]
    public async Task Nobody_can_be_recognised_and_two_readers_cannot_compare()
    {
        var (one, other) = (await Server.PartnerAsync([World.District]), await Server.PartnerAsync([World.District]));
        var (_, maker, helper) = await KeptAsync();
        await KeptAsync(helper);
        await Server.SealAsync();

        var ones = await Server.Journal().ReadAllAsync(one.Headers);
        var others = await Server.Journal().ReadAllAsync(other.Headers);

        var claims = ones.Where(e => e.Kind == Wire.EntryKind.WishClaim).Select(e => e.Person).ToList();
        Assert.Equal(2, claims.Count);
        Assert.Matches("^[A-Za-z0-9_-]{22}$", Assert.Single(claims.Distinct()));
        Assert.Contains(ones, e => e.Topic == Wire.EntryTopic.Points && e.Person == claims[0]);
        Assert.Empty(ones.Select(e => e.Person).Where(p => p.Length > 0)
            .Intersect(others.Select(e => e.Person)));
        var said = string.Concat(ones.Concat(others).Select(e => e.ToString()));
        foreach (var secret in new[]
        {
            $"{maker.PersonId}", $"{helper.PersonId}", maker.Name, helper.Name, maker.Phone, helper.Phone, "楼道灯坏了", "谢谢",
        })
        {
            Assert.DoesNotContain(secret, said);
        }

        // Nor a keyed hash of somebody's words, which is 64 digits.
        Assert.DoesNotMatch(HashOfText(), said);
    }

    [Fact]
    public async Task A_private_or_sensitive_wish_does_not_tell_its_category()
    {
        var partner = await Server.PartnerAsync([World.District]);
        var maker = await World.ResidentAsync();
        var request = World.Request();
        request.Visibility = Wire.WishVisibility.Private;
        await maker.MakeAsync(request);
        await Server.SealAsync();

        var entry = Assert.Single(await Server.Journal().ReadAllAsync(partner.Headers),
            e => e.Kind == Wire.EntryKind.WishMake);

        Assert.Equal("", entry.Wish.CategoryCode);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("misc", true)]
    public void What_a_wish_was_merged_into_is_told_of_one_that_everybody_may_see(string? category, bool told)
    {
        var into = Guid.NewGuid();
        var row = new FeedRow
        {
            Number = 1,
            Kind = EntryKinds.NameOf(Wire.EntryKind.WishMerge),
            UnitId = World.Community,
            Category = category,
            Detail = $$"""{"status":"Withdrawn","mergedInto":"{{into}}"}""",
        };

        Assert.Equal(told ? $"{into}" : "", FeedEntry.Of(row)!.Told.Wish.MergedInto);
    }

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex HashOfText();
}
