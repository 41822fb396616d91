namespace WuWei.ContentChecks;

/// <summary>The section <c>ContentChecks</c> of the settings.</summary>
public sealed class ContentCheckOptions
{
    /// <summary>
    /// Where the public door is to be reached from outside, such as https://wuwei.example.cn: WeChat fetches pictures there.
    /// Without it, staff look at all of them.
    /// </summary>
    public Uri? PublicAddress { get; set; }
}
