using WuWei.Tests.Harness;

namespace WuWei.Tests.Access;

/// <summary>Who may do what is one file, rights.txt, which a reviewer reads and agrees to.</summary>
[Collection(typeof(WholeWalkTests))]
public class RightsTests(WholeWalk walk)
{
    private const string Legend =
        """
        Who may do what, when it is due. A table is for all the calls above it.
        ok; no: NOT_PERMITTED; unseen: WISH_UNKNOWN, ACTIVITY_UNKNOWN, SHIFT_UNKNOWN, SHIFT_ROLE_UNKNOWN, SIGN_UP_UNKNOWN,
        OFFER_UNKNOWN, APPEAL_UNKNOWN, HOURS_UNKNOWN or PICTURE_UNKNOWN; none: SIGN_IN_REQUIRED; anything else is the reason.
        A role lies here (the community of the object), above it (street, district), in the next community of that
        street, or in the other street. ended, coming: here, out of its term. sms: here, in a session begun with a code.
        closed: as here, after the community was closed.


        """;

    [Fact]
    public void Every_rpc_of_the_protos_has_its_scenes() => Assert.Equal(
        Rpcs.All.Select(m => m.Name()), Scenes.All.Select(s => s.FullRpc).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Who_may_do_what_is_as_it_was_agreed() =>
        SnapshotFile.AssertSame("rights.txt", Legend + string.Join('\n', walk.Walks
            .OrderBy(w => w.Scene.ToString(), StringComparer.Ordinal).GroupBy(w => w.Picture())
            .Select(same => string.Concat(same.Select(w => $"{w.Scene}\n")) + same.Key)));

    [Fact]
    public async Task A_success_is_in_the_journal_and_a_refusal_is_not()
    {
        // What an act earns has entries beside its own, and depends on what was earned before.
        var people = walk.Walks.SelectMany(w => w.Askers).Where(a => a.Role is not null)
            .DistinctBy(a => a.Actor.PersonId).ToList();

        Assert.NotEmpty(people);
        foreach (var asker in people)
        {
            var expected = walk.Walks.Sum(w => w.EntriesOf(asker));
            Assert.Equal(expected, await walk.Server.Database.ScalarAsync<int>(
                """
                SELECT COUNT(*) FROM journal_entry
                WHERE actor_id = @id AND kind NOT IN ('POINTS_AWARDED', 'POINTS_HELD', 'POINTS_VOIDED', 'POINTS_REVERSED',
                  'POINTS_CALLED_BACK')
                """, ("id", asker.Actor.PersonId)));
        }
    }

    [Fact]
    public Task Whatever_was_asked_the_books_are_right() => walk.Server.AssertSoundAsync();
}
