using MySqlConnector;
using WuWei.Calls;
using WuWei.Data;
using WuWei.Identity;
using WuWei.Journal;
using WuWei.Privacy;
using WuWei.Time;

namespace WuWei.Access;

/// <summary>Makes staff accounts: the operator's act, because the first staff member has nobody above.</summary>
public sealed class StaffAccounts(Database database, PersonalData personalData, TimeProvider clock)
{
    /// <summary>A person, their login and the role of staff for a unit, all or nothing.</summary>
    /// <exception cref="InvalidOperationException">The name is taken or malformed.</exception>
    public async Task<Guid> AddAsync(
        string login, string name, Guid unitId, string passwordHash, byte[] totpSecret, CancellationToken cancel)
    {
        if (login.Length is < 3 or > 40
            || !login.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-'))
        {
            throw new InvalidOperationException("A sign-in name is 3 to 40 of a-z, 0-9, . and -.");
        }

        var now = clock.Now();
        var person = new Person(clock.NewId(), name, Person.Mask(name), null, null, ShowPartyBadge: false);
        var role = new HeldRole(clock.NewId(), Role.Staff, unitId, now, null);
        try
        {
            return await database.WriteAsync(async db =>
            {
                // The person row first: login and role refer to it.
                await db.AddPersonAsync(personalData, person, now);
                await db.AddStaffLoginAsync(SignIn.Login(personalData, login, person.Id, passwordHash, totpSecret));
                await db.AddRoleAsync(person.Id, role, grantedBy: null);
                Record("PERSON_REGISTERED", "person", person.Id, new { });
                Record("ROLE_GRANTED", "role", role.Id, new { personId = person.Id, role = nameof(Role.Staff) });
                return person.Id;

                void Record(string kind, string subject, Guid id, object detail) => db.Record(
                    JournalEntry.BySystem(now, "operator", kind, subject, id, unitId, detail));
            }, cancel);
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.DuplicateKeyEntry)
        {
            throw new InvalidOperationException($"There is a staff account {login} already.");
        }
    }
}
