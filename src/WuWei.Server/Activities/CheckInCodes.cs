using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using WuWei.Privacy;

namespace WuWei.Activities;

/// <summary>
/// The code that is shown at the place of a shift: a number of 15 seconds, signed for this activity and shift with the
/// installation's key. Good while it is shown and while the next one is: a photograph of it is too old when it arrives.
/// </summary>
public sealed class CheckInCodes(PersonalData data)
{
    private const int MacBytes = 16;
    private const int CodeBytes = sizeof(uint) + MacBytes;
    public static readonly TimeSpan ShownFor = TimeSpan.FromSeconds(15);

    public string Of(Guid activityId, Guid shiftId, DateTime now) => Write(activityId, shiftId, Step(now));

    /// <summary>When the code of this time gives way to the next.</summary>
    public static DateTime NextAt(DateTime now) => DateTime.UnixEpoch + (ShownFor * (Step(now) + 1L));

    /// <summary>Null when it is good.</summary>
    public CheckInFault? FaultOf(string code, Guid activityId, Guid shiftId, DateTime now)
    {
        Span<byte> bytes = stackalloc byte[CodeBytes];
        if (code.Length != Base64Url.GetEncodedLength(CodeBytes) || !Base64Url.IsValid(code)
            || !Base64Url.TryDecodeFromChars(code, bytes, out var written) || written != CodeBytes)
        {
            return CheckInFault.CodeForeign;
        }

        var step = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (!CryptographicOperations.FixedTimeEquals(bytes[sizeof(uint)..], Mac(activityId, shiftId, step)))
        {
            return CheckInFault.CodeForeign;
        }

        // One ahead comes from another copy of the server, whose clock is; it ends no later for that.
        var age = (long)Step(now) - step;
        return age is >= -1 and <= 1 ? null : CheckInFault.CodeExpired;
    }

    private static uint Step(DateTime now) => (uint)((now - DateTime.UnixEpoch).Ticks / ShownFor.Ticks);

    private string Write(Guid activityId, Guid shiftId, uint step)
    {
        Span<byte> bytes = stackalloc byte[CodeBytes];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, step);
        Mac(activityId, shiftId, step).CopyTo(bytes[sizeof(uint)..]);
        return Base64Url.EncodeToString(bytes);
    }

    private ReadOnlySpan<byte> Mac(Guid activityId, Guid shiftId, uint step) =>
        data.Index("check-in", $"{activityId}/{shiftId}/{step}").AsSpan(0, MacBytes);
}
