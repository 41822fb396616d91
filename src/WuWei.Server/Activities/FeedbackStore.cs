using WuWei.ContentChecks;
using WuWei.Data;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>Every SQL statement on what people said of activities, whose words are sealed.</summary>
public static class FeedbackStore
{
    private const string WordsColumn = "activity_feedback.words";

    /// <summary>Adds it, if the person was confirmed there and has said nothing yet.</summary>
    /// <returns>False otherwise.</returns>
    public static async Task<bool> AddFeedbackAsync(
        this DbSession db, PersonalData data, Guid id, Guid activityId, Guid personId, int rating, string words,
        DateTime now) => await db.ExecuteAsync(
        """
        INSERT IGNORE INTO activity_feedback (id, activity_id, person_id, rating, words, given_at, content_state)
        SELECT @id, @activityId, @personId, @rating, @words, @now, @state FROM attendance
        WHERE activity_id = @activityId AND status = 4 AND person_id = @personId LIMIT 1
        """,
        new
        {
            id,
            activityId,
            personId,
            rating,
            words = words.Length == 0 ? null : data.Seal(WordsColumn, id, words),
            state = words.Length == 0 ? ContentState.Passed : ContentState.Waiting,
            now,
        }) == 1;

    public static async Task<bool> HasFeedbackAsync(this DbSession db, Guid activityId, Guid personId) =>
        await db.FindAsync<int?>(
            "SELECT 1 FROM activity_feedback WHERE activity_id = @activityId AND person_id = @personId",
            new { activityId, personId }) is not null;

    public static async Task<FeedbackSum> SumFeedbackAsync(this DbSession db, Guid activityId) =>
        (await db.FindAsync<FeedbackSum>(
            """
            SELECT COUNT(*) AS answers, CAST(COALESCE(SUM(rating), 0) AS SIGNED) AS total
            FROM activity_feedback WHERE activity_id = @activityId
            """, new { activityId }))!;

    /// <summary>An activity's, newest first.</summary>
    public static Task<List<FeedbackRow>> ListFeedbackAsync(
        this DbSession db, Guid activityId, DateTime at, Guid before, int take) => db.ListAsync<FeedbackRow>(
        """
        SELECT f.id, f.rating, f.words, f.given_at, COALESCE(c.state, f.content_state) AS content_state
        FROM activity_feedback f LEFT JOIN content_check c ON c.kind = 5 AND c.content_id = f.id
        WHERE f.activity_id = @activityId AND f.given_at <= @at AND (f.given_at < @at OR f.id < @before)
        ORDER BY f.given_at DESC, f.id DESC LIMIT @take
        """, new { activityId, at, before, take });

    public static Task<List<FeedbackRow>> ListFeedbackWordsAsync(this DbSession db, IReadOnlyList<Guid> ids) =>
        db.ListEachAsync<FeedbackRow>(
            "SELECT f.id, f.words FROM activity_feedback f WHERE f.id IN (", "@id", [.. ids.Select(id => new { id })], ")");

    public static string WordsOf(PersonalData data, FeedbackRow row) =>
        row.Words is null ? "" : data.Open(WordsColumn, row.Id, row.Words);
}

public sealed record FeedbackSum
{
    /// <summary>With fewer, an average would tell what one person said.</summary>
    private const int AnswersMin = 5;

    public int Answers { get; init; }
    public long Total { get; init; }

    /// <summary>In hundredths.</summary>
    public int Average => Answers < AnswersMin ? 0 : (int)Math.Round(Total * 100.0 / Answers);
}

public sealed record FeedbackRow
{
    public Guid Id { get; init; }
    public int Rating { get; init; }
    public byte[]? Words { get; init; }
    public DateTime GivenAt { get; init; }
    public ContentState ContentState { get; init; }
}
