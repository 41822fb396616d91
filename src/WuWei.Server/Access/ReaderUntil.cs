namespace WuWei.Access;

/// <summary>What a client sends, until its stream must end.</summary>
public sealed class ReaderUntil<T>(IAsyncStreamReader<T> reader, CancellationToken until) : IAsyncStreamReader<T>
{
    public T Current => reader.Current;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(until, cancellationToken);
        return await reader.MoveNext(over.Token);
    }
}
