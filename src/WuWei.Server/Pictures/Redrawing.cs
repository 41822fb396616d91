using SkiaSharp;

namespace WuWei.Pictures;

/// <summary>A picture as it is kept: two JPEGs of pixels and nothing else.</summary>
/// <param name="Width">Of the large one.</param>
public sealed record DrawnPicture(int Width, int Height, byte[] Large, byte[] Thumbnail);

/// <summary>
/// Draws a picture anew: decoded, turned upright, made smaller and written again. Nothing of the file is passed on, so neither
/// is what was hidden in it. Its own time and memory are bounded by the number of pixels; whoever calls bounds the rest.
/// </summary>
public static class Redrawing
{
    public const int LargeEdge = 1_920;
    public const int ThumbnailEdge = 480;
    private const int Quality = 85;

    /// <summary>A decoder that can makes it smaller at once, but not so small that drawing it would blur.</summary>
    private const float DecodedEdge = LargeEdge * 1.5f;

    private static readonly SKSamplingOptions Smooth = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    /// <exception cref="Errors.RefusedException">It cannot be read to its end.</exception>
    public static DrawnPicture Redraw(ReadOnlyMemory<byte> file, PictureHeader header)
    {
        using var data = SKData.CreateCopy(file.Span);
        using var codec = SKCodec.Create(data);
        if (codec is null || codec.EncodedFormat != FormatOf(header.Format)
            || codec.Info.Width != header.Width || codec.Info.Height != header.Height)
        {
            throw PictureHeader.Damaged();
        }

        using var decoded = Decode(codec);
        using var image = SKImage.FromPixels(decoded.PeekPixels());
        using var large = Draw(image, codec.EncodedOrigin, LargeEdge);
        using var upright = large.Snapshot();
        using var thumbnail = Draw(upright, SKEncodedOrigin.TopLeft, ThumbnailEdge);
        return new DrawnPicture(upright.Width, upright.Height, Encode(large), Encode(thumbnail));
    }

    private static SKBitmap Decode(SKCodec codec)
    {
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        var size = codec.GetScaledDimensions(Math.Min(1, DecodedEdge / Math.Max(width, height)));
        var info = new SKImageInfo(
            size.Width, size.Height, SKColorType.Rgba8888,
            codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Premul, SKColorSpace.CreateSrgb());
        var decoded = new SKBitmap();
        if (decoded.TryAllocPixels(info) && codec.GetPixels(info, decoded.GetPixels()) == SKCodecResult.Success)
        {
            return decoded;
        }

        decoded.Dispose();
        throw PictureHeader.Damaged();
    }

    /// <summary>On white, because a JPEG is never transparent.</summary>
    private static SKSurface Draw(SKImage image, SKEncodedOrigin origin, int edgeMax)
    {
        var scale = Math.Min(1f, edgeMax / (float)Math.Max(image.Width, image.Height));
        var (width, height) = (Scaled(image.Width), Scaled(image.Height));
        var lying = origin >= SKEncodedOrigin.LeftTop;
        // Without a colour space: pixels are those of sRGB, and no profile is written.
        var surface = SKSurface.Create(new SKImageInfo(
            lying ? height : width, lying ? width : height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.SetMatrix(Upright(origin, width, height));
        surface.Canvas.DrawImage(image, SKRect.Create(width, height), Smooth);
        return surface;

        int Scaled(int edge) => Math.Max(1, (int)MathF.Round(edge * scale));
    }

    /// <summary>How EXIF says the camera was held.</summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, int width, int height) => origin switch
    {
        SKEncodedOrigin.TopRight => new(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new(0, -1, height, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new(0, -1, height, -1, 0, width, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new(0, 1, 0, -1, 0, width, 0, 0, 1),
        _ => SKMatrix.Identity,
    };

    private static byte[] Encode(SKSurface surface)
    {
        using var pixels = surface.PeekPixels();
        using var encoded = pixels.Encode(new SKJpegEncoderOptions(
            Quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore))
            ?? throw new InvalidOperationException("A picture that was drawn could not be written.");
        return encoded.ToArray();
    }

    private static SKEncodedImageFormat FormatOf(PictureFormat format) => format switch
    {
        PictureFormat.Jpeg => SKEncodedImageFormat.Jpeg,
        PictureFormat.Png => SKEncodedImageFormat.Png,
        _ => SKEncodedImageFormat.Webp,
    };
}
