using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using WuWei.Tests.Harness;

namespace WuWei.Tests;

/// <summary>
/// Whatever is sent, the answer is an answer or a refusal with a reason, and a refusal changes nothing.
/// </summary>
public sealed class HostileMessageTests : IAsyncLifetime
{
    private static readonly string[] Texts =
    [
        "", " ", "\0", "a\u0007b", "\u202e反过来", "\u2066x\u2069", "\ufffd", "𠮷𠮷𠮷", "👨‍👩‍👧", "' OR 1=1 -- ", "%n%s{0}",
        "018900AB-0000-7000-8000-00000000000A", "{018900ab-0000-7000-8000-00000000000a}",
        "018900ab00007000800000000000000a", "018900ab-0000-7000-8000-00000000000a",
            "00000000-0000-0000-0000-000000000000",
        "../../etc/passwd", new string('长', 3_000), new string('x', 100_000),
    ];

    private static readonly object[] Numbers = [0, 1, -1, 257, int.MinValue, int.MaxValue];

    private static readonly Timestamp[] Times =
    [
        new(), new() { Seconds = long.MinValue }, new() { Seconds = long.MaxValue }, new() { Nanos = -1 },
        new() { Nanos = int.MaxValue }, new() { Seconds = -62_135_596_800 }, new() { Seconds = 253_402_300_799 },
        new() { Seconds = 253_402_300_799, Nanos = 999_999_999 }, new() { Seconds = -62_135_596_801 },
    ];

    private TestServer _server = null!;
    private World _world = null!;
    private string _wish = "";

    public static TheoryData<string> Calls => [.. Rpcs.All.Select(m => m.Name())];

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync();
        _world = await World.CreateAsync(_server);
        var maker = await _world.ResidentAsync();
        _wish = await maker.OpenAsync(_world.Request(), await _world.StaffAsync(_world.Community));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_hostile_field_is_refused_with_a_reason_and_changes_nothing(string rpc)
    {
        var method = Rpcs.All.Single(m => m.Name() == rpc);
        foreach (var actor in new[] { await _world.ResidentAsync(), await _world.StaffAsync(_world.District) })
        {
            if (rpc.EndsWith("/SignOut", StringComparison.Ordinal)
                || rpc.EndsWith("/EndMySessions", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var message in Variants(method.InputType))
            {
                var before = await EntriesAsync();
                try
                {
                    await _server.Channel.Send(rpc, message.ToByteArray(), actor.Token, Guid.NewGuid().ToString());
                }
                catch (RpcException refusal)
                {
                    Assert.True(
                        refusal.StatusCode is not (StatusCode.Internal or StatusCode.Unknown or StatusCode.Unavailable)
                            && !refusal.Reason().StartsWith("no reason", StringComparison.Ordinal),
                        $"{refusal.Status} for {Convert.ToHexString(message.ToByteArray())}");
                    Assert.Equal(before, await EntriesAsync());
                }
            }
        }
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("0A02C328")]
    [InlineData("0A05616263")]
    [InlineData("0A")]
    [InlineData("0AFFFFFFFF0F")]
    [InlineData("07")]
    public async Task Bytes_that_are_no_message_are_said_to_be_malformed(string hex)
    {
        var resident = await _world.ResidentAsync();

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await _server.Channel.Send(
            "wuwei.v1.WishService/MakeWish", Convert.FromHexString(hex), resident.Token, "12345678"));

        Assert.Equal((StatusCode.InvalidArgument, "MESSAGE_MALFORMED"), (refusal.StatusCode, refusal.Reason()));
    }

    [Fact]
    public async Task An_overlarge_message_is_refused_with_a_reason()
    {
        var resident = await _world.ResidentAsync();
        var request = _world.Request();
        request.Text = new string('x', 256 * 1024);

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await resident.Wishes.MakeWishAsync(request));

        Assert.Equal((StatusCode.ResourceExhausted, "MESSAGE_TOO_LARGE"), (refusal.StatusCode, refusal.Reason()));
    }

    /// <summary>A plausible message, with one field at a time made hostile.</summary>
    private IEnumerable<IMessage> Variants(MessageDescriptor type)
    {
        var plausible = Plausible(type);
        yield return plausible;
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            foreach (var value in Values(field))
            {
                var message = type.Parser.ParseFrom(plausible.ToByteArray());
                if (field.IsMap)
                {
                    ((System.Collections.IDictionary)field.Accessor.GetValue(message))[value] = value;
                }
                else if (field.IsRepeated)
                {
                    ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
                }
                else
                {
                    field.Accessor.SetValue(message, value);
                }

                yield return message;
            }
        }
    }

    private IEnumerable<object> Values(FieldDescriptor field) => field.IsMap ? Texts : field.FieldType switch
    {
        FieldType.String => Texts,
        FieldType.Int32 => Numbers,
        FieldType.Enum => Numbers.Select(n => System.Enum.ToObject(field.EnumType.ClrType, n)),
        FieldType.Message when field.MessageType.ClrType == typeof(Timestamp) => Times,
        FieldType.Message => Variants(field.MessageType),
        FieldType.Bool => [true, false],
        _ => throw new InvalidOperationException($"{field.FullName} needs hostile values"),
    };

    private IMessage Plausible(MessageDescriptor type)
    {
        var message = type.Parser.ParseFrom(ByteString.Empty);
        foreach (var field in type.Fields.InDeclarationOrder().Where(f => !f.IsRepeated && f.ContainingOneof is null))
        {
            object? value = field.Name switch
            {
                "wish_id" => _wish,
                "unit_id" or "home_unit_id" => _world.Community.ToString(),
                "parent_id" => _world.Street.ToString(),
                "successor_id" or "to_unit_id" => _world.NextCommunity.ToString(),
                "effective_on" or "from_day" or "to_day" => _server.Clock.Day(),
                "category_id" => _world.Category("misc").Id.ToString(),
                "effort_minutes" => 30,
                "phone" => "13912345678",
                "page_token" or "totp" or "code" or "on" => "",
                _ when field.FieldType == FieldType.String => "一段合适的文字",
                _ when field.FieldType == FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, 1),
                _ when field.FieldType == FieldType.Int32 => 1,
                _ when field.FieldType == FieldType.Message && field.Name is "contact" or "category" =>
                    Plausible(field.MessageType),
                _ => null,
            };
            if (value is not null)
            {
                field.Accessor.SetValue(message, value);
            }
        }

        return message;
    }

    private Task<long> EntriesAsync() => _server.Database.ScalarAsync<long>("SELECT COUNT(*) FROM journal_entry");
}
