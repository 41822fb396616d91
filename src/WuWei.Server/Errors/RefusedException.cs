namespace WuWei.Errors;

/// <summary>A "no" the caller can act on. Any other exception that escapes is our bug.</summary>
public sealed class RefusedException(
    StatusCode code, string reason, string message, IReadOnlyList<FieldFault> fields) : Exception(message)
{
    public StatusCode Code { get; } = code;

    /// <summary>Stable identifier that clients branch on; the message may be reworded, this may not.</summary>
    public string Reason { get; } = reason;

    public IReadOnlyList<FieldFault> Fields { get; } = fields;
}

/// <summary>What is wrong with one field, in words for the resident who filled it in.</summary>
/// <param name="Field">Its path in the request message, such as <c>contact.phone</c>.</param>
public sealed record FieldFault(string Field, string Description);
