//! Checks the levels of changes to our own document.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Value, json};

use super::Level::{Major, Minor, Patch};
use super::{Level, Report, next, prepared, report, run, rust, wire};
use crate::generate::{select, simplify};
use crate::{places, surface, yaml};

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi.json")).unwrap());

/// Our document with shared parts inlined, and with two events.
static INLINED: LazyLock<Value> = LazyLock::new(|| {
    let mut document = DOCUMENT.clone();
    simplify::inline_shared(&mut document);
    let union = &mut document["components"]["schemas"]["WebhookEvent"];
    let is_kept = |target: &Value| {
        let target = target.as_str().unwrap();
        ["/CallEvent", "/NumberCreatedEvent"].iter().any(|event| target.ends_with(event))
    };
    union["oneOf"].as_array_mut().unwrap().retain(|one| is_kept(&one["$ref"]));
    let mapping = union["discriminator"]["mapping"].as_object_mut().unwrap();
    mapping.retain(|_, target| is_kept(target));
    document
});

/// The part of our document with some operations, for which the client is generated in a fraction
/// of a second.
fn part(operations: &str) -> Value {
    let mut document = INLINED.clone();
    let paths = document["paths"].as_object_mut().unwrap();
    for (_, item) in paths.iter_mut() {
        let is_kept = |one: &Value| operations.split(' ').any(|id| one["operationId"] == id);
        item.as_object_mut().unwrap().retain(|_, operation| is_kept(operation));
    }
    paths.retain(|_, item| *item != json!({}));
    select::select(&mut document, &|feature| feature != "full");
    document
}

