using WuWei.Calls;
using WuWei.Data;
using WuWei.Organization;
using WuWei.Pictures;

namespace WuWei.Wishes;

/// <summary>Wishes with their pictures: of which, whoever may read the text sees those that passed.</summary>
public sealed partial class WishService
{
    /// <summary>A wish as its caller sees it. Only one with pictures costs a second trip.</summary>
    private async Task<Wire.Wish> ShowAsync(DbSession db, WishSight sight, Caller caller)
    {
        var (wish, wire) = (sight.Wish, sight.ToWire(personalData));
        List<Guid> subjects = [];
        if (wish.PictureCount > 0 && ShowsPictures(sight))
        {
            subjects.Add(wish.PictureSubjectId);
        }

        if (wish is { DeliveryPictureCount: > 0, NoteId: { } delivery } && sight.Concerned)
        {
            subjects.Add(delivery);
        }

        var pictures = await db.ListPicturesOfAsync(subjects, caller.PersonId, sight.Overseer);
        wire.Pictures.Add(pictures[wish.PictureSubjectId].Select(p => links.ToWire(p)));
        wire.DeliveryPictures.Add(pictures[wish.NoteId ?? Guid.Empty].Select(p => links.ToWire(p)));
        return wire;
    }

    /// <summary>Wishes as a list shows them, each with the thumbnail of its first picture.</summary>
    private async Task<List<Wire.Wish>> ListedAsync(DbSession db, IReadOnlyList<Wish> wishes, UnitTree tree, Call call)
    {
        List<WishSight> sights = [.. wishes.Select(wish => WishSight.Of(wish, tree, call))];
        var pictures = await db.ListPicturesOfAsync(
            [.. sights.Where(s => s.Wish.PictureCount > 0 && ShowsPictures(s)).Select(s => s.Wish.PictureSubjectId)],
            call.Caller.PersonId, oversees: false);
        return [.. sights.Select(sight =>
        {
            var wire = sight.Listed(personalData);
            wire.Pictures.Add(pictures[sight.Wish.PictureSubjectId].Take(1).Select(p => links.ToWire(p, inList: true)));
            return wire;
        })];
    }

    /// <summary>A sensitive wish's pictures tell as much as its text.</summary>
    private static bool ShowsPictures(WishSight sight) => sight.Visible && (sight.Concerned || !sight.Wish.Sensitive);

    private async Task AddPicturesAsync(
        DbSession db, Wire.GetWishJourneyResponse journey, List<StepRow> steps, WishSight sight, Caller caller)
    {
        if (!sight.Concerned)
        {
            return;
        }

        var pictures = await db.ListPicturesOfAsync(
            [.. steps.Where(s => s.PictureCount > 0).Select(s => s.Id)], caller.PersonId, sight.Overseer);
        foreach (var (row, step) in steps.Zip(journey.Steps))
        {
            step.Pictures.Add(pictures[row.Id].Select(p => links.ToWire(p)));
        }
    }
}
