using WuWei.Tests.Harness;

namespace WuWei.Tests.Privacy;

/// <summary>Marked wishes, and everything that anybody was answered about them.</summary>
[Collection(typeof(WholeWalkTests))]
public class WhoReadsWhatTests(WholeWalk walk)
{
    [Fact]
    public void Nobody_is_told_what_they_may_not_know()
    {
        var leaks = walk.Walks.SelectMany(w => w.Answers.SelectMany(a =>
            walk.Marks.Leaks(w.Scene, w.Number, a.Asker, a.Refused, a.Text)
                .Select(word => $"{w.Scene}: {word} to {a.Asker.Who} {a.Asker.Where}")));

        Assert.True(walk.Walks.Sum(w => w.Answers.Count) > 1_000);
        Assert.Empty(leaks.Distinct());
    }

    [Fact]
    public void Whom_to_reach_is_told_to_the_claimer_and_duty_staff() => Assert.Equal(
        ["claimer here", "Staff district", "Staff here", "Staff street"],
        Told("WishService/RevealContact: a private wish", walk.Marks.Phone));

    [Theory]
    [InlineData("WishService/GetWish: a private wish, Open", "offered here")]
    [InlineData("WishService/GetWish: a private wish, Claimed", "claimer here")]
    [InlineData("WishService/GetWish: a sensitive wish, Open", "offered here")]
    [InlineData("WishService/GetWish: a sensitive wish, Claimed", "claimer here")]
    public void What_a_wish_says_is_told_to_those_it_concerns(string scene, string helper) => Assert.Equal(
        new[]
        {
            "Auditor district", "Auditor here", "Auditor street", "Staff district", "Staff here", "Staff street",
            "beneficiary here", "maker here", helper,
        }.Order(StringComparer.Ordinal), Told(scene, walk.Marks.Content).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Nothing_that_was_marked_is_in_clear_anywhere()
    {
        var cast = walk.Walks[^1].Cast;
        await cast.Maker.Identity.GetMeAsync(new());

        Assert.Empty(await walk.Server.FindAnywhereAsync(
            [.. walk.Marks.Secrets, cast.Maker.Phone, cast.Maker.Name, cast.Beneficiary.Phone, cast.Maker.Token]));
        Assert.Contains($"wish.title: {walk.Marks.Public}", await walk.Server.Database.FindAsync([walk.Marks.Public]));
    }

    private IEnumerable<string> Told(string scene, string word) => walk.Walks.Single(w => w.Scene.ToString() == scene)
        .Answers.Where(a => !a.Refused && a.Text.Contains(word, StringComparison.Ordinal))
        .Select(a => $"{a.Asker.Who} {a.Asker.Where}").Distinct().Order(StringComparer.OrdinalIgnoreCase);
}
