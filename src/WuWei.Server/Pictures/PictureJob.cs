using Microsoft.Extensions.Logging;
using WuWei.Data;
using WuWei.Jobs;
using WuWei.Journal;
using WuWei.Time;

namespace WuWei.Pictures;

/// <summary>
/// Collects what nobody needs: pictures that were attached to nothing for a day, and files whose picture was never stored. A
/// picture whose files are not there is not shown, and is again when they are back: a folder that is not mounted loses nothing.
/// </summary>
public sealed partial class PictureJob(
    Database database, IPictureStorage storage, TimeProvider clock, ILogger<PictureJob> log) : IJob
{
    private const int ForgottenMax = 200;

    /// <summary>Of files, and of pictures, a run looks at so many and the next one goes on after them.</summary>
    private const int LookedAtMax = 1_000;

    /// <summary>A file is there before its picture is.</summary>
    private static readonly TimeSpan StrayAfter = TimeSpan.FromHours(1);

    private string _filesAfter = "";
    private Guid _picturesAfter;

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public async Task<int> RunAsync(CancellationToken cancel) =>
        await ForgetAsync(cancel) + await CollectStraysAsync(cancel) + await LookForLostAsync(cancel);

    private async Task<int> ForgetAsync(CancellationToken cancel)
    {
        var now = clock.Now();
        var forgotten = await database.ReadAsync(db => db.ListForgottenAsync(now, ForgottenMax), cancel);
        foreach (var picture in forgotten)
        {
            await ForgetAsync(picture, now, cancel);
        }

        return forgotten.Count;
    }

    private async Task ForgetAsync(Picture picture, DateTime now, CancellationToken cancel)
    {
        try
        {
            await database.WriteAsync(async db =>
            {
                if (!await db.DeletePictureAsync(picture.Id))
                {
                    throw new AttachedException();
                }

                db.Record(JournalEntry.BySystem(
                    now, "clock", "PICTURE_FORGET", "picture", picture.Id, null, new { picture.AuthorId, picture.Bytes }));
                return true;
            }, cancel);
            await storage.DeleteAsync(picture.Name, cancel);
        }
        catch (AttachedException)
        {
            // At the last moment; or another copy was quicker.
        }
    }

    private async Task<int> CollectStraysAsync(CancellationToken cancel)
    {
        var files = await storage.ListAsync(_filesAfter, LookedAtMax, cancel);
        _filesAfter = files.Count < LookedAtMax ? "" : files[^1].Name;
        string[] old = [.. files.Where(f => f.At < clock.Now() - StrayAfter).Select(f => f.Name)];
        if (old.Length == 0)
        {
            return 0;
        }

        var known = await database.ReadAsync(db => db.ListNamedAsync(old), cancel);
        string[] strays = [.. old.Except(known.Select(picture => picture.Name))];
        foreach (var name in strays)
        {
            await storage.DeleteAsync(name, cancel);
        }

        return strays.Length;
    }

    private async Task<int> LookForLostAsync(CancellationToken cancel)
    {
        var pictures = await database.ReadAsync(db => db.ListFiledAsync(_picturesAfter, LookedAtMax), cancel);
        _picturesAfter = pictures.Count < LookedAtMax ? Guid.Empty : pictures[^1].Id;
        var turned = 0;
        foreach (var picture in pictures)
        {
            var lost = !await storage.HasAsync(picture.Name, cancel);
            if (lost != picture.Lost)
            {
                turned += await database.HousekeepAsync(db => db.SetLostAsync(picture.Id, lost), cancel);
                LogTurned(picture.Id, lost ? "lost" : "found again");
            }
        }

        return turned;
    }

    [LoggerMessage(LogLevel.Error, "The files of picture {Id} are {What}")]
    private partial void LogTurned(Guid id, string what);

    private sealed class AttachedException : Exception;
}
