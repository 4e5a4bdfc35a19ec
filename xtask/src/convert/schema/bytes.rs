//! Strings that carry something else.

use super::Schema;
use crate::convert::Context;
use crate::pointer::Pointer;

/// 3.0 says with `format` how a string carries bytes: `byte` is base64,
/// `binary` is the bytes themselves. Any other encoding, and any text in a
/// string, is a string all the same.
pub(super) fn content(schema: &mut Schema, at: &Pointer, context: &mut Context) {
    let encoding = schema.remove("contentEncoding");
    let media_type = schema.remove("contentMediaType");
    let media_type = media_type.as_ref().and_then(|it| it.as_str());
    match encoding.as_ref().and_then(|it| it.as_str()) {
        None if media_type.is_some_and(is_binary) => {
            schema.entry("type").or_insert_with(|| "string".into());
            set_format(schema, "binary", "contentMediaType", at, context);
        }
        None => {}
        Some("base64") => set_format(schema, "byte", "contentEncoding", at, context),
        Some(_) => context.drop(at, "contentEncoding"),
    }
    // Of the bytes in general 3.0 says it all.
    if media_type.is_some_and(|media_type| media_type != "application/octet-stream") {
        context.drop(at, "contentMediaType");
    }
}

fn set_format(
    schema: &mut Schema,
    format: &str,
    keyword: &str,
    at: &Pointer,
    context: &mut Context,
) {
    if schema.entry("format").or_insert_with(|| format.into()) != format {
        context.drop(at, keyword);
    }
}

/// Whether a media type is bytes rather than text.
pub(in super::super) fn is_binary(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let family = essence.split('/').next().unwrap_or_default();
    let known = ["application/octet-stream", "application/pdf", "application/zip"];
    let is_text = essence.ends_with("+xml") || essence.ends_with("+json");
    known.contains(&essence.as_str())
        || (matches!(family, "image" | "audio" | "video" | "font") && !is_text)
}
