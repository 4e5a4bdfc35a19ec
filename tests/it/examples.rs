//! Runs the examples as processes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use crate::support::process::example_program;
use pilot_status::mock::{OperationId, RecordedRequest, Reply, Sandbox};
use pilot_status::{ErrorCode, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// A program with the API key and URL of a sandbox in its environment, or with neither.
fn program(name: &str, sandbox: Option<&Sandbox>) -> Command {
    let mut command = Command::new(example_program(name));
    for variable in ["PILOT_STATUS_API_KEY", "PILOT_STATUS_API_KEY_ID", "PILOT_STATUS_BASE_URL"] {
        command.env_remove(variable);
    }
    if let Some(sandbox) = sandbox {
        command
            .env("PILOT_STATUS_API_KEY", Sandbox::API_KEY)
            .env("PILOT_STATUS_BASE_URL", sandbox.url());
    }
    command
}

async fn run(name: &str, arguments: &[&str], sandbox: Option<&Sandbox>) -> Output {
    program(name, sandbox).args(arguments).output().await.unwrap()
}

/// Returns the output of a successful program.
fn success(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Returns the error of a failed program, which must be a single line.
fn failure(output: &Output) -> String {
    let line = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), line.lines().count()), (Some(1), 1), "{output:?}");
    line
}

/// The idempotency keys of the requests.
fn keys(requests: &[RecordedRequest]) -> Vec<&str> {
    requests.iter().map(|request| request.headers["idempotency-key"].to_str().unwrap()).collect()
}

/// The files for several runs of `bulk_send`, deleted on drop.
struct Campaign {
    folder: PathBuf,
}

impl Campaign {
    fn new(name: &str, recipients: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("recipients.csv"), recipients).unwrap();
        Self { folder }
    }

    async fn send(&self, sandbox: &Sandbox) -> Output {
        self.send_as("natal", sandbox).await
    }

    async fn send_as(&self, name: &str, sandbox: &Sandbox) -> Output {
        let mut program = program("bulk_send", Some(sandbox));
        program.current_dir(&self.folder).args([name, "recipients.csv", "journal"]);
        program.output().await.unwrap()
    }

    fn journal(&self) -> String {
        std::fs::read_to_string(self.folder.join("journal")).unwrap()
    }

    fn set_journal(&self, journal: &str) {
        std::fs::write(self.folder.join("journal"), journal).unwrap();
    }

    fn set_recipients(&self, recipients: impl AsRef<[u8]>) {
        std::fs::write(self.folder.join("recipients.csv"), recipients).unwrap();
    }
}

