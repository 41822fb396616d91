using Google.Api;
using Google.Protobuf.Reflection;
using WuWei.Protos.V1;
using HttpMethod = System.Net.Http.HttpMethod;

namespace WuWei.Gateway.Public.Description;

/// <summary>The protos, as this program was built with them.</summary>
public static class Contract
{
    private const string CompiledProtos = "wuwei.v1.binpb";

    /// <summary>Every call that JSON has a route for.</summary>
    public static IReadOnlyList<JsonRoute> Routes { get; } =
    [
        .. typeof(Me).Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor"))
            .Where(property => property?.PropertyType == typeof(FileDescriptor))
            .SelectMany(property => ((FileDescriptor)property!.GetValue(null)!).Services)
            .OrderBy(service => service.Name, StringComparer.Ordinal)
            .SelectMany(service => service.Methods)
            .Select(JsonRoute.Of)
            .OfType<JsonRoute>(),
    ];

    /// <summary>What the protos say about each service, call, message, field and value, by its full name.</summary>
    public static IReadOnlyDictionary<string, string> LoadComments()
    {
        using var compiled = typeof(Me).Assembly.GetManifestResourceStream(CompiledProtos)
            ?? throw new InvalidOperationException("The protos were built without their comments.");
        var comments = new Dictionary<string, string>();
        foreach (var file in FileDescriptorSet.Parser.ParseFrom(compiled).File)
        {
            foreach (var place in file.SourceCodeInfo.Location.Where(place => place.HasLeadingComments))
            {
                comments.Add(NameOf(file, [.. place.Path]), Text(place.LeadingComments));
            }
        }

        return comments;
    }

    /// <param name="path">Pairs of a field of the descriptor's descriptor and an index in it, from the file down.</param>
    private static string NameOf(FileDescriptorProto file, int[] path)
    {
        var name = file.Package;
        var (message, service, type) = ((DescriptorProto?)null, (ServiceDescriptorProto?)null, (EnumDescriptorProto?)null);
        for (var i = 0; i + 1 < path.Length; i += 2)
        {
            var (kind, index) = (path[i], path[i + 1]);
            name += "." + (kind, service, type, message) switch
            {
                (FileDescriptorProto.ServiceFieldNumber, null, null, null) => (service = file.Service[index]).Name,
                (ServiceDescriptorProto.MethodFieldNumber, { } of, _, _) => of.Method[index].Name,
                (FileDescriptorProto.MessageTypeFieldNumber, null, null, null) => (message = file.MessageType[index]).Name,
                (FileDescriptorProto.EnumTypeFieldNumber, null, null, null) => (type = file.EnumType[index]).Name,
                (EnumDescriptorProto.ValueFieldNumber, _, { } of, _) => of.Value[index].Name,
                (DescriptorProto.FieldFieldNumber, _, null, { } of) => of.Field[index].Name,
                (DescriptorProto.NestedTypeFieldNumber, _, null, { } of) => (message = of.NestedType[index]).Name,
                (DescriptorProto.EnumTypeFieldNumber, _, null, { } of) => (type = of.EnumType[index]).Name,
                (DescriptorProto.OneofDeclFieldNumber, _, null, { } of) => of.OneofDecl[index].Name,
                _ => $"{kind}.{index}",
            };
        }

        return path.Length % 2 == 0 ? name : $"{name}.{string.Join('.', path)}";
    }

    private static string Text(string comment) =>
        string.Join('\n', comment.TrimEnd().Split('\n').Select(line => line.StartsWith(' ') ? line[1..] : line));
}

/// <summary>How JSON makes a call.</summary>
/// <param name="Path">Such as <c>/api/v1/wishes/{wish_id}:claim</c>.</param>
/// <param name="PathFields">What the path carries: fields of the request, nested ones with dots.</param>
/// <param name="HasBody">Whether all other fields come as the body; otherwise they are in the query.</param>
public sealed record JsonRoute(
    MethodDescriptor Rpc, HttpMethod Method, string Path, IReadOnlyList<string> PathFields, bool HasBody)
{
    /// <summary>Such as <c>WishService/ClaimWish</c>.</summary>
    public string Name => $"{Rpc.Service.Name}/{Rpc.Name}";

    /// <summary>As the permission table has it.</summary>
    public string FullRpc => $"{Rpc.Service.FullName}/{Rpc.Name}";

    public static JsonRoute? Of(MethodDescriptor rpc)
    {
        if (rpc.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is not { } rule)
        {
            return null;
        }

        var (method, path) = rule.PatternCase switch
        {
            HttpRule.PatternOneofCase.Get => (HttpMethod.Get, rule.Get),
            HttpRule.PatternOneofCase.Post => (HttpMethod.Post, rule.Post),
            HttpRule.PatternOneofCase.Put => (HttpMethod.Put, rule.Put),
            _ => throw new InvalidOperationException($"{rpc.FullName} has a route of another kind: {rule.PatternCase}."),
        };
        var fields = path.Split('{').Skip(1).Select(part => part[..part.IndexOf('}', StringComparison.Ordinal)]);
        return new JsonRoute(rpc, method, path, [.. fields], rule.Body == "*");
    }
}
