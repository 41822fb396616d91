using System.Runtime.CompilerServices;

namespace WuWei.Boards;

/// <summary>A board as it changes. All who follow it share one look at it.</summary>
public sealed class BoardFollowing(KeptBoards kept, BoardChoices choices)
{
    /// <summary>A change waits for this twice at most: for the next look, and for whoever comes to fetch it.</summary>
    private static readonly TimeSpan LookedAtEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Refuses what is no board, before anybody waits for it.</summary>
    public Task DemandAsync(Wire.BoardChoice asked, int top, CancellationToken cancel) =>
        choices.TopOfAsync(asked, top, cancel);

    /// <param name="seen">The version somebody has: it is not told them again.</param>
    public async IAsyncEnumerable<KeptBoard> FollowAsync(
        Wire.BoardChoice? asked, int topAsked, string seen, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (choice, top) = await choices.TopOfAsync(asked, topAsked, cancel);
        while (true)
        {
            var board = await kept.GetAsync(choice, top, LookedAtEvery, cancel);
            if (board.Version != seen)
            {
                seen = board.Version;
                yield return board;
            }

            await Task.Delay(LookedAtEvery, cancel);
            choice = asked?.Day is { Length: > 0 } ? choice : await choices.NowOfAsync(choice, cancel);
        }
    }
}
