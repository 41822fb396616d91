using WuWei.Access;
using WuWei.Errors;
using WuWei.Gateway.Partners;
using WuWei.Gateway.Public;
using WuWei.Gateway.Public.Description;
using WuWei.Gateway.Public.Live;
using WuWei.Gateway.Public.Open311;
using WuWei.Inbox;
using WuWei.Jobs;
using WuWei.Pictures;
using WuWei.Webhooks;

namespace WuWei.Gateway;

/// <summary>Puts the program together: the services, their doors, health and logs. No SQL and no rules here.</summary>
public static class GatewayHost
{
    /// <param name="change">Last say over the services, for tests.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? change = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.ClearProviders().AddJsonConsole(json => json.UseUtcTimestamp = true);
        builder.WebHost.ConfigureKestrel((host, kestrel) =>
        {
            kestrel.AddServerHeader = false;
            ConnectionBounds.Set(kestrel, host.Configuration);
            SystemsDoor.Open(kestrel, host.Configuration);
            PublicDoor.Open(kestrel, host.Configuration);
        });

        builder.Services.AddWuWei(builder.Configuration);
        builder.Services.AddPublicApi(builder.Configuration);
        builder.Services.AddHostedService(services => services.GetRequiredService<Worker>());
        builder.Services.AddHostedService(services => services.GetRequiredService<WebhookSender>());
        builder.Services.AddSingleton<SchemaGate>();
        builder.Services.AddGrpcHealthChecks().AddCheck<DatabaseCheck>("database");
        if (!builder.Environment.IsProduction())
        {
            builder.Services.AddGrpcReflection();
            if (builder.Configuration["WUWEI_SMS"] == "console")
            {
                builder.Services.AddSingleton<ISmsSender, ConsoleSms>();
                builder.Services.AddSingleton<INoticeSms, ConsoleNoticeSms>();
            }
        }

        change?.Invoke(builder);
        var app = builder.Build();
        if (app.Services.GetService<ISmsSender>() is null)
        {
            throw new InvalidOperationException(
                "No SMS provider: residents could not sign in. WUWEI_SMS=console is for demos, outside Production only.");
        }

        app.UseSystemsDoor();
        app.UsePublicApi();
        app.UseMalformedMessages();
        app.MapWuWei();
        app.MapDescription();
        app.MapPost(Uploads.Path, (HttpContext http, Uploads uploads) => uploads.TakeAsync(http))
            .WithRequestTimeout(Uploads.DeadlineMax);
        app.MapGet($"{PictureLinks.Path}/{{name}}",
            (HttpContext http, string name, PicturePages pictures) => pictures.ServeAsync(http, name));
        app.MapGet("/live/boards", (HttpContext http, LivePages live) => live.BoardAsync(http));
        app.MapGet("/live/events", (HttpContext http, LivePages live) => live.EventsAsync(http));
        app.MapWeChatCallback();
        app.Map($"{Open311Pages.Path}/{{**rest}}", (HttpContext http, Open311Pages pages) => pages.ServeAsync(http));
        app.MapGrpcHealthChecksService();
        if (!app.Environment.IsProduction())
        {
            app.MapGrpcReflectionService();
        }

        return app;
    }
}
