using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Microsoft.OpenApi;
using WuWei.Access;
using WuWei.Calls;

namespace WuWei.Gateway.Public.Description;

/// <summary>The JSON calls in OpenAPI 3.1, made from the protos, their comments and the permission table.</summary>
public static class OpenApiDescription
{
    private const string Json = "application/json";
    private const string Token = "token";
    private const string Refused = "Refused";
    private const string Key = "IdempotencyKey";
    private const string Channel = "Channel";

    public static OpenApiDocument Build()
    {
        var comments = Contract.LoadComments();
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo
            {
                Title = "WuWei 五微",
                Version = "v1",
                Description =
                    """
                    Every answer is an envelope: `errcode` is 0 or HTTP status × 100 + n, `errmsg` is Chinese and fit to
                    show, `data` is the answer, `request_id` names the call. A refusal has the stable `reason` that the
                    call's description names, and the `fields` at fault. Calls of one description may also be refused as
                    the description of its group says. Examples are calls that were made; ids, names and phones in them are
                    nobody's.
                    """,
            },
            Paths = [],
            Tags = new HashSet<OpenApiTag>(),
        };
        AddShared(document);
        var schemas = new OpenApiSchemas(document, comments);
        var examples = Examples.Load();
        foreach (var route in Contract.Routes)
        {
            var path = document.Paths.TryGetValue(route.Path, out var known)
                ? (OpenApiPathItem)known
                : new OpenApiPathItem { Operations = [] };
            document.Paths[route.Path] = path;
            path.AddOperation(route.Method, Operation(document, schemas, route, examples.GetValueOrDefault(route.Name)));
        }

        foreach (var service in Contract.Routes.Select(route => route.Rpc.Service).Distinct())
        {
            document.Tags.Add(new OpenApiTag { Name = service.Name, Description = schemas.Comment(service.FullName) });
        }

