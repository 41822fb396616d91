using Microsoft.Extensions.DependencyInjection;
using WuWei.ContentChecks;
using WuWei.Jobs;

namespace WuWei.Pictures;

public static class PictureSetup
{
    /// <param name="folder">Where the files are; asked for when they are first needed.</param>
    public static void AddPictures(this IServiceCollection services, Func<string> folder)
    {
        services.AddSingleton<IPictureStorage>(s => new LocalPictures(
            Path.GetFullPath(folder()), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PictureLinks>();
        services.AddSingleton<PictureFiles>();
        services.AddSingleton<PictureDesk>();
        services.AddSingleton<UploadRoom>();
        services.AddSingleton<IContentOwner, PictureContent>();
        services.AddSingleton<IJob, PictureJob>();
        services.AddSingleton<PictureService>();
    }
}
