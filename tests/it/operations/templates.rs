//! Templates: a plain text or parts, and their review by Meta.

use pilot_status::mock::Reply;
use pilot_status::{DataUrl, ErrorCode, StatusCode, types};
use serde_json::{Value, json};

use crate::operations::case::{self, ok, sandbox};

operations! {
    list_templates {
        call: |client| client.list_templates(),
        sends: "GET /v1/templates",
        reads: |templates| {
            let Some([template]) = templates.entries() else { panic!("{templates:?}") };
            is_the_documented(template);
        },
        refused: (403, "TENANT_SCOPE_NOT_ALLOWED"),
    }

    create_template {
        call: |client| client.create_template().body(
            types::TemplateRequest::builder()
                .name("promo_cupom")
                .category(types::TemplateCategory::Marketing)
                .language("pt_BR")
                .body(parts())
                .examples([("nome", "Ana"), ("desconto", "10%"), ("link", "verao")]),
        ),
        sends: "POST /v1/templates",
        body: {
            "name": "promo_cupom",
            "category": "MARKETING",
            "language": "pt_BR",
            "body": {
                "header": {"type": "IMAGE", "base64": "data:image/png;base64,iVBORw=="},
                "body": {"text": "Oi {{nome}}! Use e ganhe {{desconto}} de desconto."},
                "footer": {"text": "Promoção por tempo limitado"},
                "buttons": [
                    {"type": "QUICK_REPLY", "text": "Quero!"},
                    {"type": "URL", "text": "Comprar", "url": "https://loja.com/promo/{{link}}"},
                    {"type": "PHONE_NUMBER", "text": "Falar", "phone_number": "+5511999998888"},
                    {"type": "COPY_CODE", "example": ["PROMO10"]},
                ],
            },
            "examples": {"nome": "Ana", "desconto": "10%", "link": "verao"},
        },
        reads: |template| {
            assert_eq!((&*template.id, template.name.as_deref()), ("tpl_01HZX...", Some("promo_cupom")));
            assert_eq!(template.category, Some(types::TemplateCategory::Marketing));
            assert_eq!(template.meta_status, Some(types::MetaTemplateStatus::Pending));
            assert_eq!((&template.body, template.sendable), (&None, None));
        },
        refused: (400, "META_TEMPLATE_SUBMIT_FAILED"),
    }

    get_template {
        call: |client| client.get_template().id("boas vindas/á"),
        sends: "GET /v1/templates/boas%20vindas%2F%C3%A1",
        reads: |template| is_the_documented(template),
        refused: (404, "TEMPLATE_NOT_FOUND"),
    }

    update_template {
        call: |client| client.update_template().id("tpl_1#2").body(
            types::TemplateUpdateRequest::builder()
                .category(types::TemplateCategory::Otp)
                .language("pt_BR")
                .body("Código {{codigo}}")
                .examples([("codigo", "123456")]),
        ),
        sends: "PUT /v1/templates/tpl_1%232",
        body: {
            "category": "OTP",
            "language": "pt_BR",
            "body": "Código {{codigo}}",
            "examples": {"codigo": "123456"},
        },
        reads: |template| {
            assert_eq!(template.meta_status, Some(types::MetaTemplateStatus::Pending));
        },
        refused: (400, None::<&str>),
    }

    delete_template {
        call: |client| client.delete_template().id("tpl_1?"),
        sends: "DELETE /v1/templates/tpl_1%3F",
        reads: |deleted| {
            assert_eq!((deleted.deleted, deleted.id.as_deref()), (Some(true), Some("tpl_01HZX...")));
        },
        refused: (404, "TEMPLATE_NOT_FOUND"),
    }
}

fn is_the_documented(template: &types::Template) {
    assert_eq!((&*template.id, &*template.name), ("tpl_01HZX...", "boas_vindas"));
    assert_eq!(template.category, types::TemplateCategory::Marketing);
    let body = types::TemplateContent::Text("Oi {{nome}}!".to_owned());
    assert_eq!(template.body, Some(body));
    assert_eq!(template.variables, ["nome"]);
    assert_eq!(template.source, Some(types::TemplateSource::Meta));
    assert_eq!(template.meta_status, Some(types::MetaTemplateStatus::Approved));
    assert_eq!(template.meta_language.as_deref(), Some("pt_BR"));
    assert_eq!((template.sendable, &template.latest_version), (Some(true), &None));
}

