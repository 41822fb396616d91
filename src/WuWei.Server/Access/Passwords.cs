using System.Globalization;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using WuWei.Errors;

namespace WuWei.Access;

/// <summary>
/// Argon2id with OWASP's parameters (19 MiB, 2 passes), as a PHC string. Each takes a core for a while, so only two
/// run at once and a short queue waits.
/// </summary>
public sealed class Passwords : IDisposable
{
    public const int LengthMin = 10;
    public const int LengthMax = 128;

    private const int MemoryKib = 19 * 1024;
    private const int Passes = 2;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const int RunningMax = 2;
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _running = new(RunningMax);
    private readonly Lazy<string> _nobody = new(() => Hash("nobody"));

    public static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = Derive(password, salt, MemoryKib, Passes);
        return $"$argon2id$v=19$m={MemoryKib},t={Passes},p=1${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }

    /// <param name="stored">Null for an unknown name: as much work is done, so that time tells nothing.</param>
    public async Task<bool> VerifyAsync(string password, string? stored, CancellationToken cancel)
    {
        if (!await _running.WaitAsync(WaitMax, cancel))
        {
            throw Refuse.Exhausted("SIGN_IN_BUSY", "现在登录的人太多，请稍后再试。");
        }

        try
        {
            return await Task.Run(() => Matches(password, stored ?? _nobody.Value), cancel) && stored is not null;
        }
        finally
        {
            _running.Release();
        }
    }

    public void Dispose() => _running.Dispose();

    private static bool Matches(string password, string stored)
    {
        var parts = stored.Split('$');
        var costs = parts[3].Split(',').Select(p => int.Parse(p.AsSpan(2), CultureInfo.InvariantCulture)).ToArray();
        var hash = Derive(password, Convert.FromBase64String(parts[4]), costs[0], costs[1]);
        return CryptographicOperations.FixedTimeEquals(hash, Convert.FromBase64String(parts[5]));
    }

    private static byte[] Derive(string password, byte[] salt, int memoryKib, int passes)
    {
        var argon = new Argon2BytesGenerator();
        argon.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id)
            .WithVersion(Argon2Parameters.Version13)
            .WithMemoryAsKB(memoryKib).WithIterations(passes).WithParallelism(1).WithSalt(salt).Build());
        var hash = new byte[HashBytes];
        argon.GenerateBytes(password.ToCharArray(), hash);
        return hash;
    }
}
