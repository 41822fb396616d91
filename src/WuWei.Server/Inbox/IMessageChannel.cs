using WuWei.Data;

namespace WuWei.Inbox;

/// <summary>A way out of the house.</summary>
public interface IMessageChannel
{
    MessageChannel Channel { get; }

    /// <summary>
    /// In the transaction that claims a delivery: finds where it goes, and spends what it needs. Null when it must not go
    /// there, or nowhere is known.
    /// </summary>
    Task<IReadyMessage?> PrepareAsync(DbSession db, Delivery delivery, DateTime now);
}

/// <summary>A message with its address, which is forgotten with it.</summary>
public interface IReadyMessage
{
    /// <summary>Hands it over, outside of any transaction; once.</summary>
    Task<Sending> SendAsync(CancellationToken cancel);

    /// <summary>In the transaction that notes what came of it.</summary>
    Task SettleAsync(DbSession db, Sending sending, DateTime now);
}
