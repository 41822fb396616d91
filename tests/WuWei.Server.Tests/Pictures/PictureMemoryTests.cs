using System.Globalization;
using WuWei.Errors;
using WuWei.Pictures;
using WuWei.Tests.Harness;
using WuWei.Tests.Harness.Nasty;

namespace WuWei.Tests.Pictures;

/// <summary>What drawing costs the process at worst, as the kernel counts it.</summary>
[Collection<AloneTests>]
public sealed class PictureMemoryTests
{
    private const long MegabytesMax = 700;
    private const string ResetPeak = "5";

    [Fact]
    public async Task The_largest_of_all_kinds_at_once_stay_within_the_bound()
    {
        byte[][] files =
        [
            JpegBytes.Flat(8_000, 5_000, 4).With(JpegBytes.Adobe), JpegBytes.Flat(8_000, 5_000, 3, progressive: true),
            PngBytes.Flat(8_000, 5_000, 8, PngBytes.Grey, interlaced: true),
            PngBytes.Flat(8_000, 5_000, 8, PngBytes.Transparent),
            JpegBytes.Flat(4_300, 3_000, 3, progressive: true), PngBytes.Flat(4_300, 3_000, 8, PngBytes.Transparent),
        ];
        using var desk = new PictureDesk();
        GC.Collect();
        await File.WriteAllTextAsync("/proc/self/clear_refs", ResetPeak);
        var before = Megabytes("VmRSS");

        await Task.WhenAll(files.Concat(files).Select(async file =>
        {
            try
            {
                await desk.DrawAsync(file, PictureHeader.Read(file), CancellationToken.None);
            }
            catch (RefusedException busy) when (busy.Reason == "UPLOADS_TOO_MANY")
            {
                // On a slow machine the last do not get a place in time.
            }
        }));

        var peak = Megabytes("VmHWM") - before;
        TestContext.Current.TestOutputHelper!.WriteLine($"{peak} MB");
        Assert.InRange(peak, 1, MegabytesMax);
    }

    private static long Megabytes(string name) => long.Parse(
        File.ReadLines("/proc/self/status").Single(l => l.StartsWith(name, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^2],
        CultureInfo.InvariantCulture) / 1024;
}