/// Changes to the part of our document with some operations, each with its levels for Rust and
/// on the wire. A change is a list of `PLACE = YAML`, `PLACE -` (removed), `PLACE -> KEY`
/// (renamed) and `TEXT => TEXT` (replaced everywhere). A place begins with the name of a schema,
/// with `@` and an operation id, or with `/`.
#[rustfmt::skip]
const CHANGES: &[(&str, &str, &[&str], Level, Level)] = &[
    // Operations
    ("an operation is new", "list_projects", &["/paths/~1v1~1labels = {get: {operationId: list_labels, tags: [Projects], responses: {200: {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/Project'}}}}}}}"], Minor, Patch),
    ("an operation of a new feature", "list_projects", &["/paths/~1v1~1labels = {get: {operationId: list_labels, tags: [Labels], responses: {200: {description: x}}}}"], Minor, Patch),
    ("an operation is removed", "get_lead list_projects", &["@get_lead -"], Major, Major),
    ("an operation has another id", "get_lead", &["@get_lead/operationId = find_lead"], Major, Patch),
    ("an operation moves to another tag", "list_projects", &["@list_projects/tags = [Groups]"], Major, Patch),
    ("an operation gets a second tag", "list_projects", &["@list_projects/tags = [Projects, Groups]"], Minor, Patch),
    ("a tag is renamed", "create_project list_projects", &["@list_projects/tags = [Workspaces]", "@create_project/tags = [Workspaces]"], Major, Patch),
    ("an operation has another path", "create_project list_projects", &["/paths/~1v1~1projects -> /v2/projects"], Patch, Major),
    ("an operation has another method", "update_branding", &["@update_branding -> patch"], Patch, Major),
    ("an operation is deprecated", "list_projects", &["@list_projects/deprecated = true"], Patch, Patch),
    ("an operation has another description", "list_projects", &["@list_projects/description = Projects."], Patch, Patch),
    ("the server changes", "list_projects", &["/servers/0/url = https://api.pilotstatus.com.br"], Patch, Major),
    // Parameters
    ("an optional parameter is new", "list_leads", &["@list_leads/parameters/+ = {name: other, in: query, schema: {type: string}}"], Minor, Patch),
    ("a required parameter is new", "list_leads", &["@list_leads/parameters/+ = {name: other, in: query, required: true, schema: {type: string}}"], Major, Major),
    ("a parameter is removed", "list_leads", &["@list_leads/parameters/0 -"], Major, Major),
    ("a parameter is renamed", "list_leads", &["@list_leads/parameters/0/name = form"], Major, Major),
    ("a parameter becomes required", "list_leads", &["@list_leads/parameters/0/required = true"], Major, Major),
    ("a parameter becomes optional", "get_call_permission", &["@get_call_permission/parameters/0/required = false"], Major, Patch),
    ("a number in the query becomes text", "preview_extra_numbers", &["@preview_extra_numbers/parameters/0/schema = {type: string, default: '1'}"], Major, Minor),
    ("text in the query becomes a number", "list_leads", &["@list_leads/parameters/0/schema/type = integer"], Major, Major),
    ("text in the query becomes an enum", "list_leads send_message", &["@list_leads/parameters/0/schema = {$ref: '#/components/schemas/MediaType'}"], Major, Major),
    ("the default of a parameter changes", "preview_extra_numbers", &["@preview_extra_numbers/parameters/0/schema/default = 2"], Patch, Minor),
    ("a parameter gets a default", "list_leads", &["@list_leads/parameters/0/schema/default = a"], Patch, Patch),
    ("a parameter gets a bound", "preview_extra_numbers", &["@preview_extra_numbers/parameters/0/schema/maximum = 10"], Patch, Major),
    ("a path parameter is renamed", "get_lead", &["/paths/~1v1~1leads~1{id} -> /v1/leads/{leadId}", "/paths/~1v1~1leads~1{leadId}/get/parameters/0/name = leadId"], Major, Patch),
    ("a path parameter becomes a number", "get_lead", &["@get_lead/parameters/0/schema/type = integer"], Major, Major),
    ("an operation takes an idempotency key", "create_project", &["@create_project/parameters = [{name: Idempotency-Key, in: header, schema: {type: string}}]"], Minor, Patch),
    ("an operation no longer takes an idempotency key", "send_message", &["@send_message/parameters -"], Major, Major),
    ("an idempotency key becomes required", "send_message", &["@send_message/parameters/0/required = true"], Patch, Patch),
    ("an operation takes the number in a header", "list_projects", &["@list_projects/parameters = [{name: x-whatsapp-number-id, in: header, schema: {type: string}}]"], Patch, Patch),
    ("an operation requires the number in a header", "list_projects", &["@list_projects/parameters = [{name: x-whatsapp-number-id, in: header, required: true, schema: {type: string}}]"], Patch, Major),
    // Requests
    ("an optional field of a request is new", "create_project", &["ProjectRequest/properties/other = {type: string}"], Minor, Patch),
    ("a required field of a request is new", "create_project", &["ProjectRequest/properties/other = {type: string}", "ProjectRequest/required = [name, other]"], Major, Major),
    ("a field of a request is removed", "create_project", &["ProjectRequest/properties/description -"], Major, Major),
    ("a field of a request is renamed", "create_project", &["ProjectRequest/properties/description -> label"], Major, Major),
    ("a field of a request becomes required", "create_project", &["ProjectRequest/required = [name, description]"], Major, Major),
    ("a field of a request becomes optional", "create_project", &["ProjectRequest/required -"], Major, Patch),
    ("a list of a request becomes optional", "add_group_participants", &["GroupParticipantsRequest/required -"], Major, Patch),
    ("a field of a request becomes nullable", "send_message", &["MessageRequest/properties/caption/nullable = true"], Major, Patch),
    ("a list of a request becomes nullable", "update_webhook", &["WebhookUpdateRequest/properties/events/nullable = true"], Patch, Patch),
    ("a field of a request is no longer nullable", "update_branding", &["BrandingUpdateRequest/properties/subtitle/nullable -"], Major, Major),
    ("text of a request becomes a number", "create_project", &["ProjectRequest/properties/description/type = integer"], Major, Major),
    ("an integer of a request becomes a number", "buy_extra_numbers", &["ExtraNumbersRequest/properties/quantity/type = number"], Major, Patch),
    ("text of a request may be an object", "create_project", &["TextOrObject = {oneOf: [{title: Text, type: string}, {title: Object, type: object, additionalProperties: {}}]}", "ProjectRequest/properties/description = {$ref: '#/components/schemas/TextOrObject'}"], Major, Patch),
    ("text of a request gets a tighter bound", "update_branding", &["BrandingUpdateRequest/properties/companyName/maxLength = 20"], Patch, Major),
    ("text of a request gets a looser bound", "update_branding", &["BrandingUpdateRequest/properties/companyName/maxLength = 90"], Patch, Patch),
    ("text of a request gets a minLength", "send_message", &["MessageRequest/properties/text/minLength = 1"], Patch, Major),
    ("text of a request gets a pattern", "send_message", &["MessageRequest/properties/text/pattern = '^a'"], Patch, Major),
    ("text of a request becomes a date", "create_project", &["ProjectRequest/properties/description/format = date-time"], Major, Major),
    ("a date of a request becomes text", "send_message", &["MessageRequest/properties/deliverAt/format -"], Major, Patch),
    ("text of a request becomes a secret", "create_project", &["ProjectRequest/properties/description/format = password"], Major, Patch),
    ("the default of a request changes", "buy_extra_numbers", &["ExtraNumbersRequest/properties/quantity/default = 2"], Patch, Minor),
    ("descriptions of a request change", "send_message", &["MessageRequest/description = A message.", "MessageRequest/properties/text/description = The text."], Patch, Patch),
    ("a list of a request takes fewer entries", "cancel_messages", &["MessageCancellationRequest/properties/messageIds/maxItems = 50"], Major, Major),
    ("a list of a request takes more entries", "cancel_messages", &["MessageCancellationRequest/properties/messageIds/maxItems = 200"], Patch, Patch),
    ("a choice gets another field", "send_message", &["MessageRequest/properties/channel = {type: string}", "MessageRequest/allOf/0/oneOf/+ = {required: [channel]}"], Minor, Patch),
    ("a choice loses a field", "send_message", &["MessageRequest/allOf/0/oneOf/2 -"], Major, Major),
    ("a choice is renamed", "send_message", &["MessageRequest/allOf/0/title = Target"], Major, Patch),
    ("a request gets a rule", "send_message", &["ListMessage/anyOf = [{required: [buttonText]}, {required: [sections]}]"], Major, Major),
    ("a request gets an exclusion", "send_message", &["MessageRequest/not/anyOf/+ = {description: No text., required: [text]}"], Patch, Major),
    ("a request loses an exclusion", "send_message", &["MessageRequest/not/anyOf/0 -"], Patch, Patch),
    ("the description of an exclusion changes", "send_message", &["MessageRequest/not/anyOf/0/description = None."], Patch, Patch),
    ("a request takes fewer fields", "update_branding", &["BrandingUpdateRequest/maxProperties = 2"], Patch, Major),
    ("a request requires any field", "update_branding", &["BrandingUpdateRequest/minProperties = 1"], Patch, Major),
    ("a request no longer takes other fields", "complete_embedded_signup", &["EmbeddedSignupRequest/additionalProperties -"], Major, Major),
    ("the discriminator of a request changes", "update_lead_page_form", &["LeadFieldVariable/properties/kind = {type: string}", "LeadStaticVariable/properties/kind = {type: string}", "LeadVariable/discriminator/propertyName = kind"], Major, Major),
    ("an operation gets a required body", "create_project delete_webhook", &["@delete_webhook/requestBody = {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/ProjectRequest'}}}}"], Major, Major),
    ("an operation loses its body", "remove_extra_numbers", &["@remove_extra_numbers/requestBody -"], Major, Major),
    ("an alternative of a request is new", "update_lead_page_form", &["LeadListVariable = {type: object, properties: {source: {type: string}}}", "LeadVariable/oneOf/+ = {$ref: '#/components/schemas/LeadListVariable'}", "LeadVariable/discriminator/mapping/list = '#/components/schemas/LeadListVariable'"], Minor, Minor),
    // Responses
    ("an optional field of a response is new", "list_projects", &["Project/properties/other = {type: string}"], Minor, Patch),
    ("a required field of a response is new", "list_projects", &["Project/properties/other = {type: string}", "Project/required = [id, other]"], Minor, Patch),
    ("the first required field of a response", "cancel_messages", &["FailedCancellation/properties/code = {type: string}", "FailedCancellation/required = [code]"], Major, Patch),
    ("an optional field of a response is removed", "list_projects", &["Project/properties/slug -"], Major, Minor),
    ("a required field of a response is removed", "list_projects", &["Project/properties/id -", "Project/required -"], Major, Major),
    ("a required list of a response is removed", "list_groups", &["GroupEnvelope/properties/groups -> all", "GroupEnvelope/required = [all]"], Major, Minor),
    ("a field of a response becomes required", "list_projects", &["Project/required = [id, slug]"], Major, Patch),
    ("a field of a response becomes optional", "list_projects", &["Project/required -"], Major, Major),
    ("a list of a response becomes optional", "list_leads", &["LeadList/required -"], Minor, Patch),
    ("an optional field of a response becomes nullable", "list_projects", &["Project/properties/slug/nullable = true"], Patch, Patch),
    ("an optional reference of a response becomes nullable", "send_message", &["SentMessage/properties/status/nullable = true"], Patch, Patch),
    ("a required field of a response becomes nullable", "list_projects", &["Project/properties/id/nullable = true"], Major, Major),
    ("text of a response becomes a number", "list_projects", &["Project/properties/slug/type = integer"], Major, Patch),
    ("a number of a response becomes text", "list_leads", &["LeadList/properties/total/type = string"], Major, Major),
    ("an integer of a response becomes a number", "list_leads", &["LeadList/properties/total/type = number"], Major, Major),
    ("a date of a response becomes text", "list_projects", &["Project/properties/createdAt/format -"], Major, Patch),
    ("text of a response becomes a date", "list_projects", &["Project/properties/slug/format = date-time"], Major, Patch),
    ("text of a response becomes a secret", "list_projects", &["Project/properties/slug/format = password"], Major, Patch),
    ("an integer of a response has 64 bits", "list_leads", &["LeadList/properties/total/format = int64"], Patch, Patch),
    ("an integer of a response may need the 64th bit", "list_leads", &["LeadList/properties/total/format = uint64"], Major, Major),
    ("text of a response gets a minLength", "list_projects", &["Project/properties/slug/minLength = 1"], Patch, Patch),
    ("a field of a response gets a default", "list_projects", &["Project/properties/slug/default = a"], Patch, Patch),
    ("a second list in a page", "list_leads", &["LeadList/properties/others = {type: array, items: {$ref: '#/components/schemas/Lead'}}"], Major, Patch),
    ("a page loses a total", "list_leads", &["LeadList/properties/totalPages -"], Major, Minor),
    ("a page gets another total", "list_leads", &["LeadList/properties/totalToday = {type: integer}"], Minor, Patch),
    ("an alternative of a response is new", "list_groups", &["GroupList/oneOf/+ = {title: Count, type: integer}"], Minor, Minor),
    ("an alternative of a response is renamed", "list_groups", &["GroupList/oneOf/1/title = List"], Major, Minor),
    ("a response gets content", "delete_webhook update_webhook", &["@delete_webhook/responses/200/content = {application/json: {schema: {$ref: '#/components/schemas/Webhook'}}}"], Major, Patch),
    ("a response loses its content", "get_message", &["@get_message/responses/200/content -"], Major, Major),
    ("a response becomes a file", "get_message", &["@get_message/responses/200/content = {audio/ogg: {schema: {type: string, format: binary}}}"], Major, Major),
    ("a list becomes a file", "list_projects", &["@list_projects/responses/200/content = {audio/ogg: {schema: {type: string, format: binary}}}"], Major, Major),
    ("the status of a success changes", "get_message", &["@get_message/responses/200 -> 203"], Patch, Patch),
    ("an error is new", "list_projects", &["@list_projects/responses/404 = {description: None}"], Patch, Patch),
    ("an error is removed", "list_projects", &["@list_projects/responses/400 -"], Patch, Patch),
    // Enums
    ("a value of a response is new", "get_message", &["MessageStatus/enum/+ = NEW"], Minor, Patch),
    ("a value of a response is removed", "get_message", &["MessageStatus/enum/0 -"], Major, Patch),
    ("a value of a request is new", "send_message", &["MediaType/enum/+ = gif"], Minor, Patch),
    ("a value of a request is removed", "send_message", &["MediaType/enum/5 -"], Major, Major),
    ("a value is renamed in Rust", "send_message", &["MediaType/x-enum-names = {image: Picture}"], Major, Patch),
    ("values get meanings", "send_message", &["MediaType/x-enum-descriptions = [A picture., B, C, D, E, F]"], Patch, Patch),
    ("a switch gets a second value", "get_call", &["Flag/enum/+ = '0'", "Flag/x-enum-names/0 = 'Off'"], Major, Patch),
    ("an enum of a response becomes text", "send_message", &["SentMessage/properties/status = {type: string}"], Major, Patch),
    ("text of a response becomes an enum", "get_message send_message", &["SentMessage/properties/origin = {$ref: '#/components/schemas/MessageStatus'}"], Major, Patch),
    ("an error code is new", "delete_webhook", &["ErrorCode/enum/+ = NEW", "ErrorCode/x-enum-descriptions/+ = New."], Minor, Patch),
    // Security and retries
    ("a credential is no longer accepted", "list_projects", &["@list_projects/security = [{apiKey: []}]"], Patch, Major),
    ("credentials are no longer required", "list_projects", &["@list_projects/security = []"], Patch, Patch),
    ("the credential moves to another header", "list_projects", &["/components/securitySchemes/apiKey/name = x-key"], Patch, Major),
    ("an operation is no longer safe to retry", "list_projects", &["@list_projects/x-idempotent = false"], Patch, Major),
    ("an operation becomes safe to retry", "remove_extra_numbers", &["@remove_extra_numbers/x-idempotent = true"], Patch, Minor),
    ("the advice on retries changes", "delete_webhook", &["ErrorCode/x-retry/RESYNC_COOLDOWN = never"], Patch, Minor),
    // Webhooks
    ("an event is new", "create_webhook", &["WebhookEvent/discriminator/mapping/number.renamed = '#/components/schemas/NumberCreatedEvent'"], Minor, Patch),
    ("an event is removed", "create_webhook", &["WebhookEvent/discriminator/mapping/call.missed -"], Major, Minor),
    ("an event is renamed", "create_webhook", &["WebhookEvent/discriminator/mapping/call.missed -> call.lost"], Major, Minor),
    ("a field of an event is new", "create_webhook", &["CallEvent/properties/other = {type: string}"], Minor, Patch),
    ("a field of an event is removed", "create_webhook", &["CallEvent/properties/duration -"], Major, Minor),
    ("a required field of an event is removed", "create_webhook", &["NumberCreatedEvent/properties/data -", "NumberCreatedEvent/required = [event]"], Major, Major),
    ("all events are gone", "create_webhook", &["@create_webhook/callbacks -"], Major, Minor),
    // Schemas
    ("a schema is renamed", "cancel_messages", &["/components/schemas/FailedCancellation -> Uncancelled", "schemas/FailedCancellation => schemas/Uncancelled"], Major, Patch),
    ("an unused schema is new", "list_projects", &["Label = {type: object, properties: {id: {type: string}}}"], Minor, Patch),
    ("another feature enables a schema", "list_leads list_projects", &["Lead/properties/project = {$ref: '#/components/schemas/Project'}"], Minor, Patch),
    ("the evidence changes", "list_projects", &["Project/x-evidence = sdk"], Patch, Patch),
];

