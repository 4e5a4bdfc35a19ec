//! What clients make of a rate limit: 1,000 calls at once against a server on
//! loopback that allows 50 a second, compared with the ideal time and with other
//! ways to call it. Where there is no limit, pilot-status is compared with bare
//! reqwest.
//!
//! ```sh
//! cargo bench --bench rate_limit                       # all: about ten minutes
//! cargo bench --bench rate_limit -- pilot-status       # one client, all limiters
//! cargo bench --bench rate_limit -- fixed pilot-status # one cell
//! ```
//!
//! The first calls arrive just after the server has started, and with it the
//! first window. `cargo xtask bench rate-limit` holds the figures against budgets.

mod caller;
mod crowd;
mod limiter;
mod report;
mod server;

use std::fs::File;
use std::process::ExitCode;
use std::time::Duration;

use caller::{Caller, Runner};
use crowd::Failure;
use limiter::Rule;
use report::Row;
use server::Server;
use tokio::runtime::Runtime;

/// Both ends of a connection for every call, and as many again of a second
/// client, with something to spare.
const OPEN_FILES: usize = 5_000;

/// How often each client sends all calls where there is no limit; an even
/// number, so that each goes first as often as the other, and enough that other
/// load of the machine does not decide.
const ROUNDS: usize = 300;
const WARM_UP_ROUNDS: usize = 10;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        // `cargo test --all-targets` runs it too, but without this argument.
        return Ok(());
    }
    let (rules, runners) = choose(&arguments)?;
    check_open_files()?;
    let runtime = Runtime::new()?;
    let mut rows = Vec::new();
    for &rule in &rules {
        if rule != Rule::Unlimited {
            for &runner in &runners {
                rows.push(measure(&runtime, rule, runner)?);
            }
        } else if runners.contains(&Runner::PilotStatus) {
            rows.extend(compare(&runtime)?);
        }
    }
    report::print(&rows);
    Ok(())
}

/// The limiters and the runners that are named, or all where none is.
fn choose(arguments: &[String]) -> Result<(Vec<Rule>, Vec<Runner>), Failure> {
    let (mut rules, mut runners) = (Vec::new(), Vec::new());
    for word in arguments.iter().filter(|argument| !argument.starts_with("--")) {
        let rule = Rule::ALL.into_iter().find(|rule| rule.name() == word);
        let runner = Runner::RETRYING.into_iter().find(|runner| runner.name() == word);
        if rule.is_none() && runner.is_none() {
            let names = Rule::ALL.map(Rule::name).into_iter();
            let names: Vec<_> = names.chain(Runner::RETRYING.map(Runner::name)).collect();
            return Err(format!("{word} is none of {}", names.join(", ")).into());
        }
        rules.extend(rule);
        runners.extend(runner);
    }
    if rules.is_empty() {
        rules.extend(Rule::ALL);
    }
    if runners.is_empty() {
        runners.extend(Runner::RETRYING);
    }
    Ok((rules, runners))
}

/// A client that cannot connect would be measured for that.
fn check_open_files() -> Result<(), Failure> {
    let program = std::env::current_exe()?;
    let files: Result<Vec<_>, _> = (0..OPEN_FILES).map(|_| File::open(&program)).collect();
    match files {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(format!("{OPEN_FILES} open files are needed; try `ulimit -n 8192`: {error}").into())
        }
    }
}

/// Measures one client under one rule, on a new server.
fn measure(runtime: &Runtime, rule: Rule, runner: Runner) -> Result<Row, Failure> {
    eprintln!("{} {} ...", rule.name(), runner.name());
    let server = Server::start(rule)?;
    let caller = runner.caller(&server.url)?;
    let outcome = runtime.block_on(caller.run());
    if let Some(failure) = &outcome.failure {
        eprintln!("a call failed: {failure}");
    }
    let counts = server.counts();
    let ideal = rule.ideal(crowd::CALLS, counts.first_arrival.unwrap_or_default());
    let successes = f64::from(counts.accepted.max(1));
    Ok(Row {
        rule,
        runner,
        seconds: outcome.time.as_secs_f64(),
        ideal: Some(ideal.as_secs_f64()),
        rejected: f64::from(counts.rejected) / successes,
        rejected_later: f64::from(counts.rejected_later) / successes,
        failures: outcome.failures,
    })
}

/// Measures pilot-status against bare reqwest without a limit, in turns: what
/// else the machine does then slows both.
fn compare(runtime: &Runtime) -> Result<[Row; 2], Failure> {
    eprintln!("none pilot-status, reqwest: {ROUNDS} rounds ...");
    let server = Server::start(Rule::Unlimited)?;
    let runners = [Runner::PilotStatus, Runner::Bare];
    let mut sides =
        [Side::new(runners[0].caller(&server.url)?), Side::new(runners[1].caller(&server.url)?)];
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        // Neither is always the first.
        let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        for side in order {
            let time = runtime.block_on(sides[side].run());
            if round >= WARM_UP_ROUNDS {
                sides[side].times.push(time);
            }
        }
    }
    let medians = sides.each_mut().map(Side::sort_and_take_median);
    let row = |side: usize| Row {
        rule: Rule::Unlimited,
        runner: runners[side],
        seconds: medians[side].as_secs_f64(),
        ideal: None,
        rejected: 0.0,
        rejected_later: 0.0,
        failures: sides[side].failures,
    };
    Ok([row(0), row(1)])
}

/// One of two clients that are compared.
struct Side {
    caller: Caller,
    times: Vec<Duration>,
    failures: u32,
}

impl Side {
    fn new(caller: Caller) -> Self {
        Self { caller, times: Vec::new(), failures: 0 }
    }

    async fn run(&mut self) -> Duration {
        let outcome = self.caller.run().await;
        self.failures += outcome.failures;
        outcome.time
    }

    fn sort_and_take_median(&mut self) -> Duration {
        self.times.sort_unstable();
        self.times[self.times.len() / 2]
    }
}
