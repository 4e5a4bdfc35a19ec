//! Bodies of successful answers become models.

use progenitor_client::ResponseValue;
use reqwest::Response;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::error::Error;
use crate::operation::Operation;

/// What is known of a response that came through the attempts.
#[derive(Clone, Copy)]
pub(crate) struct Delivered {
    pub(crate) operation: &'static Operation,
    pub(crate) attempts: u32,
}

/// Decodes a JSON body. The generated code calls this for every success.
pub(crate) async fn decode<T: DeserializeOwned>(
    mut response: Response,
) -> Result<ResponseValue<T>, progenitor_client::Error<()>> {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let delivered = response.extensions_mut().remove::<Delivered>();
    let body = response.bytes().await?;
    serde_json::from_slice(&body).map(|value| ResponseValue::new(value, status, headers)).map_err(
        |error| {
            let mut error = Error::of_status(status).detail(place(&error));
            if let Some(Delivered { operation, attempts }) = delivered {
                error = error.in_operation(operation).attempts_made(attempts);
            }
            progenitor_client::Error::UnexpectedResponse(error.into_response())
        },
    )
}

/// Where decoding failed. The decoder's own words may quote the body.
fn place(error: &serde_json::Error) -> String {
    let problem = match error.classify() {
        Category::Data => "JSON of another shape",
        Category::Eof => "JSON that ends too early",
        Category::Syntax | Category::Io => "not JSON",
    };
    format!("{problem}, at line {} column {}", error.line(), error.column())
}