/// Applies changes to a document.
fn changed(document: &Value, changes: &[&str]) -> Value {
    let mut document = document.clone();
    for change in changes {
        if let Some((old, new)) = change.split_once(" => ") {
            document = serde_json::from_str(&document.to_string().replace(old, new)).unwrap();
            continue;
        }
        let (place, rest) = change.split_once(' ').unwrap();
        let place = pointer(&document, place);
        let (within, key) = place.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/");
        let within = document.pointer_mut(within).unwrap();
        if let Some(value) = rest.strip_prefix("= ") {
            let value = yaml::parse(value).unwrap();
            match within {
                Value::Array(list) => list.push(value),
                within => within[key] = value,
            }
            continue;
        }
        let value = match &mut *within {
            Value::Array(list) => list.remove(key.parse().unwrap()),
            within => within.as_object_mut().unwrap().remove(&key).unwrap(),
        };
        if let Some(key) = rest.strip_prefix("-> ") {
            within[key] = value;
        }
    }
    document
}

fn pointer(document: &Value, place: &str) -> String {
    let Some(place) = place.strip_prefix('@') else {
        let is_pointer = place.starts_with('/');
        return if is_pointer { place.to_owned() } else { format!("/components/schemas/{place}") };
    };
    let (id, rest) =
        place.split_once('/').map_or((place, String::new()), |(id, rest)| (id, format!("/{rest}")));
    let mut operations = places::operations(document);
    let (.., at) = operations.find(|(.., operation, _)| operation["operationId"] == id).expect(id);
    format!("{at}{rest}")
}

