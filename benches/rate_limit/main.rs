//! Measures clients under a rate limit: 1,000 concurrent calls to a loopback server that allows
//! 50 per second, compared with the ideal time and with other clients. Without a limit,
//! pilot-status is compared with bare reqwest.
//!
//! ```sh
//! cargo bench --bench rate_limit                       # all: about 20 minutes
//! cargo bench --bench rate_limit -- pilot-status       # one client, all limiters
//! cargo bench --bench rate_limit -- fixed pilot-status # one cell
//! cargo bench --bench rate_limit -- outage fleet       # scenarios with a few 429
//! ```
//!
//! The server and its first window start just before the first calls arrive. `cargo xtask bench
//! rate-limit` checks the figures against budgets.

mod caller;
mod crowd;
mod limiter;
mod report;
mod scenarios;
mod server;

use std::fs::File;
use std::process::ExitCode;
use std::time::Duration;

use caller::{Caller, Runner};
use crowd::Failure;
use limiter::Rule;
use report::Row;
use scenarios::Scenario;
use server::Server;
use tokio::runtime::Runtime;

/// The number of concurrent calls under a limit.
const CALLS: u32 = 1_000;

/// The file descriptors needed: both ends of a connection for every call, the same again for a
/// second client, and some spare.
const OPEN_FILES: usize = 5_000;

/// The number of runs per client without a limit: even, so that each client starts equally
/// often, and large enough to average out other load on the machine.
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
        // `cargo test --all-targets` runs this program without `--bench`.
        return Ok(());
    }
    if let Some(place) = arguments.iter().position(|argument| argument == scenarios::MEMBER) {
        return scenarios::member(arguments.get(place + 1).ok_or("the address is missing")?);
    }
    let Choice { rules, runners, scenarios } = choose(&arguments)?;
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
    let mut failures = report::print(&rows);
    for scenario in scenarios {
        failures += scenario(&runtime)?;
    }
    // Calls that give up finish early and would look fast.
    report::figure("failed-calls", Runner::PilotStatus.name(), f64::from(failures), "calls");
    Ok(())
}

/// The selected measurements.
#[derive(Default)]
struct Choice {
    rules: Vec<Rule>,
    runners: Vec<Runner>,
    scenarios: Vec<Scenario>,
}

/// Selects the limiters, runners and scenarios named in the arguments, or all of them.
fn choose(arguments: &[String]) -> Result<Choice, Failure> {
    let Choice { mut rules, mut runners, mut scenarios } = Choice::default();
    for word in arguments.iter().filter(|argument| !argument.starts_with("--")) {
        let rule = Rule::ALL.into_iter().find(|rule| rule.name() == word);
        let runner = Runner::RETRYING.into_iter().find(|runner| runner.name() == word);
        let scenario = scenarios::ALL.into_iter().find(|(name, _)| name == word);
        if rule.is_none() && runner.is_none() && scenario.is_none() {
            let names = Rule::ALL.map(Rule::name).into_iter();
            let names = names.chain(Runner::RETRYING.map(Runner::name));
            let names: Vec<_> = names.chain(scenarios::ALL.map(|(name, _)| name)).collect();
            return Err(format!("{word} is none of {}", names.join(", ")).into());
        }
        rules.extend(rule);
        runners.extend(runner);
        scenarios.extend(scenario.map(|(_, scenario)| scenario));
    }
    if rules.is_empty() && scenarios.is_empty() {
        rules.extend(Rule::ALL);
        if runners.is_empty() {
            scenarios.extend(scenarios::ALL.map(|(_, scenario)| scenario));
        }
    }
    if runners.is_empty() {
        runners.extend(Runner::RETRYING);
    }
    Ok(Choice { rules, runners, scenarios })
}

/// Fails if the limit of open files is too low: it would distort the measurement.
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

/// Measures one client under one rule, with a new server.
fn measure(runtime: &Runtime, rule: Rule, runner: Runner) -> Result<Row, Failure> {
    eprintln!("{} {} ...", rule.name(), runner.name());
    let server = Server::start(rule)?;
    let caller = runner.caller(&server.url)?;
    let outcome = runtime.block_on(caller.run(CALLS));
    if let Some(failure) = &outcome.failure {
        eprintln!("a call failed: {failure}");
    }
    let counts = server.counts();
    if rule == Rule::Fixed {
        report::curves(runner, &server.curves());
    }
    let ideal = rule.ideal(CALLS, counts.first_arrival.unwrap_or_default());
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

/// Measures pilot-status against bare reqwest without a limit, alternating so that other load
/// on the machine slows both.
fn compare(runtime: &Runtime) -> Result<[Row; 2], Failure> {
    eprintln!("none pilot-status, reqwest: {ROUNDS} rounds ...");
    let server = Server::start(Rule::Unlimited)?;
    let runners = [Runner::PilotStatus, Runner::Bare];
    let mut sides =
        [Side::new(runners[0].caller(&server.url)?), Side::new(runners[1].caller(&server.url)?)];
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        // The two clients take turns at going first.
        let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        for side in order {
            let time = runtime.block_on(sides[side].run());
            if round >= WARM_UP_ROUNDS {
                sides[side].times.push(time);
            }
        }
    }
    let medians = sides.each_mut().map(|side| median(&mut side.times));
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

/// One of the two clients that are compared.
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
        let outcome = self.caller.run(CALLS).await;
        self.failures += outcome.failures;
        outcome.time
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
