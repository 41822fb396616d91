using System.Reflection;
using System.Reflection.Emit;

namespace WuWei.Tests.Harness;

/// <summary>
/// Which namespaces the compiled code of each namespace really uses: signatures, fields and method bodies.
/// </summary>
public static class Knowledge
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(c => c.Value);

    /// <returns>User and used, such as (WuWei.Wishes, WuWei.Data), with one place where it is so.</returns>
    public static Dictionary<(string User, string Used), string> Of(Assembly assembly)
    {
        var found = new Dictionary<(string, string), string>();
        foreach (var type in assembly.GetTypes().Where(IsOurs))
        {
            foreach (var used in Types(type).SelectMany(Whole).Where(u => u.Assembly == assembly && IsOurs(u)))
            {
                found.TryAdd((type.Namespace!, used.Namespace!), $"{type.FullName} uses {used.FullName}");
            }
        }

        return found;
    }

    /// <summary>Not what a generator of the framework added.</summary>
    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("WuWei", StringComparison.Ordinal) == true;

    private static IEnumerable<Type?> Types(Type type)
    {
        yield return type.BaseType;
        foreach (var member in type.GetInterfaces().Concat(type.GetFields(Own).Select(f => f.FieldType)))
        {
            yield return member;
        }

        foreach (var method in type.GetMethods(Own).Cast<MethodBase>().Concat(type.GetConstructors(Own)))
        {
            foreach (var used in method.GetParameters().Select(p => p.ParameterType)
                .Append((method as MethodInfo)?.ReturnType).Concat(Body(method)))
            {
                yield return used;
            }
        }
    }

    private static IEnumerable<Type?> Body(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body)
        {
            yield break;
        }

        foreach (var local in body.LocalVariables)
        {
            yield return local.LocalType;
        }

        var bytes = body.GetILAsByteArray()!;
        var typeArguments = method.DeclaringType!.GetGenericArguments();
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (var at = 0; at < bytes.Length;)
        {
            var value = bytes[at] == 0xFE ? unchecked((short)(0xFE00 | bytes[at + 1])) : bytes[at];
            at += value is >= 0 and < 0xFE ? 1 : 2;
            var code = Codes[value];
            if (code.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok
                or OperandType.InlineType)
            {
                var member = method.Module.ResolveMember(
                    BitConverter.ToInt32(bytes, at), typeArguments, methodArguments);
                yield return member as Type ?? member?.DeclaringType;
                foreach (var argument in (member as MethodInfo)?.GetGenericArguments() ?? [])
                {
                    yield return argument;
                }
            }

            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(bytes, at)),
                _ => 4,
            };
        }
    }

    /// <summary>A type, what it is made of, and what its arguments are.</summary>
    private static IEnumerable<Type> Whole(Type? type) => type switch
    {
        null or { IsGenericParameter: true } => [],
        { HasElementType: true } => Whole(type.GetElementType()),
        { IsConstructedGenericType: true } =>
            type.GetGenericArguments().SelectMany(Whole).Append(type.GetGenericTypeDefinition()),
        _ => [type],
    };
}
