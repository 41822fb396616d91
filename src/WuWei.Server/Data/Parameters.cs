using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using MySqlConnector;

namespace WuWei.Data;

/// <summary>Binds the properties of an object as parameters of the same name; enums as their numbers.</summary>
internal static class Parameters
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    public static void Bind(MySqlParameterCollection parameters, object values)
    {
        foreach (var property in Properties.GetOrAdd(values.GetType(), type => type.GetProperties()))
        {
            var value = property.GetValue(values);
            if (value is Enum number)
            {
                value = Convert.ToInt32(number, CultureInfo.InvariantCulture);
            }

            parameters.AddWithValue(property.Name, value);
        }
    }
}
