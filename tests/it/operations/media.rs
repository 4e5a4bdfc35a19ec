//! Files that a number received.

use pilot_status::mock::Sandbox;
use pilot_status::{Client, DataUrl, ErrorKind};
use serde_json::Value;

use crate::operations::case::{self, ok, sandbox};

operations! {
    get_media {
        call: |client| client
            .get_media()
            .media_id("1234567890/123456")
            .phone_number_id("123456789012345"),
        sends: "GET /v1/media/1234567890%2F123456?phoneNumberId=123456789012345",
        reads: |file| {
            assert_eq!(file.base64.media_type(), Some("image/jpeg"));
            assert_eq!(file.base64.decode().unwrap(), b"\xff\xd8\xff\xe0\0\x10JFIF");
            assert_eq!(file.mime_type, "image/jpeg");
            assert_eq!(file.file_name.as_deref(), Some("photo.jpg"));
            assert_eq!(file.media_id, "abc123_media_id");
        },
        refused: (400, None::<&str>),
    }
}

#[tokio::test]
async fn a_file_may_lack_a_name_and_is_not_printed() {
    let mut response = case::example("get_media");
    response["fileName"] = Value::Null;
    let sandbox = sandbox("get_media", [ok(&response)]).await;
    let call = sandbox.client().get_media().media_id("1").phone_number_id("2").send().await;
    let file = call.unwrap().into_inner();
    assert_eq!(file.file_name, None);
    assert!(!format!("{file:?}").contains("/9j/"), "{file:?}");
}

#[tokio::test]
async fn a_file_is_not_requested_without_its_number() {
    let sandbox = Sandbox::start().await.unwrap();
    let error = sandbox.client().get_media().media_id("1").send().await.unwrap_err();
    assert_eq!((error.kind(), sandbox.requests().len()), (ErrorKind::InvalidRequest, 0));
    assert!(error.to_string().contains("phone_number_id"), "{error}");
}

#[tokio::test]
async fn the_largest_file_is_read_with_default_settings() {
    let file = vec![b'x'; 25 * 1024 * 1024];
    let mut response = case::example("get_media");
    response["base64"] = DataUrl::new("application/pdf", &file).to_string().into();
    let sandbox = sandbox("get_media", [ok(&response), ok(&response)]).await;
    let call =
        async |client: Client| client.get_media().media_id("1").phone_number_id("2").send().await;
    let media = call(sandbox.client()).await.unwrap();
    assert_eq!(media.base64.decode().unwrap().len(), file.len());
    let limited = sandbox.builder().max_response_bytes(1024).build().unwrap();
    let error = call(limited).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("longer than 1024 bytes; raise `max_response_bytes`"), "{text}");
    assert_eq!(error.body().unwrap().len(), 1024);
}
