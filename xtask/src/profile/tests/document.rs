//! The rules for the whole document.

use serde_json::json;

use super::{json_of, of, table, text};

#[test]
#[allow(clippy::too_many_lines, reason = "it is a table")]
fn what_a_document_says_of_the_whole() {
    let callback = "/paths/~1v1~1numbers/get/callbacks";
    let words = "/components/schemas/Number/description";
    let post = |name: &str| json!({"on": {"{$url}": {"post": {"requestBody": json_of(&of(name)), "responses": {}}}}});
    insta::assert_snapshot!(table([
        ("no server", "/servers", json!([])),
        ("a server without TLS", "/servers/0/url", json!("http://example.com")),
        ("a server with a variable", "/servers/0/url", json!("https://{host}")),
        ("two schemes at once", "/security/0", json!({"apiKey": [], "apiKeyId": []})),
        ("a scheme in a query", "/components/securitySchemes/apiKey/in", json!("query")),
        ("an unknown scheme", "/paths/~1v1~1numbers/get/security", json!([{"a": []}])),
        ("no error", "/components/schemas/ApiError", json!({"type": "object"})),
        ("an error that requires a code", "/components/schemas/ApiError/required", json!(["code"])),
        ("an error with another field", "/components/schemas/ApiError/properties/more", text()),
        ("codes that are not an enum", "/components/schemas/ErrorCode", text()),
        ("a second callback", callback, post("WebhookEvent")),
        (
            "a callback with keywords beside its reference",
            "/paths/~1v1~1webhooks/post/callbacks",
            json!({"on": {"{$url}": {"post": {"requestBody": json_of(&json!({"allOf": [of("WebhookEvent")], "required": ["x"]})), "responses": {}}}}})
        ),
        (
            "a callback with another discriminator",
            "/components/schemas/WebhookEvent/discriminator/propertyName",
            json!("id")
        ),
        ("a callback without a tag", "/paths/~1v1~1webhooks/post/callbacks", post("Number")),
        ("a text with a fenced code block", words, json!("a\n```\nlet x = ;\n```")),
        ("a text with another fence", words, json!("- ~~~rust\nopen")),
        ("a text with an indented code block", words, json!("a\n\n    let y = ;")),
        ("a text with a tab", words, json!("a\n\n\tlet z = ;")),
        ("a text with characters that change its direction", words, json!("a\u{202e}b")),
        ("a text with a lone carriage return", words, json!("a\rb")),
        (
            "a meaning with a code block",
            "/components/schemas/New",
            json!({"type": "string", "enum": ["a"], "x-enum-descriptions": ["```"]})
        ),
        (
            "a delivery named Meta",
            "/components/schemas/WebhookEvent/discriminator/mapping/meta",
            json!("#/components/schemas/CallEvent")
        ),
    ]));
}