        return document;
    }

    private static OpenApiOperation Operation(
        OpenApiDocument document, OpenApiSchemas schemas, JsonRoute route, Example? example)
    {
        var permission = Permissions.ByRpc[route.FullRpc];
        var about = schemas.Comment(route.Rpc.FullName) ?? "";
        return new OpenApiOperation
        {
            OperationId = route.Rpc.Name,
            Tags = new HashSet<OpenApiTagReference> { new(route.Rpc.Service.Name, document) },
            Summary = about.Split(". ", 2)[0].Split('\n', 2)[0].TrimEnd('.'),
            Description = about,
            Parameters = [.. Parameters(document, schemas, route, permission, example)],
            RequestBody = route.HasBody ? Body(schemas, route, example) : null,
            Responses = new OpenApiResponses
            {
                ["200"] = new OpenApiResponse
                {
                    Description = "Done.",
                    Content = Content(Envelope(schemas, route.Rpc), example?.Answer),
                },
                ["default"] = new OpenApiResponse
                {
                    Description = "Refused; nothing changed.",
                    Content = Content(new OpenApiSchemaReference(Refused, document), example?.Refused),
                },
            },
            Security = permission.Roles is null ? []
                : permission.WithoutSignIn ? [WithToken(document), new OpenApiSecurityRequirement()]
                : [WithToken(document)],
        };
    }

    private static OpenApiSecurityRequirement WithToken(OpenApiDocument document) =>
        new() { [new OpenApiSecuritySchemeReference(Token, document)] = [] };

    private static IEnumerable<IOpenApiParameter> Parameters(
        OpenApiDocument document, OpenApiSchemas schemas, JsonRoute route, Permission permission, Example? example)
    {
        foreach (var path in route.PathFields)
        {
            yield return Parameter(path, path, ParameterLocation.Path, Find(route.Rpc.InputType, path));
        }

        if (!route.HasBody)
        {
            foreach (var (path, field) in Leaves("", "", route.Rpc.InputType))
            {
                if (!route.PathFields.Contains(path.Proto))
                {
                    yield return Parameter(path.Json, path.Proto, ParameterLocation.Query, field);
                }
            }
        }

        if (permission.Writes)
        {
            yield return new OpenApiParameterReference(Key, document);
        }

        yield return new OpenApiParameterReference(Channel, document);

        OpenApiParameter Parameter(string name, string path, ParameterLocation place, FieldDescriptor field) => new()
        {
            Name = name,
            In = place,
            Required = place == ParameterLocation.Path,
            Schema = schemas.Of(field),
            Description = schemas.Comment(field.FullName) ?? $"`{path}`",
            Example = ValueAt(example?.Request, route.Rpc.InputType, path)?.DeepClone(),
        };
    }

    /// <summary>The fields that a query can carry: all that are no messages, however deep.</summary>
    private static IEnumerable<((string Proto, string Json) Path, FieldDescriptor Field)> Leaves(
        string proto, string json, MessageDescriptor message) =>
        message.Fields.InDeclarationOrder().SelectMany(field =>
            field is { FieldType: FieldType.Message, IsRepeated: false }
                && !field.MessageType.FullName.StartsWith("google.", StringComparison.Ordinal)
                ? Leaves($"{proto}{field.Name}.", $"{json}{field.JsonName}.", field.MessageType)
                : [((proto + field.Name, json + field.JsonName), field)]);

    private static FieldDescriptor Find(MessageDescriptor message, string path)
    {
        var field = path.Split('.').Aggregate(
            (Message: (MessageDescriptor?)message, Field: (FieldDescriptor?)null),
            (at, name) => at.Message?.FindFieldByName(name) is { } next
                ? (next.FieldType == FieldType.Message ? next.MessageType : null, next)
                : throw new InvalidOperationException($"{message.FullName} has no {path}."));
        return field.Field!;
    }

    /// <summary>What an example has in a field.</summary>
    private static JsonNode? ValueAt(JsonNode? request, MessageDescriptor message, string path)
    {
        var names = path.Split('.');
        for (var i = 0; i < names.Length && request is not null; i++)
        {
            request = request[Find(message, string.Join('.', names[..(i + 1)])).JsonName];
        }

        return request;
    }

    private static OpenApiRequestBody Body(OpenApiSchemas schemas, JsonRoute route, Example? example)
    {
        var flat = route.PathFields.Where(path => !path.Contains('.', StringComparison.Ordinal)).ToHashSet();
        return new OpenApiRequestBody
        {
            Required = true,
            Content = Content(flat.Count == 0
                ? schemas.Of(route.Rpc.InputType)
                : schemas.Describe(route.Rpc.InputType, flat), Rest(example?.Request)),
        };

        JsonObject? Rest(JsonObject? request) => request is null ? null : new JsonObject(request
            .Where(field => !flat.Contains(route.Rpc.InputType.Fields.InDeclarationOrder()
                .Single(f => f.JsonName == field.Key).Name))
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
    }

    private static OpenApiSchema Envelope(OpenApiSchemas schemas, MethodDescriptor rpc) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["errcode"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Enum = [JsonValue.Create(0)] },
            ["errmsg"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["data"] = schemas.Of(rpc.OutputType),
            ["request_id"] = new OpenApiSchema { Type = JsonSchemaType.String },
        },
        Required = new HashSet<string> { "errcode", "errmsg", "data", "request_id" },
    };

    private static void AddShared(OpenApiDocument document)
    {
        document.AddComponent<IOpenApiSecurityScheme>(Token, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "The `token` that signing in answered.",
        });
        document.AddComponent<IOpenApiParameter>(Key, new OpenApiParameter
        {
            Name = "Idempotency-Key",
            In = ParameterLocation.Header,
            Required = true,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 8, MaxLength = 64 },
            Description = "Made once per intent, kept until it is answered. Sent again within 7 days it answers what it "
                + "answered and changes nothing.",
        });
        document.AddComponent<IOpenApiParameter>(Channel, new OpenApiParameter
        {
            Name = "X-Wuwei-Channel",
            In = ParameterLocation.Header,
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Examples = [JsonValue.Create("weapp/1.0.0")],
            },
            Description = "Where the call comes from: weapp, h5, app, site, screen or console, with the program's version. "
                + "Recorded, never trusted.",
        });
        document.AddComponent<IOpenApiSchema>(Refused, new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>
            {
                ["errcode"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["errmsg"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["reason"] = new OpenApiSchema { Type = JsonSchemaType.String },
                ["fields"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Array,
                    Items = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Properties = new Dictionary<string, IOpenApiSchema>
                        {
                            ["field"] = new OpenApiSchema { Type = JsonSchemaType.String },
                            ["description"] = new OpenApiSchema { Type = JsonSchemaType.String },
                        },
                    },
                },
                ["request_id"] = new OpenApiSchema { Type = JsonSchemaType.String },
            },
            Required = new HashSet<string> { "errcode", "errmsg", "reason", "fields", "request_id" },
        });
    }

    private static Dictionary<string, IOpenApiMediaType> Content(IOpenApiSchema schema, JsonNode? example) =>
        new() { [Json] = new OpenApiMediaType { Schema = schema, Example = example?.DeepClone() } };
}
