using System.Globalization;
using System.Security.Cryptography;
using MySqlConnector;
using OtpNet;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Errors;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Access;

/// <summary>
/// Residents by phone and one-time code, staff by name, password and authenticator. Every limit is per account and
/// source, so that nobody can lock another person out: a code is tried only by who asked for it (its challenge id),
/// and failed passwords count against the source they came from.
/// </summary>
public sealed class SignIn(
    Database database, PersonalData personalData, Passwords passwords, ISmsSender sms, SecurityEvents events,
    TimeProvider clock)
{
    public const int CodeTriesMax = 5;

    private const string PhoneColumn = "sign_in_code.phone";
    private const string SecretColumn = "staff_login.totp_secret";
    private const int TotpStepsApart = 1;
    private static readonly TimeSpan CodeTerm = TimeSpan.FromMinutes(5);
    private static readonly Limit CodesPerPhoneAndSource = new("code", 5, TimeSpan.FromHours(1));
    private static readonly Limit CodesPerSource = new("code-source", 300, TimeSpan.FromHours(1));
    private static readonly Limit StaffTries = new("staff", 5, TimeSpan.FromMinutes(15));
    private static readonly Limit StaffTriesPerSource = new("staff-source", 100, TimeSpan.FromMinutes(15));

    public async Task<SignInCode> AskCodeAsync(string phone, string source, CancellationToken cancel)
    {
        if (!Faults.IsMobile(phone))
        {
            throw Refuse.Invalid("PHONE_FORMAT", "请填写 11 位手机号。", new FieldFault("phone", "11 位手机号。"));
        }

        var now = clock.Now();
        var digits = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        // Not from the clock: who knows the id may try the code.
        var challengeId = new Guid(RandomNumberGenerator.GetBytes(16));
        var code = new SignInCode
        {
            ChallengeId = challengeId,
            Phone = personalData.Seal(PhoneColumn, challengeId, phone),
            PhoneIndex = personalData.PhoneIndex(phone),
            CodeHash = CodeHash(challengeId, digits),
            ExpiresAt = now + CodeTerm,
        };
        var allowed = await database.HousekeepAsync(async db =>
        {
            if (!await db.TakeAsync(CodesPerSource, personalData.Index("source", source), now)
                || !await db.TakeAsync(CodesPerPhoneAndSource, personalData.Index("code", $"{phone} {source}"), now))
            {
                return false;
            }

            db.AddCode(code);
            return true;
        }, cancel);
        if (!allowed)
        {
            throw Refuse.Exhausted("CODE_TOO_OFTEN", "验证码要得太频繁了，请过一会儿再试。");
        }

        await sms.SendCodeAsync(phone, digits, cancel);
        return code;
    }

    public async Task<SignedIn> SignInAsync(
        string challenge, string digits, string? device, Call call, CancellationToken cancel)
    {
        var code = await CheckCodeAsync(challenge, digits, call, cancel);
        return await database.WriteAsync(async db =>
        {
            await UseCodeAsync(db, code, call);
            return Start(db, call, await FindOrAddAsync(db, code.Phone, call), byPassword: false, device);
        }, cancel);
    }

    /// <summary>The phone that a right code was sent to. <see cref="UseCodeAsync"/> spends the code.</summary>
    public async Task<RightCode> CheckCodeAsync(
        string challenge, string digits, Call call, CancellationToken cancel)
    {
        var now = call.Now;
        if (!Guid.TryParseExact(challenge, "D", out var challengeId) || digits.Length != 6
            || !digits.All(char.IsAsciiDigit))
        {
            throw await WrongCodeAsync(call);
        }

        // The try is counted before the code is looked at, in its own transaction: no race wins a sixth.
        var code = await database.HousekeepAsync(async db =>
            await db.TryCodeAsync(challengeId, CodeTriesMax, now) ? await db.FindCodeAsync(challengeId) : null, cancel);
        if (code is null || !CryptographicOperations.FixedTimeEquals(code.CodeHash, CodeHash(challengeId, digits)))
        {
            throw await WrongCodeAsync(call);
        }

        return new RightCode(challengeId, personalData.Open(PhoneColumn, challengeId, code.Phone));
    }

    /// <summary>A code is good for one sign-in.</summary>
    public static async Task UseCodeAsync(DbSession db, RightCode code, Call call)
    {
        if (!await db.UseCodeAsync(code.ChallengeId, call.Now))
        {
            throw WrongCode();
        }
    }

    /// <summary>The person of a phone that was proven; at the first time they get an account.</summary>
    public async Task<Person> FindOrAddAsync(DbSession db, string phone, Call call)
    {
        if (await db.FindPersonByPhoneAsync(personalData.PhoneIndex(phone)) is { } known)
        {
            return await db.GetPersonAsync(personalData, known.Id);
        }

        var newcomer = new Person(clock.NewId(), null, Person.Nameless, phone, null, ShowPartyBadge: false);
        await AddNewcomerAsync(db, newcomer, call.Now);
        db.Record(Entry(call, newcomer.Id, "PERSON_REGISTERED", new { }));
        return newcomer;
    }

    public async Task<SignedIn> SignInStaffAsync(
        string name, string password, string totp, string? device, Call call, CancellationToken cancel)
    {
        var now = call.Now;
        if (name.Length > 40 || password.Length > Passwords.LengthMax || totp.Length > 10)
        {
            throw await WrongCredentialsAsync(call);
        }

        // Counted before the costly check, so that neither many at once nor many names get more than their share.
        var subject = personalData.Index("staff", $"{name} {call.Source}");
        var source = personalData.Index("source", call.Source);
        if (!await database.HousekeepAsync(async db =>
            await db.TakeAsync(StaffTriesPerSource, source, now) && await db.TakeAsync(StaffTries, subject, now), cancel))
        {
            throw Refuse.Exhausted("SIGN_IN_TOO_OFTEN", "登录失败次数过多，请过 15 分钟再试。");
        }

        var login = await database.ReadAsync(db => db.FindStaffLoginAsync(name), cancel);
        var passwordRight = await passwords.VerifyAsync(password, login?.PasswordHash, cancel);
        if (!passwordRight || login is null || !IsTotp(login, totp, now, out var step))
        {
            throw await WrongCredentialsAsync(call);
        }

        try
        {
            return await database.WriteAsync(async db =>
            {
                if (!await db.UseTotpAsync(login.Name, step))
                {
                    throw WrongCredentials();
                }

                await db.GiveBackAsync(StaffTriesPerSource, source, now);
                await db.GiveBackAsync(StaffTries, subject, now);
                return Start(
                    db, call, await db.GetPersonAsync(personalData, login.PersonId), byPassword: true, device);
            }, cancel);
        }
        catch (RefusedException refused) when (refused.Code == StatusCode.Unauthenticated)
        {
            throw await WrongCredentialsAsync(call);
        }
    }

    /// <summary>The login of a new staff member; the secret is shown to them once.</summary>
    public static StaffLogin Login(PersonalData personalData, string name, Guid personId, string passwordHash, byte[] secret) =>
        new()
        {
            Name = name,
            PersonId = personId,
            PasswordHash = passwordHash,
            TotpSecret = personalData.Seal(SecretColumn, name, secret),
        };

    private bool IsTotp(StaffLogin login, string totp, DateTime now, out long step) =>
        new Totp(personalData.Open(SecretColumn, login.Name, login.TotpSecret)).VerifyTotp(
            now, totp, out step, new VerificationWindow(TotpStepsApart, TotpStepsApart));

    /// <summary>The same phone signing in for the first time twice at once becomes one person.</summary>
    private async Task AddNewcomerAsync(DbSession db, Person newcomer, DateTime now)
    {
        try
        {
            await db.AddPersonAsync(personalData, newcomer, now);
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            throw new ConflictException();
        }
    }

    public SignedIn Start(DbSession db, Call call, Person person, bool byPassword, string? device)
    {
        var (token, expiresAt) = Sessions.Start(db, person.Id, byPassword, call.Now, DeviceHash(device));
        db.Record(Entry(call, person.Id, "SIGNED_IN", new { byPassword }));
        return new SignedIn(person, token, expiresAt);
    }

    /// <summary>What is kept of a device's name.</summary>
    public byte[]? DeviceHash(string? device) => device is null ? null : personalData.Index("device", device);

    /// <summary>Nobody is signed in yet: the person acts for themself.</summary>
    public static JournalEntry Entry(Call call, Guid personId, string kind, object detail) =>
        JournalEntry.By(call, "self", kind, "person", personId, null, detail) with { ActorId = personId };

    private async Task<RefusedException> WrongCodeAsync(Call call)
    {
        await events.NoteAsync(SecurityEvents.SignInRefused, call.Source, null, call.Permission.Rpc);
        return WrongCode();
    }

    private static RefusedException WrongCode() =>
        Refuse.Unauthenticated("CODE_WRONG", "验证码不对或已过期，请重新获取。");

    private async Task<RefusedException> WrongCredentialsAsync(Call call)
    {
        await events.NoteAsync(SecurityEvents.SignInRefused, call.Source, null, call.Permission.Rpc);
        return WrongCredentials();
    }

    private static RefusedException WrongCredentials() =>
        Refuse.Unauthenticated("CREDENTIALS_WRONG", "用户名、密码或动态口令不对。");

    private byte[] CodeHash(Guid challengeId, string digits) => personalData.Index("sign-in-code", $"{challengeId} {digits}");
}

/// <summary>A one-time code that was right, and the phone it proves.</summary>
public sealed record RightCode(Guid ChallengeId, string Phone);

public sealed record SignedIn(Person Person, string Token, DateTime ExpiresAt);
