//! Path parameters of every form: a call reaches its own operation with the given id, or is not
//! sent.

use percent_encoding::percent_decode_str;
use pilot_status::{ErrorKind, types};
use proptest::prelude::*;

use super::{Wire, config};
use crate::support::ServerResponse;

/// Generates ids that a URL or a proxy may read as more than one path segment, and any text.
fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        r"[./\\%25eEfFcC;?#]{0,8}",
        r"(\.|%2e|%2E|%252e){1,3}(/|%2f|\\|%5c)?[a-z]{0,3}",
        r"[a-z]{0,3}[\t\n\r \u{0}\u{7f}\u{feff}\u{202e}]{0,3}[a-z]{0,3}",
        any::<String>(),
    ]
}

#[test]
fn every_id_reaches_its_own_operation_or_is_not_sent() {
    let wire = Wire::start();
    proptest!(config(), |(first in id(), second in id(), is_one in any::<bool>())| {
        let call = wire.call(ServerResponse::new(404, &[], "{}"), async |client| {
            if is_one {
                client.get_message().id(&first).send().await.map(drop)
            } else {
                let form = types::LeadFormConfigRequest::builder().form_name("a");
                let call = client.update_lead_page_form().page_link_id(&first);
                call.form_id(&second).body(form).send().await.map(drop)
            }
        });
        let error = call.unwrap_err();
        let received = wire.server.received();
        if error.kind() == ErrorKind::InvalidRequest {
            prop_assert_eq!(received.len(), 0);
            return Ok(());
        }
        prop_assert_eq!(error.kind(), ErrorKind::NotFound, "{}", error);
        let line = received[0].line();
        let decode = |part| percent_decode_str(part).decode_utf8().unwrap().into_owned();
        let parts: Vec<String> = line.split('/').map(decode).collect();
        let expected = if is_one {
            vec!["GET ", "v1", "messages", &first]
        } else {
            vec!["PUT ", "v1", "lead-pages", &first, "forms", &second]
        };
        prop_assert_eq!(parts, expected, "{}", line);
    });
}
