using WuWei.Calls;
using WuWei.ContentChecks;

namespace WuWei.Wishes;

/// <summary>One move of a wish, as its journey tells it.</summary>
/// <param name="ActorId">Null for the clock.</param>
/// <param name="Note">Reason, note or comment; sealed when stored.</param>
public sealed record WishStep(
    WishMove Move, DateTime At, WishActor Actor, Guid? ActorId, string? Note = null)
{
    public Guid Id { get; init; } = Guid.CreateVersion7(At);

    /// <summary>For an offer; in the journal, not in the journey.</summary>
    public Guid? OfferedTo { get; init; }

    /// <summary>Where it belongs from now on; null when the step leaves it where it is.</summary>
    public Guid? UnitId { get; init; }
    public string? Place { get; init; }
    public DateTime? DoneAt { get; init; }

    /// <summary>Of what was done.</summary>
    public IReadOnlyList<Guid> Pictures { get; init; } = [];
    public Verification Verification { get; init; }
    public Channel Channel { get; init; }

    /// <summary>What residents say is checked before anybody else reads it; staff and other systems are not.</summary>
    public ContentState ContentState =>
        Actor is WishActor.Maker or WishActor.Beneficiary or WishActor.Claimer
            && !string.IsNullOrEmpty($"{Note}{Place}")
            ? ContentState.Waiting
            : ContentState.Passed;
}
