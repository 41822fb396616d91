using WuWei.Data;

namespace WuWei.Inbox;

/// <summary>Messages that tell of items: one that has not gone out yet tells of the newest.</summary>
public sealed class MessageQueue
{
    private readonly Dictionary<Guid, Delivery> _waiting;
    private readonly List<Delivery> _added = [];
    private readonly DateTime _now;

    private MessageQueue(IEnumerable<Delivery> waiting, DateTime now)
    {
        _waiting = waiting.DistinctBy(d => d.SourceId).ToDictionary(d => d.SourceId);
        _now = now;
    }

    /// <param name="items">Of which some may have a message waiting.</param>
    public static async Task<MessageQueue> ReadAsync(DbSession db, IReadOnlyCollection<InboxItem> items, DateTime now) =>
        new(items.Count == 0 ? [] : await db.ListWaitingAsync([.. items.Select(i => new { i.Id })]), now);

    /// <param name="item">As it is in the inbox now.</param>
    /// <param name="next">What is new in it.</param>
    /// <param name="by">Null: no message.</param>
    public void Tell(InboxItem item, InboxItem next, MessageChannel? by, Guid id)
    {
        var text = InboxRules.Words(next);
        if (_waiting.TryGetValue(item.Id, out var waiting))
        {
            _waiting[item.Id] = waiting with { Text = text, At = next.At };
            return;
        }

        if (by is not { } channel || next.At < _now - Delivery.StaleAfter)
        {
            return;
        }

        var delivery = new Delivery
        {
            Id = id,
            PersonId = item.PersonId,
            Channel = channel,
            Topic = next.Topic,
            Source = DeliverySource.Item,
            SourceId = item.Id,
            Number = next.Number,
            Text = text,
            At = next.At,
            State = DeliveryState.Waiting,
            DueAt = _now + Delivery.Wait,
        };
        _added.Add(delivery);
        _waiting[item.Id] = delivery;
    }

    public void Queue(DbSession db)
    {
        var added = _added.Select(d => d.Id).ToHashSet();
        db.QueueDeliveries(_waiting.Values.Where(d => added.Contains(d.Id)));
        foreach (var reworded in _waiting.Values.Where(d => !added.Contains(d.Id)))
        {
            db.QueueReworded(reworded.Id, reworded.Text, reworded.At);
        }
    }
}
