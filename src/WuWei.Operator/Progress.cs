using System.Diagnostics;

namespace WuWei.Operator;

/// <summary>
/// How far something long has come: one line that is written over on a terminal, a line now and then elsewhere. Goes to
/// the error stream, so that results can be piped.
/// </summary>
public sealed class Progress
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _every = Console.IsErrorRedirected ? Elsewhere : OnTerminal;
    private long _shownAt;

    public void Show(string text)
    {
        if (_shownAt != 0 && Stopwatch.GetElapsedTime(_shownAt) < _every)
        {
            return;
        }

        _shownAt = Stopwatch.GetTimestamp();
        Console.Error.Write(Console.IsErrorRedirected ? $"{text}\n" : $"\r{text}");
    }

    public void Show(int done, int total) => Show($"{done} of {total}");

    /// <summary>Leaves the line.</summary>
    public void End()
    {
        if (_shownAt != 0 && !Console.IsErrorRedirected)
        {
            Console.Error.WriteLine();
        }
    }
}
