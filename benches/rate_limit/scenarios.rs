//! The cost of a few 429 responses, compared with a client that obeys them or meets none.

use std::process::Command;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::time::sleep;

use crate::caller::Runner;
use crate::crowd::{Failure, Outcome};
use crate::limiter::Rule;
use crate::report::figure;
use crate::server::Server;
use crate::{CALLS, median};

/// A scenario, named in the arguments. Prints its figures and returns the number of failed
/// calls of pilot-status.
pub type Scenario = fn(&Runtime) -> Result<u32, Failure>;

pub const ALL: [(&str, Scenario); 4] =
    [("outage", outage), ("stray", stray), ("forgotten", forgotten), ("fleet", fleet)];

/// The argument that starts one process of the fleet; the server's address follows it.
pub const MEMBER: &str = "--member";

/// Measures calls that begin while the server rejects everything for a moment. The budget is
/// the time of a loop that obeys the server, plus a tenth and one second.
fn outage(runtime: &Runtime) -> Result<u32, Failure> {
    let (mut worst, mut failures) = ((0.0, 1.0), 0);
    for (hint, calls) in
        [(None, &[8, 100, 500][..]), (Some("2"), &[8, 20, 100, 500]), (Some("30"), &[8, 500])]
    {
        for &calls in calls {
            eprintln!("outage {hint:?} {calls} ...");
            let run = |runner: Runner| {
                let server = Server::start(Rule::Outage(hint))?;
                let caller = runner.caller(&server.url)?;
                runtime.block_on(async {
                    caller.run(1).await;
                    Ok::<_, Failure>(caller.run(calls).await)
                })
            };
            let (theirs, ours) = (run(Runner::PlainLoop)?, run(Runner::Default)?);
            let measure = format!("outage-{}-{calls}", hint.unwrap_or("unnamed"));
            report(&measure, Runner::PlainLoop, &theirs);
            failures += report(&measure, Runner::Default, &ours);
            let pair = (ours.time.as_secs_f64(), theirs.time.as_secs_f64() * 1.1 + 1.0);
            if pair.0 / pair.1 > worst.0 / worst.1 {
                worst = pair;
            }
        }
    }
    figure("outage", Runner::Default.name(), worst.0, "s");
    figure("outage", "allowed", worst.1, "s");
    Ok(failures)
}

/// Measures tasks that call in sequence while the server rejects a random 2 %, with and without
/// pacing. Reports the medians of three alternating runs each.
fn stray(runtime: &Runtime) -> Result<u32, Failure> {
    const RUNNERS: [Runner; 2] = [Runner::Unpaced, Runner::PilotStatus];
    let mut failures = 0;
    for seconds in ["0", "1"] {
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..3 {
            eprintln!("stray {seconds} {round} ...");
            for (runner, times) in RUNNERS.into_iter().zip(&mut times) {
                let server = Server::start(Rule::Stray(seconds))?;
                let caller = runner.caller(&server.url)?;
                let outcome = runtime.block_on(caller.run_in(40_000, 64));
                failures += outcome.failures;
                times.push(outcome.time);
            }
        }
        for (runner, times) in RUNNERS.into_iter().zip(&mut times) {
            let measure = format!("stray-{seconds}-s");
            figure(&measure, runner.name(), median(times).as_secs_f64(), "s");
        }
    }
    Ok(failures)
}

/// Measures 500 calls of a client that was idle after a pause, against bare reqwest.
fn forgotten(runtime: &Runtime) -> Result<u32, Failure> {
    const BURST: u32 = 500;
    let (mut ours, mut theirs, mut failures) = (Vec::new(), Vec::new(), 0);
    // A single pair of bursts varies by a quarter.
    for round in 0..48 {
        eprintln!("forgotten {round} ...");
        let server = Server::start(Rule::Outage(Some("1")))?;
        let (client, bare) =
            (Runner::Default.caller(&server.url)?, Runner::Bare.caller(&server.url)?);
        let warm_ups = [Runner::Default.caller(&server.url)?, Runner::Bare.caller(&server.url)?];
        let (time, bare_time) = runtime.block_on(async {
            client.run(1).await;
            client.run(BURST).await;
            bare.run(BURST).await;
            warm_ups[1].run(BURST).await;
            sleep(Duration::from_secs(3)).await;
            // The code of both clients is in the caches again, and they take turns at going first.
            for warm_up in &warm_ups {
                warm_up.run(BURST).await;
            }
            let before = if round % 2 == 0 { None } else { Some(bare.run(BURST).await) };
            let outcome = client.run(BURST).await;
            failures += outcome.failures;
            let bare = match before {
                Some(before) => before,
                None => bare.run(BURST).await,
            };
            (outcome.time, bare.time)
        });
        ours.push(time);
        theirs.push(bare_time);
    }
    figure("forgotten", Runner::Default.name(), median(&mut ours).as_secs_f64(), "s");
    figure("forgotten", Runner::Bare.name(), median(&mut theirs).as_secs_f64(), "s");
    Ok(failures)
}

/// Measures four processes that share a limit without coordination.
fn fleet(_: &Runtime) -> Result<u32, Failure> {
    const PROCESSES: u32 = 4;
    eprintln!("fleet ...");
    let server = Server::start(Rule::Fixed)?;
    let program = std::env::current_exe()?;
    let begin = Instant::now();
    let processes = (0..PROCESSES)
        .map(|_| Command::new(&program).args(["--bench", MEMBER, &server.url]).spawn())
        .collect::<Result<Vec<_>, _>>()?;
    let mut failures = 0;
    for mut process in processes {
        failures += u32::from(!process.wait()?.success());
    }
    let time = begin.elapsed();
    let counts = server.counts();
    let ideal = Rule::Fixed.ideal(CALLS, counts.first_arrival.unwrap_or_default());
    let rejected = f64::from(counts.rejected_later) / f64::from(counts.accepted.max(1));
    let ours = Runner::PilotStatus.name();
    figure("fleet", ours, time.as_secs_f64(), "s");
    figure("fleet", "ideal", ideal.as_secs_f64(), "s");
    figure("fleet-rejected-later", ours, rejected, "per success");
    Ok(failures + CALLS.saturating_sub(counts.accepted))
}

/// Runs one process of the fleet: a quarter of all calls at once.
pub fn member(url: &str) -> Result<(), Failure> {
    let caller = Runner::PilotStatus.caller(url)?;
    let outcome = Runtime::new()?.block_on(caller.run(CALLS / 4));
    outcome.failure.map_or(Ok(()), Err)
}

/// Prints the time of an outcome and returns the number of failed calls.
fn report(measure: &str, runner: Runner, outcome: &Outcome) -> u32 {
    if let Some(failure) = &outcome.failure {
        eprintln!("a call failed: {failure}");
    }
    figure(measure, runner.name(), outcome.time.as_secs_f64(), "s");
    outcome.failures
}