impl Drop for Campaign {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

const THREE: &str =
    "number,name\n+1 212 555 0101,Ana\n12125550102,Bruno\n12125550103,\"Silva, C\"\n";

#[tokio::test]
async fn without_a_key_every_example_starts_a_sandbox() {
    let campaign = Campaign::new("own_server", THREE);
    let recipients = campaign.folder.join("recipients.csv");
    let journal = campaign.folder.join("journal");
    let bulk = ["natal", recipients.to_str().unwrap(), journal.to_str().unwrap()];
    let examples: [(&str, &[&str], &str); 4] = [
        ("send_message", &["5511988887777"], "picture: msg_01HZX... is QUEUED"),
        ("bulk_send", &bulk, "3 of 3 were sent now"),
        ("pair_number", &["5511988887777", "Suporte"], "num_01HZX is connected"),
        ("history", &[], "\"participantName\":\"Ana\""),
    ];
    for (name, arguments, part) in examples {
        let output = run(name, arguments, None).await;
        let text = success(&output);
        assert!(text.contains(part), "{text}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("no PILOT_STATUS_API_KEY is set"));
    }
    // The run without a key does not count for the campaign.
    let sandbox = Sandbox::start().await.unwrap();
    assert!(success(&campaign.send(&sandbox).await).contains("3 of 3 were sent now"));
}

#[tokio::test]
async fn help_is_printed_and_nothing_is_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let names =
        ["bulk_send", "history", "list_numbers", "pair_number", "send_message", "webhook_server"];
    for name in names {
        for arguments in [&["-h"][..], &["--help"], &["5511988887777", "Suporte", "--help"]] {
            let text = success(&run(name, arguments, Some(&sandbox)).await);
            assert!(text.starts_with(&format!("usage: {name} ")), "{text}");
        }
    }
    assert_eq!(sandbox.requests().len(), 0);
    let text = success(&run("sandbox_server", &["--help"], None).await);
    assert!(text.starts_with("usage: sandbox_server "), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn an_argument_that_is_not_utf8_is_an_error() {
    use std::os::unix::ffi::OsStrExt;
    let argument = std::ffi::OsStr::from_bytes(b"\xff");
    let line = failure(&program("history", None).arg(argument).output().await.unwrap());
    assert_eq!(line, "error: the argument \"\u{fffd}\" is not UTF-8\n");
}

#[tokio::test]
async fn an_error_names_its_cause_once() {
    let mut program = program("history", None);
    program
        .env("PILOT_STATUS_API_KEY", "ps_test")
        .env("PILOT_STATUS_BASE_URL", "http://127.0.0.1:1");
    let line = failure(&program.output().await.unwrap());
    assert_eq!(line.matches("Connection refused").count(), 1, "{line}");
}

#[tokio::test]
async fn a_number_without_a_country_code_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    for (number, hint) in [
        ("11988887777", "write +5511988887777 if it is Brazilian"),
        ("(081) 98596-6115", "write +5581985966115 if it is Brazilian"),
        ("1133334444", "write +551133334444 if it is Brazilian"),
        ("55981234567", "write +5555981234567 if it is Brazilian"),
        // A number in Peru needs its plus.
        ("51912345678", "write +5551912345678 if it is Brazilian"),
        ("", "is not a phone number"),
        ("+", "is not a phone number"),
        ("ana", "is not a phone number"),
        ("0123456789", "is not a phone number"),
        ("1203630@g.us", "is not a phone number"),
        ("+12", "is not a phone number"),
        ("+1234567890123456", "is not a phone number"),
    ] {
        let line = failure(&run("send_message", &[number], Some(&sandbox)).await);
        assert!(line.contains(hint), "{number} {line}");
        let line = failure(&run("pair_number", &[number, "Suporte"], Some(&sandbox)).await);
        assert!(line.contains(hint), "{number} {line}");
    }
    let campaign = Campaign::new("country_code", "number,name\n+551133334444,Ana\n");
    campaign.set_recipients("number,name\n+551133334444,Ana\n11988887777,Bruno\n");
    let line = failure(&campaign.send(&sandbox).await);
    assert!(line.starts_with("error: recipients.csv: line 3: \"11988887777\" has no"), "{line}");
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn a_number_with_a_country_code_is_sent_in_digits() {
    let sandbox = Sandbox::start().await.unwrap();
    for (number, digits) in [
        ("+5511988887777", "5511988887777"),
        ("5511988887777", "5511988887777"),
        ("+55 (11) 3333-4444", "551133334444"),
        ("0055 11 98888 7777", "5511988887777"),
        ("12125550102", "12125550102"),
        ("+51912345678", "51912345678"),
        ("+351 912 345 678", "351912345678"),
    ] {
        success(&run("send_message", &[number], Some(&sandbox)).await);
        let request = sandbox.requests().pop().unwrap();
        assert_eq!(request.json()["destinationNumber"], digits, "{number}");
    }
}

#[tokio::test]
async fn an_error_is_one_line() {
    let campaign = Campaign::new("errors", "number,name\n12125550101\n");
    let recipients = campaign.folder.join("recipients.csv");
    let recipients = recipients.to_str().unwrap();
    let nobody = campaign.folder.join("nobody.csv");
    std::fs::write(&nobody, "number,name\n-,Ana\n").unwrap();
    let nobody = nobody.to_str().unwrap();
    let journal = campaign.folder.join("journal");
    let journal = journal.to_str().unwrap();
    let examples: [(&str, &[&str], &str); 9] = [
        ("send_message", &[], "usage: send_message NUMBER"),
        ("bulk_send", &["natal"], "usage: bulk_send CAMPAIGN RECIPIENTS.csv JOURNAL"),
        ("bulk_send", &["natal", "missing.csv", journal], "missing.csv: "),
        ("bulk_send", &["natal", recipients, journal], "recipients.csv: CSV error: record 1"),
        (
            "bulk_send",
            &["natal", nobody, journal],
            "nobody.csv: line 2: \"-\" is not a phone number",
        ),
        ("pair_number", &["5511988887777"], "usage: pair_number NUMBER NAME [SECONDS]"),
        (
            "pair_number",
            &["5511988887777", "Suporte", "soon"],
            "\"soon\" is not a number of seconds: invalid digit",
        ),
        ("history", &["a", "b"], "usage: history [NUMBER_ID]"),
        ("history", &[], "check the credentials"),
    ];
    let sandbox = Sandbox::start().await.unwrap();
    for (name, arguments, part) in examples {
        let mut program = program(name, Some(&sandbox));
        program.env("PILOT_STATUS_API_KEY", "ps_wrong").args(arguments);
        let line = failure(&program.output().await.unwrap());
        assert!(line.starts_with("error: ") && line.contains(part), "{line}");
    }
    assert_eq!(sandbox.requests().len(), 1);
}

#[tokio::test]
async fn a_text_a_template_and_a_picture_are_sent_and_the_text_has_a_fixed_key() {
    let sandbox = Sandbox::start().await.unwrap();
    for _ in 0..2 {
        let text = success(&run("send_message", &["5511988887777"], Some(&sandbox)).await);
        assert_eq!(text.lines().count(), 3, "{text}");
    }
    let requests = sandbox.requests();
    let bodies: Vec<Value> = requests.iter().map(RecordedRequest::json).collect();
    assert_eq!(bodies.len(), 6);
    assert_eq!(bodies[0]["text"], "Seu pedido 42 foi pago.");
    assert_eq!(bodies[1]["variables"], json!({"nome": "Ana"}));
    assert_eq!(bodies[2]["mediaType"], "image");
    let keys = keys(&requests);
    assert_eq!((keys[0], keys[3]), ("order-42-paid/5511988887777", keys[0]));
    assert_eq!(BTreeSet::from_iter(&keys).len(), 5);
}

#[tokio::test]
async fn a_second_run_sends_nothing_twice() {
    let campaign = Campaign::new("second_run", THREE);
    let sandbox = Sandbox::start().await.unwrap();
    let text = success(&campaign.send(&sandbox).await);
    assert_eq!(text, "0 of 3 were sent before\n3 of 3 were sent now\n");
    let text = success(&campaign.send(&sandbox).await);
    assert_eq!(text, "3 of 3 were sent before\n0 of 0 were sent now\n");
    let numbers: BTreeSet<String> = sandbox
        .requests()
        .iter()
        .map(|request| request.json()["destinationNumber"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(sandbox.requests().len(), 3);
    assert_eq!(numbers, ["12125550101", "12125550102", "12125550103"].map(str::to_owned).into());
    assert_eq!(campaign.journal().lines().count(), 4);
}

#[tokio::test]
async fn a_person_with_and_without_the_ninth_digit_gets_one_message() {
    let campaign = Campaign::new("ninth_digit", "number,name\n558185966115,Ana\n5581985966115,A\n");
    let sandbox = Sandbox::start().await.unwrap();
    assert!(success(&campaign.send(&sandbox).await).ends_with("1 of 1 were sent now\n"));
    // The message is sent to the number as given. Its key has the ninth digit.
    let requests = sandbox.requests();
    assert_eq!(requests[0].json()["destinationNumber"], "558185966115");
    assert_eq!(keys(&requests), ["natal/5581985966115"]);

    campaign.set_recipients("number,name\n+55 81 98596-6115,Ana\n");
    assert!(success(&campaign.send(&sandbox).await).starts_with("1 of 1 were sent before\n"));

    // A number in Peru, and the one in Porto Alegre that it would be without its plus.
    let campaign = Campaign::new("peru", "number,name\n+51912345678,Ana\n+5551912345678,Bruno\n");
    assert!(success(&campaign.send(&sandbox).await).ends_with("2 of 2 were sent now\n"));
}

#[tokio::test]
async fn a_campaign_that_no_idempotency_key_can_contain_is_refused() {
    let campaign = Campaign::new("names", THREE);
    let sandbox = Sandbox::start().await.unwrap();
    for name in ["Promoção é", "natal\t2026", " natal", "natal ", "", &"n".repeat(201)] {
        let line = failure(&campaign.send_as(name, &sandbox).await);
        assert!(line.starts_with(&format!("error: the campaign {name:?} must have 1 to 200 ")));
        assert!(!campaign.folder.join("journal").exists(), "{name}");
    }
    assert_eq!(sandbox.requests().len(), 0);
    let name = format!("Natal de {}", "2".repeat(191));
    success(&campaign.send_as(&name, &sandbox).await);
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test]
async fn a_csv_file_from_excel_is_read() {
    let sandbox = Sandbox::start().await.unwrap();
    for (index, recipients) in [
        "number;name\r\n+551133334444;Ana, Rua 1\r\n",
        "Number,NAME\r\n+551133334444,\"Ana, Rua 1\"\r\n",
        "\u{feff}Number; Name\r\n+551133334444; Ana, Rua 1\r\n",
        "name;notes;number\n\"Ana, Rua 1\";a,b;+551133334444\n",
        "\nname,\"notes; since 2020\",number\n\"Ana, Rua 1\",a;b,+551133334444\n",
    ]
    .iter()
    .enumerate()
    {
        let campaign = Campaign::new(&format!("excel_{index}"), recipients);
        assert!(success(&campaign.send(&sandbox).await).ends_with("1 of 1 were sent now\n"));
        let request = sandbox.requests().pop().unwrap().json();
        assert_eq!(request["destinationNumber"], "551133334444");
        assert!(request["text"].as_str().unwrap().contains("Ana, Rua 1"), "{request}");
    }
}

#[tokio::test]
async fn an_error_in_a_csv_file_names_its_line() {
    let campaign = Campaign::new("lines", "");
    let sandbox = Sandbox::start().await.unwrap();
    for recipients in [
        "number,name\r\n+551133334444,Ana\r\n+551133334445,Bia\r\n-,Bruno\r\n",
        "number;name\n+551133334444;Ana\n\n-;Bruno\n",
        "\r\nname;number\r\n\r\nBruno;-\r\n",
    ] {
        campaign.set_recipients(recipients);
        let line = failure(&campaign.send(&sandbox).await);
        assert!(line.starts_with("error: recipients.csv: line 4: \"-\" is not"), "{line}");
    }
}

#[tokio::test]
async fn a_csv_file_that_is_not_utf8_is_refused_with_the_remedy() {
    let campaign = Campaign::new("windows_1252", "");
    campaign.set_recipients(b"number;name\r\n+551133334444;Jo\xe3o\r\n");
    let sandbox = Sandbox::start().await.unwrap();
    let line = failure(&campaign.send(&sandbox).await);
    assert_eq!(line, "error: recipients.csv: it is not UTF-8; save it as CSV UTF-8\n");
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn a_csv_file_without_recipients_is_an_error() {
    let campaign = Campaign::new("nobody", "");
    let sandbox = Sandbox::start().await.unwrap();
    for recipients in ["", "\n\n", "number,name\n", "number;name\r\n\r\n"] {
        campaign.set_recipients(recipients);
        let line = failure(&campaign.send(&sandbox).await);
        assert_eq!(line, "error: recipients.csv: it has no recipients\n", "{recipients:?}");
    }
}

#[tokio::test]
async fn a_message_missing_in_the_journal_is_sent_with_the_same_key() {
    let campaign = Campaign::new("crash", THREE);
    let sandbox = Sandbox::start().await.unwrap();
    success(&campaign.send(&sandbox).await);
    let journal = campaign.journal();
    let lines: Vec<&str> = journal.lines().collect();
    let last = lines[3].split('\t').next().unwrap();
    // The previous run ended before or within the last line.
    for rest in ["", &last[..5], last] {
        let before = sandbox.requests().len();
        campaign.set_journal(&format!("{}\n{}\n{}\n{rest}", lines[0], lines[1], lines[2]));
        let text = success(&campaign.send(&sandbox).await);
        assert_eq!(text, "2 of 3 were sent before\n1 of 1 were sent now\n");
        let requests = sandbox.requests();
        assert_eq!(keys(&requests[before..]), [format!("natal/{last}")]);
        assert_eq!(keys(&requests[..3]).iter().filter(|key| key.ends_with(last)).count(), 1);
        assert!(campaign.journal().ends_with(&format!("\n{}\n", lines[3])));
    }
}

#[tokio::test]
async fn failed_messages_are_listed_and_sent_in_the_next_run() {
    let campaign = Campaign::new("failed", THREE);
    let sandbox = Sandbox::start().await.unwrap();
    for (status, code) in [
        (StatusCode::UNPROCESSABLE_ENTITY, None),
        (StatusCode::FORBIDDEN, Some(ErrorCode::from("RECIPIENT_BLOCKED"))),
    ] {
        sandbox.enqueue(OperationId::SendMessage, Reply::error(status, code));
    }
    let output = campaign.send(&sandbox).await;
    assert_eq!(failure(&output), "error: 2 failed; run it again within 24 hours\n");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("1 of 3 were sent now\n"), "{text}");
    assert_eq!(text.matches(") failed: ").count(), 2, "{text}");
    assert!(success(&campaign.send(&sandbox).await).ends_with("2 of 2 were sent now\n"));
}

#[tokio::test]
async fn a_campaign_stops_when_all_messages_would_fail() {
    let rows: Vec<String> = (100..200).map(|end| format!("12125550{end},Ana")).collect();
    let campaign = Campaign::new("stops", &format!("number,name\n{}", rows.join("\n")));
    let error = |status: u16, code| Reply::error(StatusCode::from_u16(status).unwrap(), code);
    for (reply, reason) in [
        (error(401, None), "401"),
        (error(402, None), "402"),
        (error(403, Some(ErrorCode::TenantScopeNotAllowed)), "TENANT_SCOPE_NOT_ALLOWED"),
        (error(403, Some(ErrorCode::PermissionDenied)), "PERMISSION_DENIED"),
        (Reply::html(StatusCode::FORBIDDEN), "403"),
        (Reply::html(StatusCode::NOT_FOUND), "404"),
        (error(409, Some(ErrorCode::NumberBlocked)), "NUMBER_BLOCKED"),
        (Reply::too_many_requests(Some(Duration::from_secs(3600))), "429"),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        (0..100).for_each(|_| sandbox.enqueue(OperationId::SendMessage, reply.clone()));
        let output = campaign.send(&sandbox).await;
        let line = failure(&output);
        assert!(line.starts_with("error: stopped, since all messages would fail: "), "{line}");
        assert!(line.contains(reason), "{line}");
        assert!(line.ends_with("; solve this, and run it again within 24 hours\n"), "{line}");
        // The messages in progress fail, and the others are not sent.
        let text = String::from_utf8(output.stdout).unwrap();
        assert!((1..=8).contains(&text.matches(") failed: ").count()), "{text}");
        assert!(sandbox.requests().len() <= 8, "{reason}");
    }
}

#[tokio::test]
async fn a_journal_of_another_campaign_is_refused() {
    let campaign = Campaign::new("other_campaign", THREE);
    let sandbox = Sandbox::start().await.unwrap();
    success(&campaign.send(&sandbox).await);
    let journal = campaign.journal();

    // Additional recipients do not make another campaign.
    campaign.set_recipients(format!("{THREE}12125550104,Dora\n"));
    assert!(success(&campaign.send(&sandbox).await).ends_with("1 of 1 were sent now\n"));

    let sent = sandbox.requests().len();
    campaign.set_recipients("number,name\n12125550101,Ana\n12125550199,Elisa\n");
    let line = failure(&campaign.send(&sandbox).await);
    assert!(line.starts_with("error: journal: 3 of its numbers are not among"), "{line}");

    campaign.set_recipients(THREE);
    let text = journal.replace("Temos novidades.", "Feliz Natal.");
    let name = journal.replace("\"natal\"", "\"pascoa\"");
    let old = journal.lines().skip(1).collect::<Vec<_>>().join("\n");
    for other in [text, name, old, "notes\n".to_owned()] {
        assert_ne!(other, journal);
        campaign.set_journal(&other);
        let line = failure(&campaign.send(&sandbox).await);
        assert!(line.contains("another campaign or text"), "{line}");
        assert_eq!(campaign.journal(), other, "the journal is not changed");
    }
    assert_eq!(sandbox.requests().len(), sent);

    // The previous run ended within the first line.
    campaign.set_journal(&journal[..9]);
    assert!(success(&campaign.send(&sandbox).await).starts_with("0 of 3 were sent before\n"));
    assert_eq!(campaign.journal().lines().next(), journal.lines().next());
}

#[tokio::test]
async fn a_journal_in_use_is_refused() {
    let campaign = Campaign::new("two_runs", THREE);
    let sandbox = Sandbox::start().await.unwrap();
    let journal = std::fs::File::create(campaign.folder.join("journal")).unwrap();
    journal.lock().unwrap();
    let line = failure(&campaign.send(&sandbox).await);
    assert_eq!(line, "error: journal: another run writes to it\n");
    assert_eq!(sandbox.requests().len(), 0);
}

/// The modules of the QR code in `demo.png`.
const MODULES: [&str; 25] = [
    "#######.##...#..#.#######",
    "#.....#......#....#.....#",
    "#.###.#.#..#####..#.###.#",
    "#.###.#.##.#.##...#.###.#",
    "#.###.#.####...##.#.###.#",
    "#.....#..#..###.#.#.....#",
    "#######.#.#.#.#.#.#######",
    ".........#.#..#..........",
    "####..#.#.....#.##..###.#",
    "#.###...##...#.......##..",
    "##..#.###.....#.##.###...",
    ".##.##.##..###.##....##..",
    "##.#..#.##.#.######.#.#..",
    ".#...#....##.####.###..##",
    ".#.##.#.#...##..#..#.#.#.",
    "#..#....###.#.#...##.#..#",
    "..#...##.#.#.#..#####.#..",
    "........#...#..##...#.##.",
    "#######..#.####.#.#.##.##",
    "#.....#..#..#.###...##.#.",
    "#.###.#..###..#.#####...#",
    "#.###.#.#.#.#....##.##.##",
    "#.###.#.##.#.#..########.",
    "#.....#.#..####.....###..",
    "#######.#..###...########",
];

#[tokio::test]
async fn the_qr_code_is_drawn_with_a_quiet_zone() {
    let text = success(&run("pair_number", &["5511988887777", "Suporte"], None).await);
    let line = |line: &str| {
        let drawn = line.strip_prefix("\u{1b}[30;107m")?.strip_suffix("\u{1b}[0m")?;
        let half = |dark: [char; 2]| {
            drawn.chars().map(|both| if dark.contains(&both) { '#' } else { '.' }).collect()
        };
        Some([half(['█', '▀']), half(['█', '▄'])])
    };
    let drawn: Vec<String> = text.lines().filter_map(line).flatten().collect();
    let light = ".".repeat(29);
    let mut expected = vec![light.clone(), light.clone()];
    expected.extend(MODULES.map(|modules| format!("..{modules}..")));
    expected.resize(30, light);
    assert_eq!(drawn, expected);
}

#[tokio::test]
async fn a_number_that_exists_gets_a_new_code() {
    let sandbox = Sandbox::start().await.unwrap();
    let exists = || Reply::error(StatusCode::CONFLICT, None);
    sandbox.enqueue(OperationId::CreateNumber, exists());
    let text = success(&run("pair_number", &["5511999999999", "Suporte"], Some(&sandbox)).await);
    assert!(text.ends_with("is connected\n"), "{text}");
    let lines: Vec<String> = sandbox.requests().iter().map(RecordedRequest::line).collect();
    assert_eq!(lines[2], "GET /v1/numbers/num_01HZX.../connect");
    // The error of a number that cannot be created and does not exist.
    sandbox.enqueue(OperationId::CreateNumber, exists());
    let line = failure(&run("pair_number", &["5511988887777", "Suporte"], Some(&sandbox)).await);
    assert!(line.starts_with("error: create_number (POST /v1/numbers): 409 Conflict"), "{line}");
}

#[tokio::test]
async fn without_a_picture_the_pairing_code_is_shown() {
    // The picture in the document's example is truncated.
    let sandbox = Sandbox::start().await.unwrap();
    let output = run("pair_number", &["5511999999999", "Suporte"], Some(&sandbox)).await;
    assert_eq!(
        success(&output),
        "the response has no picture of a QR code\n\
         the code to type into the phone instead: ABCD-1234\n\
         num_01HZX... is connected\n"
    );
    let [created, listed, polled] = &sandbox.requests()[..] else {
        panic!("expected three requests")
    };
    assert_eq!(created.json(), json!({"number": "5511999999999", "name": "Suporte"}));
    assert_eq!(listed.line(), "GET /v1/numbers");
    assert_eq!(polled.path, "/v1/numbers/num_01HZX.../status");
}

/// A sandbox that lists numbers with these ids and numbers.
async fn with_numbers(numbers: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    let entry = |&(id, number)| {
        let mut entry = crate::support::example(200)[0].clone();
        entry["id"] = json!(id);
        entry["number"] = json!(number);
        entry
    };
    let numbers: Vec<Value> = numbers.iter().map(entry).collect();
    sandbox.respond_with(OperationId::ListNumbers, json!(numbers));
    sandbox
}

#[tokio::test]
async fn the_wait_is_for_the_number_that_was_added() {
    let (brazil, peru) = (("num_brazil", "5551912345678"), ("num_peru", "51912345678"));
    let (old, new) = (("num_old", "+55 81 8596-6115"), ("num_new", "+55 81 98596-6115"));
    for (number, listed, id) in [
        ("+51912345678", vec![brazil, peru], "num_peru"),
        ("+51912345678", vec![brazil, ("num_peru", "+51912345678")], "num_peru"),
        ("5551912345678", vec![peru, brazil], "num_brazil"),
        // The service may list a number without its ninth digit.
        ("5581985966115", vec![peru, old], "num_old"),
        ("5581985966115", vec![old, new], "num_new"),
        ("558185966115", vec![new, old], "num_old"),
    ] {
        let sandbox = with_numbers(&listed).await;
        success(&run("pair_number", &[number, "Suporte", "10"], Some(&sandbox)).await);
        let polled = sandbox.requests().pop().unwrap();
        assert_eq!(polled.path, format!("/v1/numbers/{id}/status"), "{number} {listed:?}");
    }
    let sandbox = with_numbers(&[brazil]).await;
    let output = run("pair_number", &["+51912345678", "Suporte", "10"], Some(&sandbox)).await;
    assert_eq!(failure(&output), "error: the list of numbers lacks the new number\n");
}

#[tokio::test]
async fn every_spelling_of_connected_ends_the_wait_for_a_number() {
    let sandbox = Sandbox::start().await.unwrap();
    for state in ["CONNECTED", "connected", "Open"] {
        sandbox
            .respond_with(OperationId::GetNumberStatus, json!({"id": "num_01HZX", "state": state}));
        let output = run("pair_number", &["5511999999999", "Suporte", "10"], Some(&sandbox)).await;
        assert!(success(&output).ends_with("num_01HZX... is connected\n"), "{state}");
    }
}

#[tokio::test]
async fn a_number_that_is_not_connected_in_time_is_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.respond_with(
        OperationId::GetNumberStatus,
        json!({"id": "num_01HZX", "state": "CONNECTING"}),
    );
    let output = run("pair_number", &["5511999999999", "Suporte", "1"], Some(&sandbox)).await;
    assert_eq!(failure(&output), "error: num_01HZX... was not connected within 1 s\n");
}

/// Starts a sandbox with a history of `pages` pages, with one message each.
async fn history(pages: u32) -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    let history = sandbox.client().list_message_history().send().await.unwrap().into_inner();
    let mut history = serde_json::to_value(history).unwrap();
    history["totalPages"] = pages.into();
    sandbox.respond_with(OperationId::ListMessageHistory, history);
    sandbox
}

#[tokio::test]
async fn the_history_has_a_line_of_json_for_each_message() {
    let sandbox = history(3).await;
    let text = success(&run("history", &["num_1"], Some(&sandbox)).await);
    let messages: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(messages.len(), 3);
    assert_eq!(messages[0]["text"], "Olá, ainda está disponível?");
    assert_eq!(sandbox.requests().last().unwrap().headers["x-whatsapp-number-id"], "num_1");
}

#[tokio::test]
async fn a_closed_pipe_ends_the_history_without_an_error() {
    let sandbox = history(1_000_000).await;
    let mut program = program("history", Some(&sandbox));
    let mut child =
        program.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.next_line().await.unwrap().unwrap();
    drop(lines);
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[tokio::test]
async fn sandbox_server_runs_a_command_with_its_sandbox() {
    let list = example_program("list_numbers");
    let output = run("sandbox_server", &[list.to_str().unwrap(), "--json"], None).await;
    let numbers: Value = serde_json::from_str(&success(&output)).unwrap();
    assert_eq!(numbers[0]["id"], crate::support::example(200)[0]["id"]);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let error = failure(&run("sandbox_server", &["/nonexistent"], None).await);
    assert!(error.starts_with("error: cannot run /nonexistent: No such file"), "{error}");
}
