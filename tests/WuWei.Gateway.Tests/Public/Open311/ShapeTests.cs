using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace WuWei.Gateway.Tests.Public.Open311;

/// <summary>What takes an answer for one of GeoReport v2 takes its examples, and nothing that differs from them.</summary>
public class ShapeTests
{
    private const string Xml =
        """
        <?xml version="1.0" encoding="utf-8"?>
        <service_requests>
          <request>
            <service_request_id>7</service_request_id><status>closed</status><status_notes>Seen twice.</status_notes>
            <service_name>Lamps</service_name><service_code>lamp</service_code><description></description>
            <agency_responsible></agency_responsible><service_notice></service_notice>
            <requested_datetime>2026-04-14T06:37:38-08:00</requested_datetime>
            <updated_datetime>2026-04-14T06:37:38Z</updated_datetime>
            <expected_datetime>2026-04-15T06:37:38-08:00</expected_datetime>
            <address>Here</address><address_id>5</address_id><zipcode>1</zipcode><lat>37.5</lat><long>-122.25</long>
            <media_url>http://example.org/7.jpg</media_url>
          </request>
        </service_requests>
        """;

    private const string Json =
        """
        [{
          "long": -122.25, "lat": 37.5, "zipcode": "1", "address_id": "5", "address": "Here", "media_url": "http://example.org/7.jpg",
          "service_request_id": "7", "status": "closed", "status_notes": "Seen twice.", "service_name": "Lamps",
          "service_code": "lamp", "description": null, "agency_responsible": null, "service_notice": null,
          "requested_datetime": "2026-04-14T06:37:38-08:00", "updated_datetime": "2026-04-14T06:37:38Z",
          "expected_datetime": "2026-04-15T06:37:38-08:00"
        }]
        """;

    [Fact]
    public void The_examples_forms_say_the_same() =>
        Assert.Equal(GeoReport.Requests.Read(JsonNode.Parse(Json)), GeoReport.Requests.Read(XDocument.Parse(Xml).Root!));

    [Theory]
    [InlineData("\"status\": \"closed\"", "\"status\": \"done\"")]
    [InlineData("\"lat\": 37.5", "\"lat\": \"37.5\"")]
    [InlineData("\"zipcode\": \"1\",", "")]
    [InlineData("\"zipcode\": \"1\",", "\"zipcode\": \"1\", \"phone\": \"1\",")]
    [InlineData("06:37:38Z", "06:37:38")]
    public void What_differs_is_found(string right, string wrong) => Assert.ThrowsAny<Xunit.Sdk.XunitException>(
        () => GeoReport.Requests.Read(JsonNode.Parse(Json.Replace(right, wrong, StringComparison.Ordinal))));
}
