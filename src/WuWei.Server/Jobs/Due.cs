using WuWei.Errors;

namespace WuWei.Jobs;

/// <summary>Goes through what is due.</summary>
public static class Due
{
    /// <param name="list">What is due next, at most <paramref name="countMax"/>.</param>
    /// <param name="act">Does it; false when it was not due any more.</param>
    /// <param name="failed">Puts one off: it must not stop all others, nor the jobs that come after this one.</param>
    /// <returns>How many were done.</returns>
    public static async Task<int> EachAsync(
        int countMax, Func<Task<List<Guid>>> list, Func<Guid, Task<bool>> act, Func<Guid, Exception, Task> failed)
    {
        var total = 0;
        for (var done = countMax; done == countMax; total += done)
        {
            done = 0;
            foreach (var id in await list())
            {
                done += await TryAsync(id) ? 1 : 0;
            }
        }

        return total;

        async Task<bool> TryAsync(Guid id)
        {
            try
            {
                return await act(id);
            }
            catch (Exception e) when (e is not (OperationCanceledException
                or RefusedException { Code: StatusCode.Unavailable or StatusCode.ResourceExhausted }))
            {
                await failed(id, e);
                return false;
            }
        }
    }
}
