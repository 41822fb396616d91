using WuWei.Calls;
using WuWei.ContentChecks;

namespace WuWei.Activities;

/// <summary>Who may read what organisers write, and when.</summary>
public sealed partial class ActivityService
{
    /// <summary>What of a form is words.</summary>
    private static readonly int Texts =
        Bits.Of([ActivityField.Title, ActivityField.Text, ActivityField.Place, ActivityField.Contact]);

    /// <summary>
    /// With other words. Staff's are as good as read; those of organisers who are no staff are checked, once it is published
    /// and no reviewer will read them any more.
    /// </summary>
    private static async Task<Activity> WithTextsAsync(ActivityMoving m, Call call, Activity after)
    {
        if (await IsStaffsAsync(m, call.Caller))
        {
            m.Db.QueueNoContentCheck(ContentKind.Activity, after.Id, ContentState.Passed);
            return after with { ContentState = ContentState.Passed };
        }

        if (after.PublishedAt is not null)
        {
            m.Db.QueueContentCheck(ContentPiece.By(call, ContentKind.Activity, after.Id, after.UnitId));
        }

        return after with { ContentState = ContentState.Waiting };
    }

    /// <summary>Nor are staff judges of an organisation of their own: theirs is reviewed by a colleague.</summary>
    private static async Task<bool> IsStaffsAsync(ActivityMoving m, Caller caller) =>
        caller.Covers(Role.Staff, m.Sight.Unit.Path, m.Now) && !await IsOfOwnOrganisationAsync(m, caller.PersonId);
}