/// Builds a template with every part.
fn parts() -> types::builder::TemplateBody {
    let button = |kind| types::TemplateButton::builder().type_(kind);
    let buttons = [
        button(types::TemplateButtonType::QuickReply).text("Quero!"),
        button(types::TemplateButtonType::Url)
            .text("Comprar")
            .url("https://loja.com/promo/{{link}}"),
        button(types::TemplateButtonType::PhoneNumber).text("Falar").phone_number("+5511999998888"),
        button(types::TemplateButtonType::CopyCode).example(["PROMO10"]),
    ];
    let header = types::TemplateHeader::builder()
        .type_(types::TemplateHeaderType::Image)
        .base64(DataUrl::new("image/png", b"\x89PNG"));
    let text = "Oi {{nome}}! Use e ganhe {{desconto}} de desconto.";
    types::TemplateBody::builder()
        .header(header)
        .body(types::TemplateText::builder().text(text))
        .footer(types::TemplateFooter::builder().text("Promoção por tempo limitado"))
        .buttons(buttons)
}

#[tokio::test]
async fn the_list_is_read_with_and_without_a_wrapper() {
    let bare = case::example("list_templates");
    let other = json!({"items": []});
    let responses = [json!({"templates": bare}), json!([]), other.clone()];
    let sandbox = sandbox("list_templates", responses.map(|response| ok(&response))).await;
    let client = sandbox.client();
    let list = async || client.list_templates().send().await.unwrap().into_inner();
    is_the_documented(&list().await.entries().unwrap()[0]);
    assert_eq!(list().await, types::TemplateList::Bare(vec![]));
    assert_eq!(list().await, types::TemplateList::Unknown(other));
}

#[tokio::test]
async fn a_template_body_may_be_a_text_or_a_json_string_of_parts() {
    let created = Reply::documented();
    let sandbox = sandbox("create_template", [created]).await;
    let client = sandbox.client();
    let parts = types::TemplateBody::try_from(parts()).unwrap();
    let in_a_string = serde_json::to_string(&parts).unwrap();
    for text in ["Oi!", &in_a_string] {
        let request = types::TemplateRequest::builder().name("oi").body(text);
        client.create_template().body(request).send().await.unwrap();
        let sent: Value = serde_json::from_slice(&sandbox.requests().pop().unwrap().body).unwrap();
        assert_eq!(sent, json!({"name": "oi", "body": text}));
    }
}

#[tokio::test]
async fn a_creation_may_respond_with_201() {
    let created = Reply::json(StatusCode::CREATED, &case::example("create_template"));
    let sandbox = sandbox("create_template", [created]).await;
    let request = types::TemplateRequest::builder().name("promo_cupom").body(parts());
    let template = sandbox.client().create_template().body(request).send().await.unwrap();
    assert_eq!((template.status().as_u16(), template.name.as_deref()), (201, Some("promo_cupom")));
}

#[tokio::test]
async fn an_error_names_variables_without_examples() {
    let refusal = case::error("create_template", 400, "TEMPLATE_EXAMPLES_REQUIRED");
    let sandbox = sandbox("create_template", [refusal]).await;
    let request = types::TemplateRequest::builder().name("promo_cupom").body(parts());
    let error = sandbox.client().create_template().body(request).send().await.unwrap_err();
    assert_eq!(error.code(), Some(&ErrorCode::TemplateExamplesRequired));
    assert_eq!(error.missing().collect::<Vec<_>>(), ["desconto"]);
}

#[tokio::test]
async fn a_template_is_read_with_parts_and_without_a_meta_status() {
    let mut parts = case::example("get_template");
    parts["body"] = json!({"body": {"text": "Oi {{nome}}!"}});
    parts["variables"] = json!([{"name": "nome"}]);
    parts["source"] = "PILOT_STATUS".into();
    parts["metaStatus"] = Value::Null;
    parts["latestVersion"] = json!({"version": 2});
    let few = json!({"id": "tpl_1", "name": "oi", "category": "NEWS", "latestVersion": null});
    let sandbox = sandbox("get_template", [ok(&parts), ok(&few)]).await;
    let client = sandbox.client();
    let get = async || client.get_template().id("tpl_1").send().await.unwrap().into_inner();
    let parts = get().await;
    let Some(types::TemplateContent::Object(body)) = parts.body else { panic!("{parts:?}") };
    assert_eq!(body["body"]["text"], "Oi {{nome}}!");
    assert_eq!(parts.variables, [json!({"name": "nome"})]);
    assert_eq!(parts.source, Some(types::TemplateSource::PilotStatus));
    assert_eq!(parts.meta_status, None);
    assert_eq!(parts.latest_version.unwrap()["version"], 2);
    let few = get().await;
    assert!(matches!(few.category, types::TemplateCategory::Unknown(_)));
    assert_eq!((few.body, few.latest_version, few.variables.len()), (None, None, 0));
}
