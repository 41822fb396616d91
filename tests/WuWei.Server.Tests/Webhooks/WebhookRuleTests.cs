using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using WuWei.Webhooks;

namespace WuWei.Tests.Webhooks;

public class WebhookRuleTests
{
    private static readonly DateTime Now = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The example that the libraries of Standard Webhooks are tested with.</summary>
    [Fact]
    public void Deliveries_are_signed_as_the_specification_says()
    {
        const string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        var body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");

        var signature = WebhookSigning.Sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [Fact]
    public void A_new_secret_is_long_enough_and_verifies()
    {
        var (secret, other) = (WebhookSigning.NewSecret(), WebhookSigning.NewSecret());
        var body = "{}"u8.ToArray();
        var now = DateTimeOffset.UtcNow;
        var seconds = now.ToUnixTimeSeconds();
        var signed = WebhookSigning.Sign([other, secret], "m", seconds, body);

        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", secret);
        Assert.True(SampleVerifier.IsGenuine(secret, "m", $"{seconds}", signed, body, now));
        Assert.False(SampleVerifier.IsGenuine(WebhookSigning.NewSecret(), "m", $"{seconds}", signed, body, now));
        Assert.False(SampleVerifier.IsGenuine(secret, "m", $"{seconds}", signed, body, now.AddMinutes(6)));
        Assert.False(SampleVerifier.IsGenuine(secret, "m", null, signed, body, now));
        Assert.False(SampleVerifier.IsGenuine(secret, "m", "soon", signed, body, now));
    }

    [Theory]
    [InlineData(1, 0, 4)]
    [InlineData(1, 0.5, 5)]
    [InlineData(1, 1, 6)]
    [InlineData(2, 0.5, 10)]
    [InlineData(5, 0.5, 80)]
    [InlineData(11, 0.5, 3600)]
    [InlineData(1_000_000, 1, 4320)]
    public void Pauses_double_up_to_an_hour_and_differ_by_chance(int failures, double chance, double seconds) =>
        Assert.Equal(seconds, Webhook.Pause(failures, chance, null).TotalSeconds, precision: 3);

    [Fact]
    public void It_stops_after_a_day_and_not_after_a_few_failures_however_long_ago_the_first_was()
    {
        var failed = new WebhookOutcome(WebhookFault.TimedOut);
        var webhook = new Webhook { State = WebhookState.Active, FailingSince = Now.AddDays(-2), Failures = 3 };

        Assert.Equal(WebhookState.Active, webhook.Failed(failed, Now, 0, TimeSpan.FromDays(1)).State);
        Assert.Equal(
            WebhookState.Stopped, (webhook with { Failures = 4 }).Failed(failed, Now, 0, TimeSpan.FromDays(1)).State);
        Assert.Equal(WebhookState.Active, (webhook with { Failures = 400, FailingSince = Now.AddHours(-23) })
            .Failed(failed, Now, 0, TimeSpan.FromDays(1)).State);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::1", false)]
    [InlineData("2001::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("10.20.3.4", true)]
    [InlineData("10.21.3.4", false)]
    [InlineData("fd12:3456::9", true)]
    public void Endpoints_are_at_public_addresses_or_in_networks_that_were_named(string address, bool allowed) =>
        Assert.Equal(allowed, Addresses("10.20.0.0/16", "fd12:3456::/32").IsAllowed(IPAddress.Parse(address), "https"));

    [Theory]
    [InlineData("https://hotline.example.cn/journal?x=1", true)]
    [InlineData("https://hotline.example.cn:8443/", true)]
    [InlineData("http://hotline.example.cn/", false)]
    [InlineData("https://user:word@hotline.example.cn/", false)]
    [InlineData("https://127.0.0.1/", false)]
    [InlineData("https://[::1]/", false)]
    [InlineData("https://0x7f000001/", false)]
    [InlineData("https://2130706433/", false)]
    [InlineData("https://169.254.169.254/latest/meta-data", false)]
    [InlineData("https://hotline.example.cn/#there", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("gopher://hotline.example.cn/", false)]
    [InlineData("/journal", false)]
    [InlineData("https://hotline.example.cn/\r\nhost: x", false)]
    [InlineData("", false)]
    public void An_address_says_where_to_and_nothing_else(string url, bool good) =>
        Assert.Equal(good, Addresses().Read(url) is not null);

    [Fact]
    public void On_this_machine_only_in_a_demo()
    {
        var demo = new WebhookAddresses(Options.Create(new WebhookOptions { Loopback = true }));

        Assert.NotNull(demo.Read("http://127.0.0.1:8080/journal"));
        Assert.NotNull(demo.Read("http://localhost:8080/journal"));
        Assert.Null(demo.Read("http://hotline.example.cn/journal"));
        Assert.False(demo.IsAllowed(IPAddress.Parse("8.8.8.8"), "http"));
        Assert.Null(Addresses().Read("http://127.0.0.1:8080/journal"));
    }

    private static WebhookAddresses Addresses(params string[] networks) =>
        new(Options.Create(new WebhookOptions { Networks = networks }));
}
