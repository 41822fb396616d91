using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using WuWei.ContentChecks;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Pictures;

/// <summary>What a link was given for, as it says itself.</summary>
/// <param name="Confided">Given to somebody who may see it before it passed: its author, staff, and who checks it.</param>
public sealed record PictureLink(PictureSize Size, bool Confided, DateTime EndsAt);

/// <summary>
/// Links to pictures: path and query at the public door. Each is signed with the installation's key for one picture, one size
/// and one time, and whoever has it may follow it until then.
/// </summary>
public sealed class PictureLinks(PersonalData data, TimeProvider clock)
{
    public const string Path = "/pictures";
    public const string Query = "link";

    private const string Purpose = "picture-link";
    private const int HeadBytes = 2 + sizeof(uint);
    private const int MacBytes = 16;
    private const int Bytes = HeadBytes + MacBytes;

    /// <summary>Links of one span are the same: what was fetched is not fetched again, nor is a list that has it.</summary>
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CheckedWithin = TimeSpan.FromHours(1);

    /// <summary>For whoever may see the picture.</summary>
    /// <param name="inList">Lists have no large ones.</param>
    public Wire.Picture ToWire(Picture picture, bool inList = false)
    {
        var now = clock.Now();
        var endsAt = new DateTime(now.Ticks - (now.Ticks % Span.Ticks), DateTimeKind.Utc) + Span + GoodFor;
        return new Wire.Picture
        {
            Id = picture.Id.ToString(),
            State = (Wire.ContentState)picture.State,
            ThumbnailUrl = Write(picture, PictureSize.Thumbnail, endsAt),
            LargeUrl = inList ? "" : Write(picture, PictureSize.Large, endsAt),
            UrlsEndAt = Timestamp.FromDateTime(endsAt),
            Width = picture.Width,
            Height = picture.Height,
        };
    }

    /// <summary>For whoever is to check it.</summary>
    public string ForCheck(Picture picture) => Write(
        picture with { State = ContentState.Waiting }, PictureSize.Large, clock.Now() + CheckedWithin);

    /// <returns>Null unless we gave it for this picture.</returns>
    public PictureLink? Read(string name, string link)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        // TryDecode throws at a character that is none of its alphabet; IsValid does not.
        return Picture.IsName(name) && link.Length == Base64Url.GetEncodedLength(Bytes) && Base64Url.IsValid(link)
            && Base64Url.TryDecodeFromChars(link, bytes, out var written) && written == Bytes
            && CryptographicOperations.FixedTimeEquals(Mac(name, bytes[..HeadBytes]), bytes[HeadBytes..])
            ? new PictureLink(
                (PictureSize)bytes[0], bytes[1] != 0,
                DateTime.UnixEpoch.AddSeconds(BinaryPrimitives.ReadUInt32BigEndian(bytes[2..])))
            : null;
    }

    private string Write(Picture picture, PictureSize size, DateTime endsAt)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = (byte)size;
        bytes[1] = picture.State == ContentState.Passed ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)(endsAt - DateTime.UnixEpoch).TotalSeconds);
        Mac(picture.Name, bytes[..HeadBytes]).CopyTo(bytes[HeadBytes..]);
        return $"{Path}/{picture.Name}?{Query}={Base64Url.EncodeToString(bytes)}";
    }

    private ReadOnlySpan<byte> Mac(string name, ReadOnlySpan<byte> head) =>
        data.Mac(Purpose, [.. Encoding.ASCII.GetBytes(name), .. head]).AsSpan(0, MacBytes);
}
