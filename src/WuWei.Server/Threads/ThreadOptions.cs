namespace WuWei.Threads;

/// <summary>Numbers a district may set; each of one person in a day of China.</summary>
public sealed class ThreadOptions
{
    public int MessagesMax { get; set; } = 100;

    public int ReportsMax { get; set; } = 10;

    /// <summary>Pages of reported threads that one staff member may read.</summary>
    public int RevealsMax { get; set; } = 60;
}
