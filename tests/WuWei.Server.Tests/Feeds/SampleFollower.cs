using Grpc.Net.Client;

namespace WuWei.Tests.Feeds;

/// <summary>
/// A partner's system that follows the journal, for its engineers to read: it goes on after what its book has, whatever ended
/// the stream, and waits a moment before it does.
/// </summary>
public sealed class SampleFollower(SampleBook book, GrpcChannel channel, Metadata headers)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(CancellationToken stop)
    {
        var journal = new Wire.JournalService.JournalServiceClient(channel);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var stream = journal.Follow(
                    new Wire.FollowRequest { After = book.SeenUntil }, headers, cancellationToken: stop);
                await foreach (var message in stream.ResponseStream.ReadAllAsync(stop))
                {
                    book.Keep(message.Entries, message.SeenUntil);
                }
            }
            catch (Exception e) when (e is RpcException
            {
                StatusCode: not (StatusCode.FailedPrecondition
                or StatusCode.PermissionDenied or StatusCode.InvalidArgument)
            } or OperationCanceledException)
            {
                // The server stopped, the network broke, or we are to stop; a refusal is for a person to look at.
            }

            await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
