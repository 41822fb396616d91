namespace WuWei.Errors;

/// <summary>The ways to refuse, named by what the caller should do next. Messages are Chinese, fit to show.</summary>
public static class Refuse
{
    /// <summary>Fix the request.</summary>
    public static RefusedException Invalid(string reason, string message, params FieldFault[] fields) =>
        new(StatusCode.InvalidArgument, reason, message, fields);

    /// <summary>Look elsewhere.</summary>
    public static RefusedException Missing(string reason, string message) => Make(StatusCode.NotFound, reason, message);

    /// <summary>Choose another.</summary>
    public static RefusedException Taken(string reason, string message) =>
        Make(StatusCode.AlreadyExists, reason, message);

    /// <summary>Ask someone who may.</summary>
    public static RefusedException Denied(string reason, string message) =>
        Make(StatusCode.PermissionDenied, reason, message);

    /// <summary>Wait until the state changes.</summary>
    public static RefusedException Premature(string reason, string message) =>
        Make(StatusCode.FailedPrecondition, reason, message);

    /// <summary>Read again, then retry.</summary>
    public static RefusedException Stale(string reason, string message) => Make(StatusCode.Aborted, reason, message);

    /// <summary>Slow down, retry later.</summary>
    public static RefusedException Exhausted(string reason, string message) =>
        Make(StatusCode.ResourceExhausted, reason, message);

    /// <summary>Sign in again.</summary>
    public static RefusedException Unauthenticated(string reason, string message) =>
        Make(StatusCode.Unauthenticated, reason, message);

    /// <summary>Retry the same call.</summary>
    public static RefusedException Unavailable(string reason, string message) =>
        Make(StatusCode.Unavailable, reason, message);

    private static RefusedException Make(StatusCode code, string reason, string message) =>
        new(code, reason, message, []);
}
