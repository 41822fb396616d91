using Grpc.Core;

namespace WuWei.Gateway.Public;

/// <summary>What a JSON answer says beside its HTTP status: <c>errcode</c> is that status times 100 and a number.</summary>
/// <param name="Errcode">0 is success, which has the status 200.</param>
public readonly record struct ErrorCode(int Errcode)
{
    public int HttpStatus => Errcode == 0 ? StatusCodes.Status200OK : Errcode / 100;
}

/// <summary>The one table from gRPC's codes to <c>errcode</c>; total, so that no refusal is without.</summary>
public static class ErrorCodes
{
    public static ErrorCode Ok { get; } = new(0);

    /// <summary>There is no such path.</summary>
    public static ErrorCode NoRoute { get; } = new(404_02);

    /// <summary>The path takes another method.</summary>
    public static ErrorCode NoMethod { get; } = new(405_01);

    public static ErrorCode TooLarge { get; } = new(413_01);

    public static ErrorCode NotJson { get; } = new(415_01);

    public static ErrorCode Of(StatusCode code) => new(code switch
    {
        StatusCode.OK => 0,
        StatusCode.InvalidArgument => 400_01,
        StatusCode.OutOfRange => 400_02,
        StatusCode.Unauthenticated => 401_01,
        StatusCode.PermissionDenied => 403_01,
        StatusCode.NotFound => 404_01,
        StatusCode.Unimplemented => 404_02,
        StatusCode.FailedPrecondition => 409_01,
        StatusCode.AlreadyExists => 409_02,
        StatusCode.Aborted => 409_03,
        StatusCode.ResourceExhausted => 429_01,
        StatusCode.Cancelled => 499_01,
        StatusCode.Unavailable => 503_01,
        StatusCode.DeadlineExceeded => 504_01,
        StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss => 500_00,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "gRPC has no such code."),
    });
}
