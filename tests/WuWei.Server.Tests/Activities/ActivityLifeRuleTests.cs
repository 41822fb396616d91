using WuWei.Activities;

namespace WuWei.Tests.Activities;

public class ActivityLifeRuleTests
{
    [Fact]
    public void The_states_are_as_they_are_drawn()
    {
        const string drawn =
            """
            Draft: Edit → Draft, Submit → InReview, Publish → Enrolling, Cancel → Cancelled, Insure → Draft, AddOrganiser → Draft, RemoveOrganiser → Draft, Lapse → Cancelled
            InReview: Approve → Enrolling, Return → Draft, Cancel → Cancelled, AddOrganiser → InReview, RemoveOrganiser → InReview, Remind → InReview, Lapse → Cancelled
            Enrolling: Edit → Enrolling, Cancel → Cancelled, ChangeShift → Enrolling, Insure → Enrolling, AddOrganiser → Enrolling, RemoveOrganiser → Enrolling, Start → Running, Hold → Enrolling, Lapse → Cancelled, AddShift → Enrolling, CancelShift → Enrolling
            Running: Edit → Running, Cancel → Cancelled, ChangeShift → Running, Insure → Running, AddOrganiser → Running, RemoveOrganiser → Running, End → Ended, AddShift → Running, CancelShift → Running
            Ended: AddOrganiser → Ended, RemoveOrganiser → Ended, Settle → Settled, Remind → Ended
            Settled:
            Cancelled:
            """;

        Assert.Equal(drawn.ReplaceLineEndings("\n"), string.Join('\n', Enum.GetValues<ActivityStatus>().Select(status =>
            $"{status}: {string.Join(", ", Enum.GetValues<ActivityMove>()
                .Select(move => (move, To: To(status, move))).Where(m => m.To is not null)
                .Select(m => $"{m.move} → {m.To}"))}".TrimEnd())));

        static ActivityStatus? To(ActivityStatus status, ActivityMove move)
        {
            try
            {
                return Activity.Next(status, move);
            }
            catch (WuWei.Errors.RefusedException refusal)
            {
                Assert.Equal("ACTIVITY_WRONG_STATUS", refusal.Reason);
                return null;
            }
        }
    }
}
