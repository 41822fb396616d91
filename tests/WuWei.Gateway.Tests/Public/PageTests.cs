using System.Net;
using System.Text;
using WuWei.Tests.Harness;

namespace WuWei.Gateway.Tests.Public;

public sealed class PageTests(SharedServer shared) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri(shared.Server.PublicAddress) };

    public void Dispose() => _http.Dispose();

    [Theory]
    [InlineData("screen")]
    [InlineData("h5")]
    public async Task Pages_come_from_their_folder_and_nothing_else_does(string app)
    {
        var folder = Directory.CreateTempSubdirectory("wuwei-pages-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, app, "assets"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, app, "index.html"), "<title>五微</title>");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, app, "assets", "a-1.js"), "1");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "secret.txt"), "secret");
            await using var server = await TestServer.StartAsync(
                shared.Server.Database, settings: $"WUWEI_WEB={folder.FullName}");
            using var http = new HttpClient { BaseAddress = new Uri(server.PublicAddress) };

            using var page = await http.GetAsync($"/{app}/");
            Assert.Contains("五微", await page.Content.ReadAsStringAsync());
            Assert.True(page.Headers.CacheControl!.NoCache);
            Assert.StartsWith("default-src 'self'", page.Headers.GetValues("content-security-policy").Single());
            using var script = await http.GetAsync($"/{app}/assets/a-1.js");
            Assert.Equal(TimeSpan.FromDays(365), script.Headers.CacheControl!.MaxAge);
            foreach (var path in new[] { $"/{app}/../secret.txt", $"/{app}/..%2fsecret.txt", $"/{app}/%2e%2e/secret.txt", "/" })
            {
                using var response = await http.GetAsync(path);
                Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            }

            // A client of ours would tidy these up before it sends them.
            foreach (var path in new[]
            {
                $"/{app}/../secret.txt", $"/{app}/..%2fsecret.txt", $"/{app}/%2e%2e%2fsecret.txt", $"/{app}/..%5csecret.txt",
                $"/{app}/%252e%252e/secret.txt", $"/{app}//etc/passwd", $"/{app}/%c0%ae%c0%ae/secret.txt", $"/{app}/%00",
                $"/{app}/index.html%00.js", $"/{app}/assets%2fa-1.js", $"/{app}/%ff", "/secret.txt",
            })
            {
                var answered = await RawConnection.AskAsync(
                    server.PublicAddress,
                    Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
                Assert.True(
                    answered.StartsWith("HTTP/1.1 404", StringComparison.Ordinal)
                        || answered.StartsWith("HTTP/1.1 400", StringComparison.Ordinal),
                    $"{path}: {answered}");
                Assert.EndsWith("\r\n\r\n", answered);
            }

            using var none = await _http.GetAsync($"/{app}/");
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
