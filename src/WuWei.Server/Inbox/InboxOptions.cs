using Microsoft.Extensions.Options;

namespace WuWei.Inbox;

/// <summary>The section <c>Inbox</c> of the settings. Without templates, nothing goes out by WeChat.</summary>
public sealed class InboxOptions
{
    /// <summary>The hour of China from which on digests go out.</summary>
    public int DigestHour { get; set; } = 19;

    /// <summary>Messages that tell of a notice to many people, queued in a minute: so many may go out.</summary>
    public int BulkPerMinute { get; set; } = 6_000;

    public IList<TemplateOptions> Templates { get; } = [];

    /// <summary>What an operator must mend, or null.</summary>
    public string? Fault() =>
        DigestHour is < 0 or > 23 ? "Inbox:DigestHour must be an hour of the day."
        : BulkPerMinute <= 0 ? "Inbox:BulkPerMinute must be more than nothing."
        : Templates.Any(t => t.AppId.Length is 0 or > 32 || t.Id.Length is 0 or > 64 || t.Topics.Count == 0
            || t.TextField.Length == 0)
            ? "Each of Inbox:Templates needs AppId, Id, Topics and TextField."
        : null;

    /// <summary>The template of an allowance, if it is for the topic.</summary>
    public TemplateOptions? Find(Allowance allowance, InboxTopic topic) => Templates.FirstOrDefault(t =>
        t.AppId == allowance.AppId && t.Id == allowance.TemplateId && t.Topics.Contains(topic));
}

/// <summary>A template of WeChat's subscribe messages, as it was chosen in the app's own settings there.</summary>
public sealed class TemplateOptions
{
    public string AppId { get; set; } = "";
    public string Id { get; set; } = "";

    /// <summary>What it is for.</summary>
    public IList<InboxTopic> Topics { get; } = [];

    /// <summary>The name of its field for words, such as <c>thing1</c>.</summary>
    public string TextField { get; set; } = "";

    /// <summary>The name of its field for a time, such as <c>time2</c>, if it has one.</summary>
    public string TimeField { get; set; } = "";

    /// <summary>The page that a tap opens.</summary>
    public string Page { get; set; } = "";
}

/// <summary>A server with wrong settings does not start, and says which are wrong.</summary>
public sealed class InboxOptionsCheck : IValidateOptions<InboxOptions>
{
    public ValidateOptionsResult Validate(string? name, InboxOptions options) =>
        options.Fault() is { } fault ? ValidateOptionsResult.Fail(fault) : ValidateOptionsResult.Success;
}
