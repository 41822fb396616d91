using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Microsoft.OpenApi;

namespace WuWei.Gateway.Public.Description;

/// <summary>Messages and enums as JSON has them (the JSON mapping of protobuf, 64-bit integers as strings).</summary>
/// <param name="comments">Of the protos, by full name.</param>
public sealed class OpenApiSchemas(OpenApiDocument document, IReadOnlyDictionary<string, string> comments)
{
    private readonly HashSet<string> _known = [];

    /// <summary>A reference to a message's schema, which is described where it is used first.</summary>
    public IOpenApiSchema Of(MessageDescriptor message)
    {
        if (message.FullName == Timestamp.Descriptor.FullName)
        {
            return new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" };
        }

        if (_known.Add(message.FullName))
        {
            document.AddComponent(NameOf(message), Describe(message, []));
        }

        return new OpenApiSchemaReference(NameOf(message), document);
    }

    /// <summary>A message without the fields that come otherwise.</summary>
    public OpenApiSchema Describe(MessageDescriptor message, IReadOnlyCollection<string> without) => new()
    {
        Type = JsonSchemaType.Object,
        Description = Comment(message.FullName),
        Properties = message.Fields.InDeclarationOrder().Where(field => !without.Contains(field.Name)).ToDictionary(
            field => field.JsonName, field => WithComment(Of(field), Comment(field.FullName))),
    };

    public IOpenApiSchema Of(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            return new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                AdditionalProperties = One(field.MessageType.FindFieldByNumber(2)),
            };
        }

        return field.IsRepeated ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = One(field) } : One(field);
    }

    public string? Comment(string fullName) => comments.GetValueOrDefault(fullName);

    private IOpenApiSchema One(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Of(field.MessageType),
        FieldType.Enum => Of(field.EnumType),
        FieldType.String => new OpenApiSchema { Type = JsonSchemaType.String },
        FieldType.Bytes => new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" },
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.Double or FieldType.Float => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" },
        FieldType.Int32 or FieldType.SInt32 or FieldType.UInt32 =>
            new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
        FieldType.Int64 or FieldType.SInt64 or FieldType.UInt64 =>
            new OpenApiSchema { Type = JsonSchemaType.String, Format = "int64" },
        _ => throw new InvalidOperationException($"{field.FullName} is of a type that is not described: {field.FieldType}."),
    };

    private OpenApiSchemaReference Of(EnumDescriptor type)
    {
        if (_known.Add(type.FullName))
        {
            document.AddComponent(NameOf(type), new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [.. type.Values.Select(value => (JsonNode)JsonValue.Create(value.Name))],
                Description = string.Join("\n\n", Lines(type)),
            });
        }

        return new OpenApiSchemaReference(NameOf(type), document);
    }

    private IEnumerable<string> Lines(EnumDescriptor type)
    {
        if (Comment(type.FullName) is { } about)
        {
            yield return about;
        }

        foreach (var value in type.Values)
        {
            if (Comment($"{type.FullName}.{value.Name}") is { } meaning)
            {
                yield return $"`{value.Name}`: {meaning}";
            }
        }
    }

    /// <summary>OpenAPI 3.1 lets a reference have a description of its own.</summary>
    private static IOpenApiSchema WithComment(IOpenApiSchema schema, string? comment)
    {
        if (comment is not null)
        {
            schema.Description = comment;
        }

        return schema;
    }

    private static string NameOf(IDescriptor descriptor) => descriptor.FullName["wuwei.v1.".Length..];
}