#[test]
fn every_change_has_the_expected_levels() {
    let mut parts: BTreeMap<&str, (Value, rust::Items)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, operations, changes, expected_rust, expected_wire) in CHANGES {
        let (old, old_items) = parts.entry(operations).or_insert_with(|| {
            let document = part(operations);
            let items = rust::items(&document).unwrap();
            (document, items)
        });
        let new = changed(old, changes);
        let (wire, mut rust) = wire::compare(old, &new);
        match rust::items(&new) {
            Ok(items) => rust.extend(rust::changes(old_items, &items)),
            Err(reason) => wrong.push(format!("{name}: {reason}")),
        }
        let report = Report { rust, wire };
        if report.verdict() != (*expected_rust, *expected_wire) || new == *old {
            wrong.push(format!("{name}: not {expected_rust:?}, {expected_wire:?}:\n{report}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_document_does_not_differ_from_itself() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let document = root.join("openapi.json");
    assert_eq!(run(root, &document, &document).unwrap(), "no change");
}

#[test]
fn an_operation_that_moves_to_another_tag_is_lost_to_users_of_the_old_feature() {
    let old = part("list_projects");
    let text = report(&old, &changed(&old, &["@list_projects/tags = [Groups]"])).to_string();
    for line in [
        "  major  builder::ListProjects is no longer enabled by projects\n",
        "  minor  builder::ListProjects is also enabled by groups\n",
        "wire:\n  patch  nothing, or documentation only\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn a_new_trait_impl_is_minor_and_a_removed_one_major() {
    let items = |code: &str| (surface::lines(code).unwrap(), surface::Features::new());
    for kind in ["struct S {}", "enum S { A }"] {
        let old = items(&format!("pub {kind}"));
        let new = items(&format!("pub {kind} impl std::fmt::Display for S {{}}"));
        let levels = |changes: super::Changes| {
            changes.into_iter().map(|(level, _)| level).collect::<Vec<_>>()
        };
        assert_eq!(levels(rust::changes(&old, &new)), [Minor], "{kind}");
        assert_eq!(levels(rust::changes(&new, &old)), [Major], "{kind}");
        // The line of a new type stands for its traits.
        let listed = rust::changes(&items(""), &new);
        assert!(listed.iter().all(|change| !change.1.contains(" impl ")), "{listed:?}");
        assert!(listed.iter().any(|change| change.1.starts_with("S ")), "{listed:?}");
    }
    let foreign = items("impl From<u8> for ::serde_json::Value {}");
    assert_eq!(rust::changes(&foreign, &items("")).len(), 1);
}

#[test]
fn a_malformed_document_is_a_major_change() {
    let old = part("list_projects");
    for hostile in [json!(null), json!([]), json!({"paths": {"/a": {"get": {"responses": 1}}}})] {
        assert_eq!(report(&old, &hostile).verdict().0, Major);
        assert_eq!(report(&hostile, &old).verdict().0, Major);
    }
}

#[test]
fn a_document_that_breaks_the_profile_is_a_major_change_with_the_reason() {
    let old = part("list_leads");
    let new = changed(&old, &["LeadList/properties/total/format = int32"]);
    let report = report(&old, &new);
    assert_eq!(report.verdict(), (Major, Patch), "{report}");
    let line = "no client can be generated from the new document: the build step does not support";
    assert!(report.to_string().contains(line), "{report}");
}

#[test]
fn schemas_that_refer_to_each_other_are_compared_once() {
    let mut document = part("list_projects");
    let schema = |other: usize| {
        let reference = json!({"$ref": format!("#/components/schemas/Chain{}", other % 40)});
        json!({"type": "object", "properties": {"a": reference, "b": reference}})
    };
    for number in 0..40 {
        document["components"]["schemas"][format!("Chain{number}")] = schema(number + 1);
    }
    document["components"]["schemas"]["Project"]["properties"]["chain"] = schema(0);
    let mut other = document.clone();
    other["components"]["schemas"]["Chain39"]["properties"]["c"] = json!({"type": "string"});
    let (changes, _) = wire::compare(&document, &other);
    assert_eq!(Vec::from_iter(changes), [(Patch, "Chain39.c is new".to_owned())]);
}

#[test]
fn operations_without_responses_are_compared() {
    let document = |is_required: bool| {
        let schema = json!({"type": "string"});
        let parameter =
            json!({"name": "q", "in": "query", "required": is_required, "schema": schema});
        json!({"paths": {"/a": {"get": {"parameters": [parameter]}}}})
    };
    let (changes, _) = wire::compare(&document(false), &document(true));
    assert_eq!(changes.first().map(|change| change.0), Some(Major));
}

#[test]
fn an_untyped_object_that_contains_itself_is_compared_once() {
    let mut old = part("list_projects");
    let comment = json!({"$ref": "#/components/schemas/Comment"});
    old["components"]["schemas"]["Project"]["properties"]["comment"] = comment.clone();
    let properties = json!({"id": {"type": "string"}, "parent": comment});
    old["components"]["schemas"]["Comment"] = json!({"properties": properties});
    let mut new = old.clone();
    new["components"]["schemas"]["Comment"]["type"] = json!("object");
    assert!(wire::compare(&old, &new).0.iter().all(|change| change.0 == Patch));
}

#[test]
fn any_json_of_a_request_that_becomes_a_union_is_a_major_change() {
    let old = changed(&part("create_project"), &["ProjectRequest/properties/any = {}"]);
    let union =
        "TextOrCount = {oneOf: [{title: Text, type: string}, {title: Count, type: integer}]}";
    let field = "ProjectRequest/properties/any = {$ref: '#/components/schemas/TextOrCount'}";
    let new = changed(&old, &[union, field]);
    assert_eq!(report(&old, &new).verdict(), (Major, Major));
}

#[test]
fn documents_of_openapi_3_1_are_converted() {
    let mut old = part("list_projects");
    old["openapi"] = json!("3.1.0");
    let field = "/components/schemas/Project/properties/name/type = [string, 'null']";
    let new = changed(&old, &[field, "Project/properties/count = {type: [integer, 'null']}"]);
    let report = report(&prepared(old).unwrap(), &prepared(new).unwrap());
    assert_eq!(report.verdict(), (Minor, Patch), "{report}");
    let line = "minor  types::Project.count: Option<i64> is new";
    assert!(report.to_string().contains(line), "{report}");
}

#[test]
fn the_next_version_follows_the_rules_of_cargo() {
    for (now, level, after) in [
        ("0.1.0", Major, "0.2.0"),
        ("0.1.0", Minor, "0.1.1"),
        ("0.1.9", Patch, "0.1.10"),
        ("1.4.2", Major, "2.0.0"),
        ("1.4.2", Minor, "1.5.0"),
        ("1.4.2", Patch, "1.4.3"),
    ] {
        assert_eq!(next(now, level).unwrap(), after);
    }
}
