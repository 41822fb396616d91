using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using WuWei.Calls;

namespace WuWei.Access;

/// <summary>
/// Through which door a connection came. The listener itself marks its connections, so nothing a caller sends, such as
/// a Host header, can claim another door. An unmarked connection came through none.
/// </summary>
public static class Door
{
    private static readonly object Key = new();

    public static void Mark(IConnectionBuilder listener, Doors door) => listener.Use(next => connection =>
    {
        connection.Items[Key] = door;
        return next(connection);
    });

    public static Doors Of(HttpContext http) =>
        http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out var door) == true ? (Doors)door! : 0;
}
