using WuWei.Errors;
using WuWei.Tests.Harness;

namespace WuWei.Tests.Crashes;

public class KilledStatementTests(SharedServer shared)
{
    [Theory]
    [InlineData("KILL QUERY")]
    [InlineData("KILL")]
    public async Task A_read_that_the_database_is_told_to_kill_is_unavailable_and_does_not_run_again(string kill)
    {
        // It runs for a while, as what one kills does; run again it would end well. The comment makes it findable.
        var mark = Guid.NewGuid().ToString("n");
        var read = shared.Server.Db.ReadAsync(
            db => db.FindAsync<int>($"SELECT SLEEP(20) /* {mark} */"), CancellationToken.None);

        await shared.Server.Db.ReadAsync(async db =>
        {
            long? id;
            do
            {
                id = await db.FindAsync<long?>(
                    $"""
                    SELECT id FROM information_schema.processlist
                    WHERE info LIKE 'SELECT SLEEP(20)%{mark}%' AND time_ms > 1500
                    """);
            }
            while (id is null);
            return await db.ExecuteAsync($"{kill} {id}");
        }, CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<RefusedException>(() => read);
        Assert.Equal((StatusCode.Unavailable, "DATABASE_AWAY"), (refusal.Code, refusal.Reason));
    }
}
